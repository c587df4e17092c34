"""Answers beside the published bulletins: written anew whenever one is published or withdrawn."""

from django.http import HttpRequest

from douse.console.bulletins import place
from douse.console.claims.published import published
from douse.console.claims.publisher import publisher
from douse.console.reach import ground_of
from douse.console.reading import follow
from douse.console.words import LANGUAGES
from douse.outputs.claims.published import listed
from douse.outputs.claims.site import write_claims
from douse.outputs.words import Words


def write(request: HttpRequest) -> None:
    """Write them into the folder of published bulletins, where there is one."""
    folder = place.folder(place.PUBLIC)
    if not (folder / "index.html").is_file():
        return
    snapshot = follow()
    names = ground_of(snapshot).names
    write_claims(
        folder, listed(published(snapshot).values()), [Words(language, zones=names) for language in LANGUAGES],
        address=request.build_absolute_uri("/public"), publisher=publisher(),
    )  # fmt: skip
