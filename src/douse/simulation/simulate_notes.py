"""Sentences on what stood in for records, and on what runs could not represent."""

from collections.abc import Sequence

from douse.records.measure import Because
from douse.simulation.past import NOT_KNOWN, Past
from douse.simulation.start import Start
from douse.simulation.weigh import Diagnostics


def assumed(keys: Sequence[str]) -> Because:
    """Keys that the file of the pathogen leaves out."""
    return Because("The file of the pathogen leaves out {keys}; estimates stand in.", {"keys": ", ".join(keys)})


def measures_elsewhere(n: int) -> Because:
    """Measures of zones that are not in the city."""
    return Because("{n} measures in force name a zone that the city does not have; the runs do without them.", {"n": n})


def past_rounds(n: int) -> Because:
    """Rounds of screening that have been held."""
    return Because(
        "{n} rounds of screening on record are not run again: whom they found is among the cases, and "
        "whom they missed is hidden.",
        {"n": n},
    )


def shorter(before: int, days: int) -> Because:
    """Runs had to begin later."""
    return Because(
        "Runs that begin {before} days back do not lead to the reports of the last weeks, as when one "
        "event infected many: they begin {days} days back instead, and so lean more on the cases on "
        "record than on who meets whom.",
        {"before": before, "days": days},
    )


def notes_of(past: Past, begun: Sequence[Start], figures: Diagnostics, *, by_rule: bool) -> list[Because]:
    """What stood in, and what could not be represented."""
    notes = [Because("Who is vaccinated is not on record: the runs protect nobody by a vaccine.")]
    if past.without_zone:
        notes.append(
            Because("{n} cases name no zone of the city: each run puts them anywhere in it.", {"n": past.without_zone})
        )
    if not past.delays_on_record:
        notes.append(Because("Too few cases have an onset: the time from onset to report is that of the library."))
    undated = int((past.onset == NOT_KNOWN).sum())
    if undated:
        notes.append(
            Because(
                "{n} cases have no onset: it is drawn from the report, less a delay like those of the others.",
                {"n": undated},
            )
        )
    if (past.person < 0).any():
        notes.append(
            Because(
                "Cases who are not in the table of people are put on people of their zone by chance: which "
                "households, schools and workplaces are hit now is not as on record."
            )
        )
    if past.imports[0] == 0:
        notes.append(
            Because("No imported case of the last two weeks is on record: nobody infected arrives in the runs.")
        )
    else:
        notes.append(Because("As long as infected people arrive, the outbreak does not count as over."))
    unplaced = max(start.unplaced for start in begun)
    if unplaced:
        notes.append(
            Because("Up to {n} cases found no place in the city: nobody was free in their zone.", {"n": unplaced})
        )
    notes.append(
        Because(
            "Contacts in quarantine who are not infected, and tests and tracing under way on the first day, "
            "are not in the runs."
        )
    )
    notes.append(
        Because(
            "Transmission outside the home changes by chance from week to week; after the as-of day an R "
            "above 1 is drawn back to a little below 1."
        )
    )
    if by_rule:
        notes.append(
            Because(
                "Levels on zones come and go by the rules of the protocol as cases come, beside the measures on record."
            )
        )
    else:
        notes.append(
            Because("Levels on zones are those on record and of the plan: nothing new is put in force as cases come.")
        )
    if figures.tempered < 1:
        notes.append(
            Because(
                "Few runs agree with the reports of the last weeks: their weights were evened out (power {power} "
                "of the likelihood), so the forecast leans on what was assumed beforehand. More runs may help.",
                {"power": round(figures.tempered, 2)},
            )
        )
    return notes
