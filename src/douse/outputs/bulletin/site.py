"""Write the site of a bulletin into a folder that keeps every bulletin of the past."""

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import polars as pl

from douse.errors import DataError, UsageError
from douse.library.advice import Advice
from douse.outputs.bulletin.feeds import atom, calendar, rss
from douse.outputs.bulletin.lookup import write_lookup
from douse.outputs.bulletin.pages import CLAIMS, LANGUAGES, advice_page, archive_page, bulletin_page, lookup_page
from douse.outputs.bulletin.values import Bulletin, as_text, from_text
from douse.outputs.bulletin.view import words_of
from douse.outputs.claims.site import REVIEWS, Listed, write_claims
from douse.outputs.words import Words
from douse.records.zone_tree import ZoneTree

BULLETINS = "bulletins"
_ASSETS = ("bulletin.css", "lookup.js", "icon.svg")


def read_history(out: Path) -> tuple[Bulletin, ...]:
    """Bulletins of a folder, the oldest first, each checked against its name and the one before.

    Raises
    ------
    DataError
        When one was changed, is missing, or two follow the same one.
    """
    folder = out / BULLETINS
    found: dict[str | None, Bulletin] = {}
    for path in sorted(folder.glob("*.json")):
        bulletin = read_bulletin(path)
        if bulletin.previous in found:
            raise DataError(
                f"{path.name}: another bulletin follows the same one.", next_step="Keep the one that was published."
            )
        found[bulletin.previous] = bulletin
    line: list[Bulletin] = []
    at: str | None = None
    while at in found:
        line.append(found.pop(at))
        at = line[-1].id
    if found:
        missing = next(iter(found))
        raise DataError(
            f"{BULLETINS}: the bulletin {missing} is not there, and another names it as the one before.",
            next_step="Put it back: without it nobody can tell what it hid.",
        )
    return tuple(line)


def read_bulletin(path: Path) -> Bulletin:
    """A bulletin from its file.

    Raises
    ------
    DataError
        When it is not what its name, the SHA-256 of its content, says.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise DataError(f"{path.name} cannot be read as UTF-8 text.", next_step="Check the path.") from None
    bulletin = from_text(text, path.name)
    if as_text(bulletin) != text or bulletin.id != path.stem:
        raise DataError(
            f"{path.name} was changed after it was published: its content does not have the hash that names it.",
            next_step="Put the published file back.",
        )
    return bulletin


def write_site(  # noqa: PLR0913  what a site is made of
    out: Path,
    history: Sequence[Bulletin],
    *,
    zones: ZoneTree,
    places: pl.DataFrame,
    advice: Sequence[Advice],
    language: str = "en",
    address: str = "",
    claims: Sequence[Listed] | None = None,
) -> list[Path]:
    """Write the site of the last bulletin of a history; pages and PDFs of earlier ones are left as they are.

    Parameters
    ----------
    out : Path
        Folder; it may hold an earlier site of the same bulletins.
    history : Sequence[Bulletin]
        All bulletins, the oldest first.
    zones, places : ZoneTree, polars.DataFrame
        What the look-up finds.
    advice : Sequence[Advice]
        Cards for the pathogen, and for all.
    language : str
        Of the page that opens first; both languages are written.
    address : str
        Where the site will be found, for feeds; empty: relative links.
    claims : Sequence[Listed], optional
        Published answers to claims, the latest first. None: not known here; those of an earlier site are left.

    Returns
    -------
    list[Path]
        The page that opens first, then what was written new.
    """
    if not history:
        raise UsageError("There is no bulletin to write.")
    told = history[-1]
    written = [out / "index.html"]
    (out / BULLETINS).mkdir(parents=True, exist_ok=True)
    for bulletin in history:
        _once(out / BULLETINS / f"{bulletin.id}.json", as_text(bulletin).encode(), written)
    for name in LANGUAGES:
        written += _pages(out, history, advice, name, address)
    for name, text in {
        "index.html": bulletin_page(history, language, ""),
        "lookup.html": lookup_page(history, language, ""),
        "tests.ics": calendar(told, language),
        "latest.json": as_text(told),
        **_feeds(history, language, address or "."),
    }.items():
        _write(out / name, text)
    (out / "assets").mkdir(exist_ok=True)
    for name in _ASSETS:
        _write(out / "assets" / name, _asset(name))
    write_lookup(out, told, zones, places)
    if claims is not None or not (out / REVIEWS).exists():
        words = [Words(name, zones=dict(zip(zones.ids, zones.names, strict=True))) for name in LANGUAGES]
        write_claims(out, claims or (), words, address=address, publisher=told.publisher)
    _write(out / "manifest.webmanifest", _manifest(told, language))
    _write(out / "sw.js", _worker(told))
    return written


def _pages(out: Path, history: Sequence[Bulletin], advice: Sequence[Advice], language: str, address: str) -> list[Path]:
    told, folder = history[-1], out / language
    (folder / BULLETINS).mkdir(parents=True, exist_ok=True)
    texts = {
        "index.html": bulletin_page(history, language, "../"),
        "lookup.html": lookup_page(history, language, "../"),
        "advice.html": advice_page(history, advice, language, "../"),
        "archive.html": archive_page(history, language, "../"),
        "tests.ics": calendar(told, language),
        **_feeds(history, language, address),
    }
    for name, text in texts.items():
        _write(folder / name, text)
    written: list[Path] = []
    for at, bulletin in enumerate(history):
        past = folder / BULLETINS / bulletin.id
        if not past.with_suffix(".html").exists():
            page = bulletin_page(history[: at + 1], language, "../../", past=True)
            _once(past.with_suffix(".html"), page.encode(), written)
        if not past.with_suffix(".pdf").exists():
            from douse.outputs.bulletin.pdf import pdf  # noqa: PLC0415  (fonts and pictures, 20 MB, for this moment)

            _once(past.with_suffix(".pdf"), pdf(history[: at + 1], language), written)
    return written


def _feeds(history: Sequence[Bulletin], language: str, address: str) -> dict[str, str]:
    """Feeds of the public; partners' bulletins are in none."""
    if history[-1].audience != "public":
        return {}
    return {"feed.rss": rss(history, language, address), "feed.atom": atom(history, language, address)}


def _manifest(told: Bulletin, language: str) -> str:
    words = words_of(told, language)
    value = {
        "name": words.say("Bulletin: {pathogen}", pathogen=told.called.say(language)),
        "short_name": words.say("Bulletin"),
        "lang": language,
        "start_url": "index.html",
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5c85",
        "icons": [{"src": "assets/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _worker(told: Bulletin) -> str:
    kept = [
        "./",
        "index.html",
        "lookup.html",
        "zones/index.json",
        "manifest.webmanifest",
        *(f"assets/{a}" for a in _ASSETS),
    ]
    kept += [f"{name}/{page}" for name in LANGUAGES for page in ("index.html", "lookup.html", "advice.html", CLAIMS)]
    return _asset("sw.js").replace("@EDITION@", told.id[:16]).replace("@PAGES@", json.dumps(kept))


def _asset(name: str) -> str:
    return resources.files("douse.outputs.bulletin").joinpath("assets", name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def _once(path: Path, content: bytes, written: list[Path]) -> None:
    """Write what is never changed afterwards."""
    if not path.exists():
        path.write_bytes(content)
        written.append(path)
