"""What a simulated forecast says in words: the same sentences in the terminal and on the page."""

from douse.outputs.words import Words
from douse.simulation.simulate import Simulated

# Order in which what is forecast is shown.
SHOWN = (
    "cases", "infections", "deaths", "in_hospital", "in_intensive_care", "in_isolation", "in_quarantine", "tests",
    "tubes", "contacts_to_reach", "people_precaution", "people_control", "people_lockdown",
)  # fmt: skip
SUMS = frozenset({"cases", "infections", "deaths", "tests", "tubes"})


def label(what: str, words: Words) -> str:
    """Name of what is forecast."""
    names = {
        "cases": words.say("Cases reported"),
        "infections": words.say("Infections"),
        "deaths": words.say("Deaths"),
        "in_hospital": words.say("In hospital, severe"),
        "in_intensive_care": words.say("In intensive care"),
        "in_isolation": words.say("Cases in isolation"),
        "in_quarantine": words.say("Contacts in quarantine"),
        "tests": words.say("People tested"),
        "tubes": words.say("Tubes"),
        "contacts_to_reach": words.say("Contacts to reach"),
        "people_precaution": words.say("People under precaution"),
        "people_control": words.say("People under control"),
        "people_lockdown": words.say("People under lockdown"),
    }
    return names[what]


def ending(found: Simulated, words: Words) -> str:
    """When it is over, and how sure that is."""
    chance = words.number(100 * found.forecast.chance_over)
    last = found.forecast.last_infection.row(0, named=True)
    if last["q50"] is None:
        return words.say("Over within {days} days with a chance of {chance}%.", days=found.days, chance=chance)
    return words.say(
        "Over within {days} days with a chance of {chance}%; last infection most likely by {day}.",
        days=found.days,
        chance=chance,
        day=words.day(last["q50"]),
    )


def trust(found: Simulated, words: Words) -> str:
    """Whether the runs agree with the reports."""
    figures = found.diagnostics
    key = {
        "runs": figures.runs,
        "effective": words.number(figures.effective),
        "inside": words.number(100 * figures.inside),
    }
    said = words.say(
        "{runs} runs, worth {effective} independent ones; {inside}% of the weeks on record lie in their 90% range.",
        **key,
    )
    return said if figures.good else words.say("Take care, few runs agree with the reports: {said}", said=said)


def fitted(what: str, words: Words) -> str:
    """Name of a number that the weights were found for."""
    names = {
        "scale": words.say("Transmission, times that of the library"),
        "reproduction_number": words.say("People infected by one, if nobody reacted"),
        "seek_share": words.say("Of people with symptoms, tested"),
        "found_share": words.say("Of infections, found"),
        "hidden_factor": words.say("Hidden infections, times those expected"),
        "hidden_infections": words.say("Infections not on record at the start"),
    }
    return names[what]
