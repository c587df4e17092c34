"""Break-glass: see another zone for four hours, for a reason, while the data steward is told."""

from datetime import timedelta
from http import HTTPStatus

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from douse.console import clock
from douse.console.actors import actor_of
from douse.console.models import REASON_LENGTH, BrokenGlass, User
from douse.console.pages import page
from douse.console.permissions import Actor
from douse.console.reach import ground_of, reach
from douse.console.reading import follow
from douse.console.states import NotNow
from douse.console.words import say, with_names
from douse.console.writing import note
from douse.errors import UsageError
from douse.records.ledger import Snapshot

LASTS = timedelta(hours=4)
SHORTEST_REASON = 10  # characters


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Ask for a zone and a reason."""
    actor, ground = actor_of(request), ground_of(follow())
    with_names(ground)
    problem = ""
    if request.method == "POST":
        zone, reason = request.POST.get("zone", ""), request.POST.get("reason", "").strip()[:REASON_LENGTH]
        if zone not in ground.parent:
            problem = say("Choose a zone.")
        elif len(reason) < SHORTEST_REASON:
            problem = say("Say in a sentence why: the data steward reads it.")
        else:
            break_glass(request, zone, reason)
            messages.warning(request, say("You see {zone} for four hours. The data steward is told.", zone=zone))
            return redirect("today")
    return page(
        request,
        "break_glass.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        zones=[(zone, "\u2003" * depth + ground.names[zone]) for zone, depth in ground.in_order()],
        zone=request.POST.get("zone", ""),
        reason=request.POST.get("reason", ""),
        problem=problem,
        broken=still_broken(actor),
    )


def break_glass(request: HttpRequest, zone: str, reason: str) -> BrokenGlass:
    """Let a user see a zone for some hours; it is in the audit log before anything is seen."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise UsageError("A reason is needed.", next_step="Say in a sentence why.")
    actor, at = actor_of(request), clock.now()
    with transaction.atomic():
        broken = BrokenGlass.objects.create(
            user=User.objects.get(name=actor.name), zone=zone, reason=reason, began_at=at, ends_at=at + LASTS
        )
        note(request, "break_glass", object_table="zones", object_id=zone, zone=zone, reason=reason)
    return broken


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End it before its time."""
    own = {str(glass.pk): glass for glass in still_broken(actor_of(request))}
    broken = own.get(request.POST.get("glass", ""))
    if broken is None:
        raise NotNow("It has ended already.", next_step="Go back to the first page.")
    with transaction.atomic():
        broken.ended_at = clock.now()
        broken.save(update_fields=["ended_at"])
        note(request, "mended_glass", object_table="zones", object_id=broken.zone, zone=broken.zone)
    return redirect("today")


@require_POST
def told(request: HttpRequest) -> HttpResponse:
    """A data steward has read that somebody broke the glass."""
    actor = actor_of(request)
    known = {broken.pk: broken for broken in seen_by_steward(actor, follow())}
    broken = next((glass for key, glass in known.items() if str(key) == request.POST.get("glass")), None)
    if broken is None:
        raise NotNow("Somebody has read this already, or it lies outside your zones.", next_step="Go back to Today.")
    with transaction.atomic():
        broken.told_by, broken.told_at = User.objects.get(name=actor.name), clock.now()
        broken.save(update_fields=["told_by", "told_at"])
        note(request, "read_broken_glass", object_table="users", object_id=broken.user.name, zone=broken.zone)
    return redirect("today")


def still_broken(actor: Actor) -> list[BrokenGlass]:
    """What a user sees now by having broken the glass."""
    at = clock.now()
    return list(BrokenGlass.objects.filter(user__name=actor.name, ended_at=None, began_at__lte=at, ends_at__gt=at))


def seen_by_steward(actor: Actor, snapshot: Snapshot) -> list[BrokenGlass]:
    """What a data steward has to be told of: broken glass in their zones that no steward has read yet."""
    within = reach(actor, "see_broken_glass", ground_of(snapshot))
    waiting = BrokenGlass.objects.filter(told_at=None).select_related("user")
    return [broken for broken in waiting if within.holds(broken.zone)]
