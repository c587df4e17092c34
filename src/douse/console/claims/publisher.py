"""Who answers claims in public: the department, by the name that the instance or the last bulletin gives it."""

from douse.console import instance
from douse.console.bulletins import place
from douse.errors import DataError


def publisher() -> str:
    """Name of the department; empty where nobody gave one."""
    named = instance.current().publisher
    if named:
        return named
    try:
        told = place.history(place.PUBLIC)
    except DataError:
        return ""
    return told[-1].publisher if told else ""
