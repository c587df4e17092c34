"""Events with guest lists: everybody on the list of a day was there together."""

import polars as pl

from douse.library.protocol import Protocol
from douse.records import Records
from douse.tracing.places import SETTING_OF_PLACE, ventilation_of_places
from douse.tracing.stand_in import crowd_limit
from douse.tracing.together.hosts import as_exposures, is_close_setting
from douse.tracing.together.named_days import named_days

EVENT = "event"


def of_events(known: Records, hosts: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Exposures of the guests of an event (a place of kind event) on a day of a host's window when the host was there.

    A guest list is visits with a day and no times; visits with times on both sides are judged by their minutes
    elsewhere. Close where the protocol takes the setting of events for close, else general. A list longer than the
    protocol's crowd is not expanded: the event is announced.
    """
    listed = named_days(known, hosts, (pl.col("kind") == EVENT) & pl.col("place_id").is_not_null())
    crowded = (
        listed.group_by("place", "day").agg(n=pl.col("person").n_unique()).filter(pl.col("n") > crowd_limit(protocol))
    )
    guests = listed.join(crowded, on=["place", "day"], how="anti").select("person", "place", "day", "day_only")
    together = (
        hosts.join(guests, left_on="host", right_on="person")
        .filter(pl.col("day").is_between(pl.col("since"), pl.col("until")))
        .join(guests, on=["place", "day"], suffix="_other")
        .filter(pl.col("day_only") | pl.col("day_only_other"))
        .join(ventilation_of_places(known), on="place", how="left")
    )
    return as_exposures(
        together.with_columns(setting=pl.lit(SETTING_OF_PLACE[EVENT])).with_columns(
            near=is_close_setting(protocol), first_exposure="day", last_exposure="day", basis=pl.lit("guest_list")
        )
    )
