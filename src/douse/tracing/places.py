"""Exposure sites: where cases were while they could infect."""

import polars as pl

from douse.records import Records
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


def site_facts(known: Records, met: Meetings) -> pl.DataFrame:
    """place, kind, zone, latitude, longitude: from the table of places, else from the visits."""
    places = known.table("places").select(
        pl.col("kind").cast(pl.String), "zone", "latitude", "longitude", place="place_id"
    )
    listed = places.unique("place", keep="first", maintain_order=True)
    facts = ("kind", "zone", "latitude", "longitude")
    return met.sites.join(listed, on="place", how="left", maintain_order="left").select(
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


def exposure_sites(met: Meetings, facts: pl.DataFrame, known: Records, ill: pl.Series) -> pl.DataFrame:
    """Places where cases were while they could infect, most cases first; homes are left out.

    Parameters
    ----------
    met : Meetings
        Hosts being case_ids.
    facts : polars.DataFrame
        As of `site_facts`.
    known : Records
        As-of view; where nobody but cases has visits on record, the people at a place are not known.
    ill : polars.Series
        Identifiers of the counted cases.

    Returns
    -------
    polars.DataFrame
        See `Trace.places`; with crowded (bool: on some day more people than are expanded to contacts, so that only an
        announcement reaches them). people counts those who are no cases, on the days when a case was there; at a
        crowded place it is everybody on the fullest day.
    """
    others_visit = not known.table("visits")["person_id"].is_in(ill.implode()).all()
    cases = met.hosted.group_by("place").agg(
        cases=pl.col("host").n_unique().cast(pl.Int64), first_day=pl.col("day").min(), last_day=pl.col("day").max()
    )
    others = met.present.filter(~pl.col("visitor").is_in(ill.implode()))
    people = others.group_by("place").agg(met=pl.col("visitor").n_unique().cast(pl.Int64))
    crowds = met.crowded.group_by("place").agg(crowd=pl.col("people").max().cast(pl.Int64))
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
