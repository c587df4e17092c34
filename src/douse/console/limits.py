"""How often something may be tried: counted in this process, by who tries."""

from datetime import timedelta

from django.core.cache import cache
from django.http import HttpRequest

from douse.console.middleware import address_of
from douse.console.states import TooOften


def count(what: str, who: str, most: int, within: timedelta) -> None:
    """Count one more try; raise `TooOften` when there were more than `most` within some time."""
    key = f"tries:{what}:{who}"
    cache.add(key, 0, timeout=within.total_seconds())
    try:
        tries = cache.incr(key)
    except ValueError:  # it ran out between the two
        cache.set(key, 1, timeout=within.total_seconds())
        tries = 1
    if tries > most:
        raise TooOften("This was tried too often.", next_step="Wait some minutes and try again.")


def count_address(request: HttpRequest, what: str, most: int, within: timedelta) -> None:
    """Count one more try from where a request comes from: for forms that are open to anybody."""
    count(what, address_of(request), most, within)
