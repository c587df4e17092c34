"""What residents asked for and what is missing, for the public: what the last published bulletin says, and no more.

Counts of another moment would be a second publication beside the bulletins: from both, what they hide could be worked
out. So these pages hold no count of their own.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from douse.console.bulletins import place
from douse.console.public.door import open_to_all, public_page
from douse.console.words import words
from douse.errors import DataError
from douse.outputs.bulletin.asked import asked
from douse.outputs.bulletin.book import Column
from douse.outputs.bulletin.values import WHOLE_AREA, Bulletin

_KEPT = 300  # seconds that a browser or a cache in between may keep it


@open_to_all
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The table, as a page."""
    history = _published()
    told = history[-1] if history else None
    shown = asked(history, words()) if history else None
    answer = public_page(request, "public/totals.html", told=told, asked=shown)
    patch_cache_control(answer, private=True, max_age=_KEPT)
    return answer


@open_to_all
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The counts of the last bulletin, for programs: those that it hides, or did not tell anew, are null."""
    del request
    history = _published()
    told = history[-1] if history else None
    answer = JsonResponse({
        "as_of": told and told.as_of.isoformat(), "bulletin": told and told.id,
        "of": WHOLE_AREA,  # whatever the pathogen: those of a bulletin of another one are the same
        "numbers_below_are_hidden": told and told.minimum,
        "asked": _counts(told.asked if told else None),
        "became": _counts(told.answered if told else None),
    })  # fmt: skip
    patch_cache_control(answer, public=True, max_age=_KEPT)
    return answer


def _published() -> tuple[Bulletin, ...]:
    """Published bulletins, the oldest first; none where a file of one is not what it was."""
    try:
        return place.history(place.PUBLIC)
    except DataError:
        return ()


def _counts(column: Column | None) -> dict[str, int | None] | None:
    return None if column is None else {**dict(zip(column.rows, column.shown, strict=True)), "all": column.total}
