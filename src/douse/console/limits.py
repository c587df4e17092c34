"""How often something may be tried: counted in this process, by who tries."""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest

from douse.console.middleware import address_of
from douse.console.states import TooOften

_HOUSEHOLD = 64  # bits of an IPv6 address


def count(what: str, who: str, most: int, within: timedelta) -> None:
    """Count one more try; raise `TooOften` when there were more than `most` within some time."""
    key = _key(what, who)
    cache.add(key, 0, timeout=within.total_seconds())
    try:
        tries = cache.incr(key)
    except ValueError:  # it ran out between the two
        cache.set(key, 1, timeout=within.total_seconds())
        tries = 1
    if tries > most:
        raise _too_often()


def count_address(request: HttpRequest, what: str, most: int, within: timedelta) -> None:
    """Count one more try from where a request comes from: for forms that are open to anybody."""
    count(what, network_of(request), most, within)


def check_address(request: HttpRequest, what: str, most: int) -> None:
    """Raise `TooOften` where so many tries were counted already; counts none."""
    if int(cache.get(_key(what, network_of(request))) or 0) >= most:
        raise _too_often()


def network_of(request: HttpRequest) -> str:
    """Where a request comes from, as it is counted: of IPv6 the /64, of whose addresses one household has all."""
    said = address_of(request)
    try:
        address = ip_address(said)
    except ValueError:
        return said
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _HOUSEHOLD), strict=False)) if isinstance(address, IPv6Address) else said


def _key(what: str, who: str) -> str:
    return f"tries:{what}:{who}"


def _too_often() -> TooOften:
    return TooOften("This was tried too often.", next_step="Wait some minutes and try again.")
