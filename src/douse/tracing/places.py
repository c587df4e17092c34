"""Exposure sites: where cases were while they could infect."""

import polars as pl

from douse.records import Records
from douse.tracing.encounters import Asked
from douse.tracing.index.stays import people_at
from douse.tracing.index.visit_index import VisitIndex

# A home is no site to announce.
PRIVATE_KINDS = ("home",)
# What a meeting at a kind of place is called; a home is left to the household.
SETTING_OF_PLACE = {
    "home": "household",
    "school": "school",
    "workplace": "workplace",
    "office": "workplace",
    "hospital": "healthcare",
    "clinic": "healthcare",
    "pharmacy": "healthcare",
    "care_home": "care",
    "shop": "shop",
    "market": "shop",
    "restaurant": "meal",
    "cafe": "meal",
    "bar": "leisure",
    "worship": "worship",
    "gym": "leisure",
    "leisure": "leisure",
    "event": "leisure",
    "lodging": "lodging",
    "transport": "transport",
    "airport": "transport",
}


def site_facts(known: Records, places: pl.Series, said: pl.DataFrame) -> pl.DataFrame:
    """place, kind, zone, latitude, longitude, ventilation of places.

    Parameters
    ----------
    known : Records
        As-of view; the table of places comes first.
    places : polars.Series
        Identifiers.
    said : polars.DataFrame
        What visits say: place, kind, zone, latitude, longitude; one row a place.
    """
    facts = ("kind", "zone", "latitude", "longitude")
    listed = known.table("places").select(
        pl.col("kind").cast(pl.String), "zone", "latitude", "longitude", place="place_id"
    )
    sites = places.unique().sort().to_frame("place").join(said, on="place", how="left", maintain_order="left")
    for more in (listed.unique("place", keep="first", maintain_order=True), ventilation_of_places(known)):
        sites = sites.join(more, on="place", how="left", maintain_order="left")
    return sites.select("place", *(pl.coalesce(f"{name}_right", name).alias(name) for name in facts), "ventilation")


def ventilation_of_places(known: Records) -> pl.DataFrame:
    """place, ventilation: one row a listed place."""
    return listed_places(known).select("place", "ventilation")


def listed_places(known: Records) -> pl.DataFrame:
    """place, kind, ventilation, latitude, longitude: one row a listed place, as told first."""
    texts = (pl.col(name).cast(pl.String) for name in ("kind", "ventilation"))
    return (
        known.table("places")
        .sort("recorded_at", "record_id", nulls_last=False)
        .unique("place_id", keep="first", maintain_order=True)
        .select(*texts, "latitude", "longitude", place="place_id")
    )


def with_place_facts(meetings: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Add the setting of each meeting, by the kind of its place, and the place's ventilation; null where not known."""
    setting = pl.col("kind").replace_strict(SETTING_OF_PLACE, default="other", return_dtype=pl.String)
    named = facts.select("place", "ventilation", setting=pl.when(pl.col("kind").is_not_null()).then(setting))
    return meetings.join(named, on="place", how="left", maintain_order="left")


def exposure_sites(  # noqa: PLR0913, PLR0917 (where cases were, who else was there, and who asks)
    hosted: pl.DataFrame, crowded: pl.DataFrame, index: VisitIndex, known: Records, ill: pl.Series, asked: Asked
) -> pl.DataFrame:
    """Places where cases were while they could infect, most cases first; homes are left out.

    Parameters
    ----------
    hosted : polars.DataFrame
        host (case_id), place, day: where cases were within their windows.
    crowded : polars.DataFrame
        `encounters.CROWDED`.
    index : VisitIndex
        All visits.
    known : Records
        As-of view; where nobody but cases has visits on record, the people at a place are not known.
    ill : polars.Series
        Identifiers of the counted cases.
    asked : Asked
        As of which day, and what is a crowd.

    Returns
    -------
    polars.DataFrame
        See `Trace.places`; with crowded (bool: on some day more people than are expanded to contacts, so that only an
        announcement reaches them). people counts those who are no cases, on the days when a case was there; at a
        crowded place it is the visits of the fullest day.
    """
    others_visit = bool((index.persons.codes(ill.unique()) >= 0).sum() < len(index.persons))
    cases = hosted.group_by("place").agg(
        cases=pl.col("host").n_unique().cast(pl.Int64), first_day=pl.col("day").min(), last_day=pl.col("day").max()
    )
    calm = hosted.join(crowded, on=["place", "day"], how="anti")
    people = people_at(index, calm, ill, asked).rename({"people": "met"})
    crowds = crowded.group_by("place").agg(crowd=pl.col("visits").max())
    count = pl.max_horizontal(pl.col("met").fill_null(0), pl.col("crowd").fill_null(0))
    return (
        cases.join(site_facts(known, hosted["place"], index.facts), on="place")
        .filter(~pl.col("kind").is_in(PRIVATE_KINDS).fill_null(value=False))
        .join(people, on="place", how="left")
        .join(crowds, on="place", how="left")
        .select(
            "kind",
            "zone",
            "latitude",
            "longitude",
            "cases",
            "first_day",
            "last_day",
            place_id="place",
            people=pl.when(pl.lit(others_visit)).then(count),
            crowded=pl.col("crowd").is_not_null(),
        )
        .sort("cases", "last_day", "place_id", descending=[True, True, False])
        .select(
            "place_id", "kind", "zone", "latitude", "longitude", "cases", "first_day", "last_day", "people", "crowded"
        )
    )
