"""Where cases were, and which of them were somewhere together: a source search compares cases, not a city."""

from datetime import date, time

import polars as pl

from douse.library.protocol import Protocol
from douse.records import Records
from douse.situation.cases import identifiers
from douse.tracing.contact_class import shared_place_class
from douse.tracing.exposures import COLUMNS
from douse.tracing.persons import with_person
from douse.tracing.places import PRIVATE_KINDS, SETTING_OF_PLACE, listed_places

_POINT_DECIMALS = 4  # of a degree, about 10 metres: a visit that names no place meets others at its point


def case_visits(known: Records, cases: pl.DataFrame, first: date) -> pl.DataFrame:
    """Visits of cases from a day on, homes apart.

    A visit with a day but no time lasts the whole day, and one that was not ended until the end of its day; of both
    only the day is known (exact is false).

    Parameters
    ----------
    known : Records
        As-of view.
    cases : polars.DataFrame
        Counted cases: case_id, person.
    first : date
        Visits that ended before do not count.

    Returns
    -------
    polars.DataFrame
        case_id, place (place_id, else the point), kind, ventilation, start, end (moments), exact (bool).
    """
    point = (pl.col(name).round(_POINT_DECIMALS).cast(pl.String) for name in ("latitude", "longitude"))
    whole_days = (pl.col("entered_at").dt.time() == time.min) & (pl.col("left_at").dt.time() == time.min)
    exact = (pl.col("left_at").is_not_null() & ~whole_days).fill_null(value=False)
    midnight = pl.coalesce("left_at", "entered_at").dt.truncate("1d").dt.offset_by("1d")
    listed = listed_places(known).select("place", "ventilation", listed="kind")
    own = known.table("visits").filter(pl.col("person_id").is_in(identifiers(cases).implode()))
    visits = (
        with_person(own, known)
        .join(cases.select("case_id", "person"), on="person")
        .select(
            "case_id",
            kind=pl.col("kind").cast(pl.String),
            place=pl.coalesce("place_id", pl.concat_str(*point, separator=", ")),
            start="entered_at",
            end=pl.when(exact).then("left_at").otherwise(midnight),
            exact=exact,
        )
        .filter(pl.col("place").is_not_null(), pl.col("end").dt.date() >= first)
        .join(listed, on="place", how="left")
        .with_columns(kind=pl.coalesce("kind", "listed"))
    )
    away = ~pl.col("kind").is_in(PRIVATE_KINDS).fill_null(value=False)
    return visits.filter(away).drop("listed").unique().sort("case_id", "place", "start", "end")


def met_at_places(visits: pl.DataFrame, cases: pl.DataFrame, windows: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Exposures of cases to cases at places, within the infectious window of the latter; a row a pair and place.

    Two visits meet when each begins before the other ends. Minutes are those of all exact meetings together; null where
    only the day is known.

    Parameters
    ----------
    visits : polars.DataFrame
        As of `case_visits`.
    cases, windows : polars.DataFrame
        Counted cases (case_id, person), and their infectious windows.
    protocol : Protocol
        How long is close.

    Returns
    -------
    polars.DataFrame
        Exposures (`exposures.COLUMNS`) of ring 1, with basis shared_place.
    """
    window = windows.select("case_id", since="infectious_from", until="infectious_to").drop_nulls()
    begin = pl.col("since").cast(pl.Datetime("us"))
    close = pl.col("until").cast(pl.Datetime("us")).dt.offset_by("1d")
    hosted = (
        visits.join(window, on="case_id")
        .with_columns(start=pl.max_horizontal("start", begin), end=pl.min_horizontal("end", close))
        .filter(pl.col("start") <= pl.col("end"))
    )
    met = (
        hosted.join(visits.select("case_id", "place", "start", "end", "exact"), on="place", suffix="_other")
        .filter(
            pl.col("case_id") != pl.col("case_id_other"),
            pl.col("start") < pl.col("end_other"),
            pl.col("start_other") < pl.col("end"),
        )
        .with_columns(
            met_from=pl.max_horizontal("start", "start_other"),
            met_to=pl.min_horizontal("end", "end_other"),
            timed=pl.col("exact") & pl.col("exact_other"),
        )
    )
    seconds = (pl.col("met_to") - pl.col("met_from")).dt.total_seconds().filter(pl.col("timed")).sum()
    pairs = met.group_by("case_id", "case_id_other", "place", "kind", "ventilation").agg(
        first_exposure=pl.col("met_from").min().dt.date(),
        last_exposure=pl.col("met_to").max().dt.offset_by("-1us").dt.date(),
        minutes=pl.when(pl.col("timed").any()).then(seconds / 60),
    )
    setting = pl.col("kind").replace_strict(SETTING_OF_PLACE, default="other", return_dtype=pl.String)
    people = cases.select("person", case_id_other="case_id")
    shaped = (
        pairs.join(people, on="case_id_other")
        .with_columns(
            setting=pl.when(pl.col("kind").is_not_null()).then(setting), contact_class=shared_place_class(protocol),
            ring=pl.lit(1), basis=pl.lit("shared_place"), via=pl.lit(None), named_at=pl.lit(None),
            last_exposure=pl.max_horizontal("first_exposure", "last_exposure"),
        )
    )  # fmt: skip
    return shaped.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
