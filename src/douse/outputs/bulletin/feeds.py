"""RSS, Atom and iCalendar of the bulletins. Written with the standard library's XML, which escapes what it is given."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from xml.etree import ElementTree as Xml

from douse.outputs.bulletin.pages import leads
from douse.outputs.bulletin.values import Bulletin
from douse.outputs.bulletin.view import view, words_of

MOST = 30  # bulletins in a feed
_ATOM = "http://www.w3.org/2005/Atom"
_CORE = "http://purl.org/dc/elements/1.1/"
_TAGS = {"en": "en", "zh": "zh-Hans"}


def rss(history: Sequence[Bulletin], language: str, address: str) -> str:
    """RSS 2.0; `address` of the site, empty: links are relative to the feed."""
    told = history[-1]
    Xml.register_namespace("dc", _CORE)
    root = Xml.Element("rss", {"version": "2.0"})
    channel = Xml.SubElement(root, "channel")
    _text(channel, "title", view(history, language).title)
    _text(channel, "link", _link(address, f"{language}/index.html"))
    _text(channel, "description", words_of(told, language).say("Bulletins of the outbreak, one a day."))
    _text(channel, "language", _TAGS[language])
    _text(channel, f"{{{_CORE}}}creator", told.publisher or words_of(told, language).say("Health department"))
    _text(channel, "lastBuildDate", format_datetime(_moment(told.as_of)))
    for one, lead in leads(history, language, MOST):
        item = Xml.SubElement(channel, "item")
        _text(item, "title", words_of(one, language).day(one.as_of))
        _text(item, "link", _link(address, f"{language}/bulletins/{one.id}.html"))
        _text(item, "guid", f"urn:sha256:{one.id}").set("isPermaLink", "false")
        _text(item, "pubDate", format_datetime(_moment(one.as_of)))
        _text(item, "description", lead)
    return _document(root)


def atom(history: Sequence[Bulletin], language: str, address: str) -> str:
    """Atom 1.0 (RFC 4287)."""
    told = history[-1]
    Xml.register_namespace("", _ATOM)
    root = Xml.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": _TAGS[language]})
    _text(root, f"{{{_ATOM}}}title", view(history, language).title)
    _text(root, f"{{{_ATOM}}}id", f"urn:sha256:{history[0].id}")
    _text(root, f"{{{_ATOM}}}updated", _moment(told.as_of).isoformat())
    author = Xml.SubElement(root, f"{{{_ATOM}}}author")
    _text(author, f"{{{_ATOM}}}name", told.publisher or words_of(told, language).say("Health department"))
    for one, lead in leads(history, language, MOST):
        entry = Xml.SubElement(root, f"{{{_ATOM}}}entry")
        _text(entry, f"{{{_ATOM}}}title", words_of(one, language).day(one.as_of))
        _text(entry, f"{{{_ATOM}}}id", f"urn:sha256:{one.id}")
        _text(entry, f"{{{_ATOM}}}updated", _moment(one.as_of).isoformat())
        _text(entry, f"{{{_ATOM}}}summary", lead)
        Xml.SubElement(entry, f"{{{_ATOM}}}link", {"href": _link(address, f"{language}/bulletins/{one.id}.html")})
    return _document(root)


def calendar(bulletin: Bulletin, language: str) -> str:
    """Days of testing as iCalendar (RFC 5545): an event of a whole day for each zone and day."""
    words = words_of(bulletin, language)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Douse//Bulletin//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    stamp = f"{bulletin.as_of:%Y%m%d}T235959Z"
    for one in bulletin.rounds:
        for day in one.days:
            name = hashlib.sha256(f"{one.zone}\n{day.isoformat()}".encode()).hexdigest()[:32]
            lines += [
                "BEGIN:VEVENT",
                f"UID:{name}@douse",
                f"DTSTAMP:{stamp}",
                f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
                f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
                f"SUMMARY:{_escaped(words.say('Test for everybody: {zone}', zone=one.name))}",
                f"LOCATION:{_escaped(one.name)}",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
            ]
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _escaped(text: str) -> str:
    """Text of a property: RFC 5545, 3.3.11; no control characters, so that no line can be put in."""
    marked = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "".join(letter if letter.isprintable() else " " for letter in marked)


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 bytes, the later ones after a blank; no letter is cut."""
    part, size, first = "", 0, True
    for letter in line:
        width = len(letter.encode())
        if size + width > (75 if first else 74):
            yield part if first else f" {part}"
            part, size, first = "", 0, False
        part, size = part + letter, size + width
    yield part if first else f" {part}"


def _text(parent: Xml.Element, name: str, text: str) -> Xml.Element:
    child = Xml.SubElement(parent, name)
    # XML 1.0 knows no control characters.
    child.text = "".join(letter for letter in text if letter.isprintable() or letter == "\n")
    return child


def _link(address: str, path: str) -> str:
    """An address of the site; relative to a feed, which lies in the folder of its language."""
    return f"{address.rstrip('/')}/{path}" if address else f"../{path}"


def _moment(day: date) -> datetime:
    """Noon in UTC: feeds want a moment, a bulletin has a day only, and at noon it is that day nearly everywhere."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def _document(root: Xml.Element) -> str:
    Xml.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"
