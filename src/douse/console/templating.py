"""Jinja2 templates: what every one of them may call, and what every page is given."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.templatetags.static import static as static_url
from django.urls import reverse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from douse.console import instance
from douse.console.permissions import Actor, may, may_open
from douse.console.policy import INSTEAD, NAVIGATION
from douse.console.words import LANGUAGES, say, staged, words
from douse.outputs.blocks import Picture
from douse.outputs.claims import figures
from douse.outputs.claims.review import is_public
from douse.planning.zones import NO_LESSER
from douse.records.codes import LEVELS

_ADDRESSES = 20_000  # kept


def environment(**options: Any) -> Environment:
    """Jinja2 as Django asks for it: autoescape on, an unknown name is an error."""
    options["loader"] = PackageLoader("douse.console", "templates")
    options["undefined"] = StrictUndefined
    made = Environment(**options, trim_blocks=True, lstrip_blocks=True)  # noqa: S701  (Django sets autoescape)
    made.globals.update(say=say, staged=staged, url=url, static=static, picture=picture)
    made.filters.update(
        code=lambda code: words().code(code),
        label=lambda code: words().label(code),
        level=lambda level: words().level(level),
        zone=lambda zone: words().zone(zone),
        because=lambda because: words().because(because),
        brief=lambda value: words().brief(value),
        large=lambda value: words().large(value),
        money=lambda amount, currency: words().money(amount, currency),
        lesser=_lesser,
        block_kind=lambda block: type(block).__name__,
        number=lambda value, digits=0: words().number(value, digits),
        share=lambda value: words().share(value),
        day=lambda day: words().day(day),
        short_day=lambda day: words().short_day(day),
        moment=lambda moment: words().moment(moment),
        figure_name=lambda fact: figures.named(fact.figure, words()),
        figure_value=lambda fact: figures.said(fact.figure, fact.value, words()),
        figure_is_public=is_public,
        public_figures=lambda facts: [fact for fact in facts if is_public(fact)],
    )
    return made


def _lesser(lesser: str) -> str:
    """A lesser level, or another lesser measure, in words."""
    if lesser == NO_LESSER:
        return say("none")
    return words().level(lesser) if lesser in LEVELS else words().code(lesser)


def common(request: HttpRequest) -> dict[str, Any]:
    """What every page is given beside its own values."""
    actor: Actor = getattr(request, "actor", Actor())
    return {
        "actor": actor,
        "may": lambda right: may(actor, right),
        "may_open": lambda name, method="GET": may_open(actor, name, method),
        "navigation": navigation(request, actor),
        "language": words().language,
        "languages": LANGUAGES,
        "notices": messages.get_messages(request),
        "demo": instance.current().demo,
        "here": request.get_full_path(),
    }


def navigation(request: HttpRequest, actor: Actor) -> list[tuple[str, str, bool]]:
    """Entries that somebody may open: address, label, whether it is where they are."""
    match = request.resolver_match
    here = match.view_name if match else ""
    open_ = {name for name, _ in NAVIGATION if may_open(actor, name)}
    shown = [(name, label) for name, label in NAVIGATION if name in open_ and INSTEAD.get(name) not in open_]
    names = [name for name, _ in shown]
    if here not in names:  # a page behind one of the list: the first entry of its room
        room = here.split(":")[0]
        here = next((name for name in names if name.split(":")[0] == room), "")
    return [(_path(name), say(label), name == here) for name, label in shown]


def url(name: str, *args: object, query: dict[str, object] | None = None, **kwargs: object) -> str:
    """Address of a page; `query` leaves out what is empty."""
    path = _path(name, *args, **kwargs)
    asked = {key: value for key, value in (query or {}).items() if value not in {None, ""}}
    return f"{path}?{urlencode(asked, doseq=True)}" if asked else path


@lru_cache(maxsize=_ADDRESSES)
def _path(name: str, *args: object, **kwargs: object) -> str:
    """Django finds an address behind locks that all threads share, a hundred times a page."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


@cache
def static(path: str) -> str:
    """Address of a static file with a hash of its content, so that browsers may keep it."""
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(path)
    return f"{static_url(path)}?v={hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12]}"


def picture(made: Picture | None) -> Markup:
    """A chart as SVG within the page, for wide and for narrow screens; nothing where there is none."""
    if made is None:
        return Markup()
    parts = [(made.wide, "wide")] if made.wide == made.narrow else [(made.wide, "wide"), (made.narrow, "narrow")]
    drawn = "".join(f'<div class="picture-{kind}">{svg}</div>' for svg, kind in parts)
    only = " only" if len(parts) == 1 else ""
    return Markup('<div class="picture{}" role="img" aria-label="{}">').format(only, made.alt) + Markup(  # noqa: S704  (our own SVG)
        drawn + "</div>"
    )
