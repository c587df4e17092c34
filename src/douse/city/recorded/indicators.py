"""Indicators: fever medicine that the pharmacies of each district sold, a count a day."""

import numpy as np
import polars as pl

from douse.city.draws import stream
from douse.city.recorded.casebook import Casebook
from douse.units import HOURS_PER_DAY

_TOLD_AT = 8  # hour of the next day


def indicator_frame(book: Casebook) -> pl.DataFrame:
    """The table of indicators: usual sales by residents, and those to people who fell ill the day before."""
    scene, numbers = book.scene, book.scene.town.numbers.reporting
    town, random = scene.town, stream(scene.town.seed, "pharmacies", book.luck)
    everybody = np.arange(len(town))
    district = town.zone_of(everybody, "district")
    names, of_person = np.unique(district.to_numpy(), return_inverse=True)
    usual = np.bincount(of_person) * numbers.fever_sales.value / 1000
    sold = random.poisson(usual[:, None], (len(names), scene.days))
    onset = book.course.onset(scene.illness)
    buys = random.random(len(town)) < numbers.fever_buyers.value
    ill = np.flatnonzero(scene.illness.symptomatic & buys & (onset < scene.days - 1))
    np.add.at(sold, (of_person[ill], np.maximum(onset[ill] + 1, 0)), 1)
    day = np.tile(np.arange(scene.days), len(names))
    return pl.DataFrame(
        {
            "zone": np.repeat(names, scene.days),
            "date": scene.dates(day),
            "indicator": ["fever_medicine"] * len(day),
            "source": ["pharmacies"] * len(day),
            "count": sold.ravel().astype(np.float64),
            "recorded_at": book.moments((day + 1) * HOURS_PER_DAY + _TOLD_AT),
        }
    ).filter(pl.col("recorded_at").is_not_null())
