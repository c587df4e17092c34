"""Users: who may sign in, as what, where."""

from http import HTTPStatus

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from douse.console import users
from douse.console.actors import actor_of
from douse.console.models import User
from douse.console.pages import page
from douse.console.permissions import Refused
from douse.console.policy import EVERYWHERE, ROLES
from douse.console.reach import Reach, ground_of, reach
from douse.console.reading import follow
from douse.console.signin import factor
from douse.console.signin.links import make_link
from douse.console.states import NotNow
from douse.console.words import say, with_names, words
from douse.errors import UsageError

_LINK = "one_time_link"  # in the session: shown once, then gone


@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """All users; a form to add one."""
    with_names(ground_of(follow()))
    problem, name = "", request.POST.get("name", "").strip()
    if request.method == "POST":
        try:
            user = users.add(request, name)
        except UsageError as error:
            problem = say(error.what)
        else:
            request.session[_LINK] = [user.name, make_link(user, request)]
            return redirect("admin:user", user.name)
    asked = request.GET.get("q", "").strip()
    found = User.objects.prefetch_related("assignments").annotate(seen=Max("last_login"))
    shown = found.filter(name__icontains=asked) if asked else found
    return page(
        request,
        "admin/users.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        users=shown,
        asked=asked,
        problem=problem,
        name=name,
    )


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, name: str) -> HttpResponse:
    """One user: roles, lock, link, second factor."""
    user = get_object_or_404(User, name=name)
    ground = ground_of(follow())
    with_names(ground)
    within = reach(actor_of(request), "manage_users", ground)
    if request.method == "POST":
        _act(request, user, within)
        return redirect("admin:user", user.name)
    link_of, link = request.session.pop(_LINK, ["", ""])
    zones = [(zone, "\u2003" * depth + ground.names[zone]) for zone, depth in ground.in_order() if within.holds(zone)]
    return page(
        request,
        "admin/user.html",
        user=user,
        given=list(user.assignments.all()),
        roles=[(role.name, words().label(role.name)) for role in ROLES.values()],
        says=[(role.name, role.says) for role in ROLES.values()],
        zones=([(EVERYWHERE, say("the whole area"))] if within.everywhere else []) + zones,
        link=request.build_absolute_uri(link) if link_of == user.name else "",
        factor=factor.confirmed(user),
        has_password=user.has_usable_password(),
        back=reverse("admin:users"),
    )


def _act(request: HttpRequest, user: User, within: Reach) -> None:
    """Do what a button asks for. Who manages users of some zones manages those whose roles all lie there."""
    if not all(_holds(within, given.zone) for given in user.assignments.all()):
        raise Refused("This user has roles outside your zones.", next_step="Ask an administrator of the whole area.")
    action = request.POST.get("action", "")
    if action == "give":
        _give(request, user, within)
    elif action == "take":
        given = [one for one in user.assignments.all() if str(one.pk) == request.POST.get("assignment")]
        if not given:
            raise NotNow("The user does not have that role any more.", next_step="Open the page again.")
        users.take(request, given[0])
    elif action == "lock":
        if user.name == actor_of(request).name:
            raise NotNow("Nobody locks themselves out.", next_step="Ask another administrator.")
        users.lock(request, user)
    elif action == "unlock":
        users.unlock(request, user)
    elif action == "forget_factor":
        users.forget_factor(request, user)
        messages.success(request, say("The second factor is taken away: the next sign-in sets one up."))
    elif action == "link":
        request.session[_LINK] = [user.name, make_link(user, request)]
    else:
        raise UsageError("There is no such action.", allowed="give, take, lock, unlock, forget_factor, link")


def _give(request: HttpRequest, user: User, within: Reach) -> None:
    zone = request.POST.get("zone", "")
    if zone and not _holds(within, zone):
        raise Refused("This zone lies outside yours.", next_step="Ask an administrator of the whole area.")
    users.give(request, user, request.POST.get("role", ""), zone)
    messages.success(request, say("The role is given: it counts at once."))


def _holds(within: Reach, zone: str) -> bool:
    return within.everywhere or (zone != EVERYWHERE and within.holds(zone))
