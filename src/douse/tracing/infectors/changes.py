"""What changed since yesterday in the belief about each case's infector, and why."""

from dataclasses import dataclass, fields, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from douse.kernels import attribution as kernel
from douse.library.links import Links
from douse.library.pathogen import Pathogen
from douse.tracing.infectors.belief import KINDS, PARTS, Belief, answers, parts_at
from douse.tracing.infectors.dates import Days, dates_of
from douse.tracing.infectors.evidence import leaks_of
from douse.tracing.infectors.levels import GROUPS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Belief that moved less than this, without another answer in front, is no news.
LEAST_MOVED = 0.2
# A part of the evidence that moved less than this (log) is no cause by itself.
_LEAST_CAUSE = 0.1

CHANGES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "moved": pl.Float64(),  # share of the belief that is elsewhere today
    "before": pl.String(),  # kind of the likeliest answer yesterday
    "before_infector": pl.String(),
    "before_probability": pl.Float64(),  # yesterday's
    "now": pl.String(),
    "now_infector": pl.String(),
    "now_probability": pl.Float64(),
    "cause": pl.String(),
    "cause_case": pl.String(),
}
_NAMES = {
    "declared": "declared_infector",
    "contact": "contact",
    "household": "household",
    "daytime_place": "shared_daytime_place",
} | {group: f"evidence_{group}" for group in GROUPS}
# Days on record, by what a change of them is called, of the case and of its infector.
_OF_CASE = {
    "onset": "case_onset", "found": "case_found", "quarantined": "case_quarantine", "exposed_from": "case_exposure",
    "exposed_to": "case_exposure",
}  # fmt: skip
_OF_INFECTOR = {"onset": "infector_onset", "found": "infector_found", "away": "infector_isolation",
                "away_told": "infector_isolation"}  # fmt: skip


@dataclass(frozen=True)
class _Answer:
    """An answer of one day, by names that hold on both."""

    kind: str
    infector: str | None


@dataclass(frozen=True)
class _Day:
    """One day's belief, with what is needed to look things up by name."""

    belief: Belief
    position: dict[str, int]
    probability: dict[str, dict[_Answer, float]]
    place: dict[tuple[str, str], int]  # among the candidates, by case and infector


def changes_frame(
    before: Belief, now: Belief, links: Links, pathogen: Pathogen, *, least_moved: float = LEAST_MOVED
) -> pl.DataFrame:
    """Cases known on both days whose belief moved, as `CHANGES`; those that moved most first.

    The cause is the part of the evidence that moved most between the two days, of yesterday's and today's likeliest
    answers and of those that lost and won most: an infector who is known since today, an onset, an isolation, a
    contact, a declared infector, a place ... Where several days on record changed, each is put back to yesterday's by
    itself, and the one that moves the density of the dates most is it. ``all_cases``: nothing on the pair changed, but
    what the outbreak as a whole tells did.

    Parameters
    ----------
    before, now : Belief
        Of the two days, by the same weights.
    links, pathogen : Links, Pathogen
    least_moved : float
        Share of the belief that must have moved.
    """
    moved = _moved(before, now, least_moved)
    if not moved:
        return pl.DataFrame(schema=CHANGES)
    then, today = _day(before, moved), _day(now, moved)
    rows = []
    for case in sorted(moved, key=lambda name: (-moved[name], name)):
        old, new = _first(then.probability[case]), _first(today.probability[case])
        of_interest = (old, new, *_moved_most(then.probability[case], today.probability[case]))
        cause, of = _cause(then, today, case, of_interest, links, pathogen)
        rows.append(
            (
                case, moved[case], old.kind, old.infector, then.probability[case][old], new.kind, new.infector,
                today.probability[case][new], cause, of,
            )
        )  # fmt: skip
    return pl.DataFrame(rows, schema=CHANGES, orient="row")


def _named(belief: Belief) -> pl.DataFrame:
    """Every answer by names: case, kind, infector, probability."""
    every, ids = answers(belief), belief.ids
    infector = every["infector"].to_numpy()
    names = ids.gather(np.maximum(infector, 0)) if len(ids) else ids
    return every.select(
        case=ids.gather(every["case"]),
        kind="kind",
        infector=pl.when(pl.Series(infector >= 0)).then(names),
        probability="probability",
        at="at",
    ).filter(pl.col("probability") > 1e-6)


def _moved(before: Belief, now: Belief, least: float) -> dict[str, float]:
    """Cases of both days by the share of belief that moved, if enough, or if another answer leads."""
    on = ["case", "kind", "infector"]
    then, today = _named(before), _named(now)
    both = then.select("case").unique().join(today.select("case").unique(), on="case")
    joined = then.join(today, on=on, how="full", coalesce=True, nulls_equal=True).join(both, on="case", how="semi")
    gone = (pl.col("probability").fill_null(0) - pl.col("probability_right").fill_null(0)).clip(lower_bound=0)
    led = [
        frame.unique("case", keep="first", maintain_order=True).select("case", f"{name}kind", f"{name}infector")
        for name, frame in (("", then), ("new_", today.rename({"kind": "new_kind", "infector": "new_infector"})))
    ]
    other = (
        led[0]
        .join(led[1], on="case")
        .select(
            "case", other=pl.col("kind").ne(pl.col("new_kind")) | pl.col("infector").ne_missing(pl.col("new_infector"))
        )
    )
    rows = joined.group_by("case").agg(moved=gone.sum()).join(other, on="case")
    enough = (pl.col("moved") >= least) | (pl.col("other") & (pl.col("moved") >= least / 4))
    return dict(rows.filter(enough).select("case", "moved").iter_rows())


