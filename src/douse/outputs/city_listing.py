"""What ``douse city`` says: how large the city is, what is in it, and how near it comes to its totals."""

from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.city.city import City
from douse.kernels.person_word import HOME_AT, HOME_BITS, KIND_AT, KIND_BITS, KINDS, part
from douse.outputs.words import Words


def city_table(city: City, margins: pl.DataFrame, seconds: float, folder: Path, words: Words) -> RenderableType:
    """People, zones, households and groups; the largest difference of each margin from what was wanted."""
    title = words.say(
        "A city of {people} people in {zones} {zones:zone|zones}, made in {seconds} seconds",
        people=words.number(len(city)),
        zones=len(city.zone_ids),
        seconds=words.number(seconds, 1),
    )
    homes = int((part(city.word, HOME_AT, HOME_BITS) == 0).sum())
    kinds = part(city.word[city.members[city.group_start[1:-1]]], KIND_AT, KIND_BITS)
    counts = np.bincount(kinds, minlength=len(KINDS))
    grid = Table(box=None, padding=(0, 2), show_header=False)
    grid.add_column()
    grid.add_column(justify="right")
    grid.add_row(words.say("Households"), words.number(homes))
    for name, label in (
        ("school", words.say("School classes")),
        ("work", words.say("Rooms of work")),
        ("care", words.say("Units of care homes")),
        ("hospital", words.say("Hospital wards")),
    ):
        grid.add_row(label, words.number(int(counts[KINDS.index(name)])))
    grid.add_row(words.say("Bytes of memory a person"), words.number(city.bytes_a_person, 1))
    rows = margins.sort(pl.col("difference").abs(), descending=True, maintain_order=True)
    fits = words.say("All totals of the zones are met.")
    if rows.height and rows["difference"][0]:
        fits = words.say(
            "The largest difference from any total of a zone is {worst} ({margin}).",
            worst=abs(rows["difference"][0]),
            margin=rows["margin"][0],
        )
    return Group(Text(title, style="bold"), grid, Text(fits), Text(str(folder)))
