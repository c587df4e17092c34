"""Answers beside the published bulletins: written anew whenever one is published or withdrawn."""

from douse.console.bulletins import place
from douse.console.claims.published import published
from douse.console.reach import ground_of
from douse.console.reading import follow
from douse.console.words import LANGUAGES
from douse.outputs.claims.site import Listed, write_claims
from douse.outputs.words import Words


def write() -> None:
    """Write them into the folder of published bulletins, where there is one."""
    folder = place.folder(place.PUBLIC)
    if not (folder / "index.html").is_file():
        return
    snapshot = follow()
    names = ground_of(snapshot).names
    listed = [
        Listed(one.answered, corrected=bool(one.before), withdrawn=one.withdrawn_at is not None)
        for one in published(snapshot).values()
    ]
    write_claims(folder, listed, [Words(language, zones=names) for language in LANGUAGES], address="/public")