def _day(belief: Belief, cases: dict[str, float]) -> _Day:
    ids = belief.ids.to_list()
    rows = _named(belief).filter(pl.col("case").is_in(list(cases)))
    probability: dict[str, dict[_Answer, float]] = {}
    place = {}
    for case, kind, infector, p, at in rows.iter_rows():
        probability.setdefault(case, {})[_Answer(KINDS[kind], infector)] = p
        if at >= 0:
            place[case, infector] = at
    return _Day(belief, {name: at for at, name in enumerate(ids)}, probability, place)


def _first(answer: dict[_Answer, float]) -> _Answer:
    return max(answer, key=lambda one: (one.kind != "other", answer[one], one.kind, one.infector or ""))


def _moved_most(then: dict[_Answer, float], today: dict[_Answer, float]) -> list[_Answer]:
    """The answers that lost and that won most."""
    moved = {one: today.get(one, 0.0) - then.get(one, 0.0) for one in {*then, *today} if one.kind != "other"}
    order = sorted(moved, key=lambda one: (moved[one], one.kind, one.infector or ""))
    return [order[0], order[-1]] if order else []


def _cause(  # noqa: PLR0913, PLR0917  two days, a case, some of its answers, and the files
    then: _Day, today: _Day, case: str, some: tuple[_Answer, ...], links: Links, pathogen: Pathogen
) -> tuple[str, str | None]:
    """What moved the belief, and of which other case."""
    for one in some:
        if one.infector is not None and one.infector not in then.position:
            return "new_case", one.infector
        if one.infector is not None and one.infector not in today.position:
            return "case_withdrawn", one.infector
    found: list[tuple[float, str, str | None]] = []
    for one in dict.fromkeys(some):
        if one.infector is not None:
            found += _moved_parts(then, today, case, one.infector, links, pathogen)
        elif one.kind == "imported":
            i, j = then.position[case], today.position[case]
            size = abs(then.belief.candidates.imported[i] - today.belief.candidates.imported[j])
            found.append((size, "origin_of_case", None))
    found += _newcomers(then, today, case)
    best = max(found, key=lambda part: (part[0], part[1], part[2] or ""), default=(0.0, "", None))
    return (best[1], best[2]) if best[0] >= _LEAST_CAUSE else ("all_cases", None)


def _newcomers(then: _Day, today: _Day, case: str) -> list[tuple[float, str, str | None]]:
    """Cases that are known since today and took a part of the belief."""
    shares: dict[str, float] = {}
    for one, p in today.probability[case].items():
        if one.infector is not None and one.infector not in then.position:
            shares[one.infector] = shares.get(one.infector, 0.0) + p
    if not shares:
        return []
    most = max(shares, key=lambda name: (shares[name], name))
    return [(-float(np.log1p(-min(sum(shares.values()), 0.999))), "new_case", most)]


def _moved_parts(  # noqa: PLR0913, PLR0917  as `_cause`
    then: _Day, today: _Day, case: str, infector: str, links: Links, pathogen: Pathogen
) -> list[tuple[float, str, str | None]]:
    places = [day.place.get((case, infector)) for day in (then, today)]
    if places[0] is None or places[1] is None:
        # Not among the candidates of one day: the dates did not go together.
        return [(1.0, _days_changed(then, today, case, infector, links, pathogen), infector)]
    old, new = (parts_at(day.belief, links, np.array([at])) for day, at in ((then, places[0]), (today, places[1])))
    moved = np.abs(new - old)[0]
    found: list[tuple[float, str, str | None]] = []
    for part, size in zip(PARTS, moved.tolist(), strict=True):
        if size > 0:
            dated = part == "dates"
            name = _days_changed(then, today, case, infector, links, pathogen) if dated else _NAMES[part]
            found.append((size, name, infector))
    return found


def _days_changed(  # noqa: PLR0913, PLR0917  as `_cause`
    then: _Day, today: _Day, case: str, infector: str, links: Links, pathogen: Pathogen
) -> str:
    """Which of the days on record of the pair moves the density of the dates most, put back by itself."""
    pair = [(day.position[infector], day.position[case]) for day in (then, today)]
    old, new = (
        Days(*(getattr(day.belief.evidence.dates.days, field.name)[list(at)] for field in fields(Days)))
        for day, at in zip((then, today), pair, strict=True)
    )
    changed = [
        (name, row, field)
        for row, names in ((1, _OF_CASE), (0, _OF_INFECTOR))
        for field, name in names.items()
        if getattr(old, field)[row] != getattr(new, field)[row]
    ]
    if not changed:
        return "all_delays"
    if len({name for name, _, _ in changed}) == 1:
        return changed[0][0]
    density = _density(today, pair[1], new, links, pathogen)
    sizes = {}
    for name, row, field in changed:
        values = getattr(new, field).copy()
        values[row] = getattr(old, field)[row]
        sizes[name] = abs(_density(today, pair[1], replace(new, **{field: values}), links, pathogen) - density)
    return max(sizes, key=lambda name: (sizes[name], name))


def _density(day: _Day, pair: tuple[int, int], days: Days, links: Links, pathogen: Pathogen) -> float:
    """Log density of the dates of two cases, the first the infector."""
    evidence = day.belief.evidence
    dates = dates_of(days, evidence.facts.traced[list(pair)], pathogen, leaks_of(links), evidence.dates.delays)
    both = kernel.density(0, 1, dates.infects, dates.infected, np.zeros((0, 0, 0)))
    return float(np.log(both + links.wrong_dates.value))
