"""A cluster: several linked or co-located cases told within a few days."""

from datetime import timedelta

import polars as pl

from douse.library.pathogen import Pathogen
from douse.library.protocol import Alerts
from douse.records import Records, ZoneTree
from douse.signals.cluster_groups import BASES, memberships
from douse.signals.counts import latest
from douse.signals.severity import severity_of
from douse.signals.signal import Signal

_GROUP = ("basis", "name")


def cluster_signals(
    known: Records, cases: pl.DataFrame, zones: ZoneTree, *, pathogen: Pathogen, alerts: Alerts
) -> list[Signal]:
    """Groups with at least `cluster_cases` cases told within the last `cluster_days`.

    A group is a chain of recorded infectors, a named cluster, a household, a place that cases had been at before they
    were tested, or a zone of at most the size of an estate. A group whose cases all belong to a larger one is not
    told apart from it; nor are two groups of the same cases.

    Parameters
    ----------
    known : Records
        As-of view.
    cases : polars.DataFrame
        Counted cases, as in `Situation.cases`.
    zones : ZoneTree
        The tree.
    pathogen : Pathogen
        Its maximum incubation period says which visits count.
    alerts : Alerts
        The protocol's cluster_cases and cluster_days.

    Returns
    -------
    list of Signal
        At the smallest zone that holds all the cases of the window. `first_day` is the day of the first case
        since which no cluster_days passed without one, so that the signal keeps its id while the cluster lasts.
    """
    days, bound = round(alerts.cluster_days.value), max(alerts.cluster_cases.value, 1)
    groups = memberships(known, cases, zones, days=days, incubation_days=round(pathogen.max_incubation.value))
    recent = groups.filter(pl.col("told_on") > known.day - timedelta(days=days))
    large = recent.filter(pl.len().over(_GROUP) >= bound)
    told_apart = _told_apart(large)
    runs = _last_runs(groups.join(told_apart, on=_GROUP, how="semi"), days)
    places = _names_of_places(known)
    zone_of = dict(cases.select("case_id", "zone").iter_rows())
    signals = []
    for basis, name, first_day, last_day in runs.iter_rows():
        members = large.filter(pl.col("basis") == basis, pl.col("name") == name)
        zone = _common_zone(zones, {zone_of[case] for case in members["case_id"]})
        observed = members.height
        signals.append(
            Signal(
                id=f"cluster:{zone or ''}:{first_day}:{basis}:{name}",
                detector="cluster",
                zone=zone,
                first_day=first_day,
                last_day=last_day,
                observed=observed,
                expected=None,
                bound=bound,
                false_alarm_rate=None,
                severity=severity_of(observed, bound),
                reason=_reason(basis, named=basis != "place" or name in places),
                facts={"cases": observed, "days": days, "name": places.get(name, name) if basis == "place" else name},
                evidence=latest(members),
            )
        )
    return signals


def _told_apart(large: pl.DataFrame) -> pl.DataFrame:
    """Groups (basis, name) whose cases do not all belong to a larger group, or to the same cases' first basis."""
    sizes = (
        large.group_by(_GROUP)
        .len("size")
        .sort(
            "size",
            pl.col("basis").replace_strict({basis: i for i, basis in enumerate(BASES)}),
            "name",
            descending=[True, False, False],
        )
        .with_row_index("group")
    )
    member = large.join(sizes, on=_GROUP).select("case_id", "group", "size")
    shared = (
        member.join(member.select("case_id", larger="group"), on="case_id")
        .filter(pl.col("larger") < pl.col("group"))
        .group_by("group", "larger", "size")
        .len("shared")
    )
    within = shared.filter(pl.col("shared") == pl.col("size")).select("group")
    return sizes.join(within, on="group", how="anti", maintain_order="left").select(_GROUP)


def _last_runs(members: pl.DataFrame, days: int) -> pl.DataFrame:
    """Last run of cases without a gap of `days` or more, a row a group: basis, name, first_day, last_day."""
    new_run = (pl.col("told_on").diff().dt.total_days() >= days).fill_null(value=False)
    return (
        members.sort(*_GROUP, "told_on")
        .with_columns(run=new_run.cast(pl.Int64).cum_sum().over(_GROUP))
        .filter(pl.col("run") == pl.col("run").max().over(_GROUP))
        .group_by(_GROUP)
        .agg(first_day=pl.col("told_on").min(), last_day=pl.col("told_on").max())
        .sort(_GROUP)
    )


def _names_of_places(known: Records) -> dict[str, str]:
    named = known.table("places").filter(pl.col("name").is_not_null()).select("place_id", "name")
    return dict(named.iter_rows())


def _common_zone(zones: ZoneTree, named: set[str | None]) -> str | None:
    """Smallest zone that contains all of them; None where there is none, or a case has no zone."""
    lines = [zones.ancestors(zones.position[zone]) if zone in zones.position else [] for zone in named]
    shared = set(lines[0]).intersection(*lines[1:])
    return next((zones.ids[row] for row in lines[0] if row in shared), None)


def _reason(basis: str, *, named: bool) -> str:
    if basis == "chain":
        return "{cases} cases of one chain of infection, which began with case {name}, were told within {days} days."
    if basis == "cluster":
        return "{cases} cases of the cluster {name} were told within {days} days."
    if basis == "household":
        return "{cases} cases of one household were told within {days} days."
    if basis == "place" and named:
        return "{cases} cases who had been at {name} before their test were told within {days} days."
    if basis == "place":
        return "{cases} cases who had been at the same place before their test were told within {days} days."
    return "{cases} cases who live in {name} were told within {days} days."
