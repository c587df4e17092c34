"""Against floods: what a form must bring, the more the more come from one address or for one zone.

Nothing that was taken in is thrown away for being one of many: a flood costs its sender, it does not hide a report.
A one-time code of staff needs no puzzle, so that nobody is shut out.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.http import HttpRequest

from douse.console.limits import check_address, count_address, network_of
from douse.console.public import codes, work
from douse.console.states import TooOften
from douse.console.words import say

WINDOW = timedelta(minutes=10)
BITS = 15  # of a puzzle in quiet times: some 30,000 hashes, well under a second on a phone
MOST_BITS = 21  # two million: half a minute on a phone
# Forms in the window after which each doubling makes a puzzle twice as hard. Whole blocks share a mobile carrier's
# address, so an address may send many; a zone is a community with some thousand people.
FREE_OF_ADDRESS, FREE_OF_ZONE = 20, 100
# In the window without a code. Beyond the second, who sent more than is free from an address is refused.
MOST_OF_ADDRESS, MOST_OF_ZONE = 600, 3_000
MOST_GUESSES = 20  # wrong codes, and wrong receipt numbers, from an address in the window
ELSEWHERE = "-"


@dataclass(frozen=True)
class Proof:
    """What a form brings: a puzzle with its answer, or a code."""

    puzzle: str = ""
    answer: str = ""
    code: str = ""


def place_of(request: HttpRequest, zone: str | None) -> str:
    """What a puzzle is made for: where a request comes from, and the zone of its form."""
    return f"{network_of(request)} {zone or ELSEWHERE}"


def bits_for(request: HttpRequest, zone: str | None) -> int:
    """How hard the puzzle is for a form that comes from where this request comes from."""
    from_address = _count(f"address:{network_of(request)}") / FREE_OF_ADDRESS
    of_zone = _count(f"zone:{zone or ELSEWHERE}") / FREE_OF_ZONE
    return min(MOST_BITS, BITS + max(int(from_address), int(of_zone)).bit_length())


def admit(request: HttpRequest, zone: str | None, proof: Proof) -> str:
    """Let a form in, and use up what it brings; else what is wrong with it, in words.

    Raises
    ------
    TooOften
        When so many came that only a code lets one more in.
    """
    if proof.code:
        check_address(request, "public_code", MOST_GUESSES)
        if codes.use(proof.code):
            return ""
        count_address(request, "public_code", MOST_GUESSES, WINDOW)
        return say("This code does not work, or not any more. Ask for another one.")
    address, place = f"address:{network_of(request)}", f"zone:{zone or ELSEWHERE}"
    from_here = _count(address)
    # What floods a zone must not shut out the others who live there: who has sent few is still let in.
    if from_here >= MOST_OF_ADDRESS or (from_here >= FREE_OF_ADDRESS and _count(place) >= MOST_OF_ZONE):
        raise TooOften(
            "Very many forms come from where you are.",
            next_step="Call the people who look after your area: they take it by phone, or give you a code.",
        )
    if not work.is_solved(proof.puzzle, proof.answer, BITS):
        return say("The form could not be checked. Send it once more, or give a code.")
    if not work.is_enough(proof.puzzle, bits_for(request, zone), place_of(request, zone)):
        return say("Many forms are coming in, so yours is checked once more. Nothing is lost: send it again.")
    if not work.spend(proof.puzzle):
        return say("This form was sent already. If you did not see a receipt, send it once more.")
    for one in (address, place):
        _add(one)
    return ""


def _count(what: str) -> int:
    return int(cache.get(f"public:{what}") or 0)


def _add(what: str) -> None:
    key = f"public:{what}"
    if not cache.add(key, 1, timeout=WINDOW.total_seconds()):
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two
            cache.set(key, 1, timeout=WINDOW.total_seconds())
