"""Exposure sites: where cases were while they could infect."""

import polars as pl

from douse.records import Records
from douse.tracing.encounters import Asked
from douse.tracing.index.stays import people_at
from douse.tracing.index.visit_index import VisitIndex
from douse.tracing.shared_places import Meetings

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


def site_facts(known: Records, visits: VisitIndex, hosted: pl.DataFrame) -> pl.DataFrame:
    """place, kind, zone, latitude, longitude of places where hosts were: from the table of places, else the visits."""
    places = known.table("places").select(
        pl.col("kind").cast(pl.String), "zone", "latitude", "longitude", place="place_id"
    )
    listed = places.unique("place", keep="first", maintain_order=True)
    facts = ("kind", "zone", "latitude", "longitude")
    sites = hosted.select("place").unique().sort("place").join(visits.facts, on="place", how="left")
    return sites.join(listed, on="place", how="left", maintain_order="left").select(
        "place", *(pl.coalesce(f"{name}_right", name).alias(name) for name in facts)
    )


def with_setting(pairs: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Add the setting of each meeting by the kind of its place; null where the kind is not known."""
    setting = pl.col("kind").replace_strict(SETTING_OF_PLACE, default="other", return_dtype=pl.String)
    named = facts.select("place", setting=pl.when(pl.col("kind").is_not_null()).then(setting))
    return pairs.join(named, on="place", how="left", maintain_order="left")


def with_ventilation(pairs: pl.DataFrame, known: Records) -> pl.DataFrame:
    """Add the ventilation class of the place of each meeting; null where it is not listed. Row order stays."""
    return pairs.join(ventilation_of_places(known), on="place", how="left", maintain_order="left")


def ventilation_of_places(known: Records) -> pl.DataFrame:
    """place, ventilation: one row a listed place."""
    places = known.table("places").select(place="place_id", ventilation=pl.col("ventilation").cast(pl.String))
    return places.unique("place", keep="first", maintain_order=True)


def exposure_sites(  # noqa: PLR0913, PLR0917 (what is known of the places, and of whom)
    met: Meetings, visits: VisitIndex, facts: pl.DataFrame, known: Records, ill: pl.Series, asked: Asked
) -> pl.DataFrame:
    """Places where cases were while they could infect, most cases first; homes are left out.

    Parameters
    ----------
    met : Meetings
        Hosts being case_ids.
    visits : VisitIndex
        Of the same visits.
    facts : polars.DataFrame
        As of `site_facts`.
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
    visitors = known.table("visits")["person_id"]
    others_visit = len(visits) > 0 and (visitors.is_empty() or not visitors.is_in(ill.implode()).all())
    cases = met.hosted.group_by("place").agg(
        cases=pl.col("host").n_unique().cast(pl.Int64), first_day=pl.col("day").min(), last_day=pl.col("day").max()
    )
    calm = met.hosted.join(met.crowded, on=["place", "day"], how="anti")
    people = people_at(visits, calm, ill, asked).rename({"people": "met"})
    crowds = met.crowded.group_by("place").agg(crowd=pl.col("visits").max())
    count = pl.max_horizontal(pl.col("met").fill_null(0), pl.col("crowd").fill_null(0))
    return (
        cases.join(facts, on="place")
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
