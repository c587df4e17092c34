"""Static export of the bulletin of a city of a million with 20,000 zones: seconds, sizes, first view.

Run: ``python benchmarks/bulletin.py FOLDER [--people 1000000] [--zones 20000]``. The folder gets a demo city once.
"""

import argparse
import gzip
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl


def more_zones(records: Path, wanted: int) -> None:
    """Part the buildings into units until there are so many zones."""
    zones = pl.read_csv(records / "zones.csv", infer_schema_length=None)
    buildings = zones.filter(pl.col("kind") == "building")
    missing = wanted - zones.height
    if missing <= 0:
        return
    each = -(-missing // buildings.height)
    units = [
        buildings.with_columns(
            parent_zone=pl.col("zone_id"),
            zone_id=pl.col("zone_id") + f"u{n}",
            name=pl.col("name") + f", Unit {n}",
            kind=pl.lit("unit"),
            population=pl.lit(None, dtype=zones.schema["population"]),
            households=pl.lit(None, dtype=zones.schema["households"]),
        )
        for n in range(1, each + 1)
    ]
    pl.concat([zones, pl.concat(units).head(missing)], how="vertical_relaxed").write_csv(records / "zones.csv")


def levels(records: Path, share: float = 0.1) -> None:
    """Levels in force on a tenth of the estates, so that pages and look-up are full."""
    zones = pl.read_csv(records / "zones.csv", infer_schema_length=None).filter(pl.col("kind") == "estate")
    rng = np.random.default_rng(1)
    chosen = zones.filter(pl.Series(rng.random(zones.height) < share))["zone_id"].to_list()
    measures = pl.read_csv(records / "measures.csv", infer_schema_length=None)
    last = pl.read_csv(records / "cases.csv", infer_schema_length=None)["recorded_at"].str.slice(0, 10).max()
    rows = [
        {"measure_id": f"bench{n}", "kind": "level", "zone": zone, "level": ["control", "lockdown"][n % 2],
         "start": last, "expires_on": str(np.datetime64(last) + 14), "review_on": str(np.datetime64(last) + 3),
         "recorded_at": last}
        for n, zone in enumerate(chosen)
    ]  # fmt: skip
    added = pl.DataFrame(rows).select(name for name in rows[0] if name in measures.columns)
    pl.concat([measures.cast(pl.String), added], how="diagonal").write_csv(records / "measures.csv")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--zones", type=int, default=20_000)
    options = parser.parse_args()
    from douse.bulletins import beside
    from douse.city import make_demo
    from douse.library import Pathogen, Protocol, advice_for, load
    from douse.main import look
    from douse.outputs.bulletin.site import write_site
    from douse.question import Question, open_data

    records = options.folder / "records"
    if not records.exists():
        pathogen, protocol = load(Pathogen, "sars-cov-2-wild"), load(Protocol, "who-generic")
        make_demo(records, people=options.people, seed=1, pathogen=pathogen, protocol=protocol)
    if not (records / "made").exists():
        more_zones(records, options.zones)
        levels(records)
        (records / "made").write_text("")
    began = time.perf_counter()
    opened = open_data(Question(records))
    read = time.perf_counter()
    print(f"records read and checked: {read - began:.1f} s")
    days = [opened.day - timedelta(days=back) for back in range(13, -1, -1)]
    scenes = {day: look(opened, day) for day in days}
    looked = time.perf_counter()
    print(f"what is known on {len(days)} days: {looked - read:.1f} s")
    history: list = []
    for day in days:
        start = time.perf_counter()
        bulletin, _ = beside(
            scenes[day], history, lambda told: scenes[told.as_of], audience="public", ledger=None, call="12320"
        )
        history.append(bulletin)
        made = time.perf_counter() - start
    print(f"the bulletin beside {len(days) - 1} earlier ones: {made:.2f} s")
    out = options.folder / "site"
    today = scenes[days[-1]]
    given = {
        "zones": today.zones, "places": today.known.table("places"), "advice": advice_for(today.pathogen),
    }  # fmt: skip
    write_site(out, history[:-1], **given)
    start = time.perf_counter()
    write_site(out, history, **given)
    print(f"static export of {len(today.zones)} zones, both languages: {time.perf_counter() - start:.1f} s")
    for name in ("index.html", "en/index.html", "en/lookup.html"):
        parts = [out / name, out / "assets/bulletin.css", out / "assets/icon.svg", out / "manifest.webmanifest"]
        parts += [out / "assets/lookup.js", out / "zones/index.json"] if "lookup" in name else []
        raw = sum(part.stat().st_size for part in parts)
        packed = sum(len(gzip.compress(part.read_bytes())) for part in parts)
        print(f"first view of {name}: {raw / 1000:.0f} kB, {packed / 1000:.0f} kB packed")
    shards = [path for path in (out / "zones").glob("*.json") if path.name != "index.json"]
    sizes = [path.stat().st_size for path in shards]
    print(
        f"look-up: {len(shards)} files, {sum(sizes) / 1e6:.1f} MB, largest {max(sizes) / 1000:.0f} kB, "
        f"{sum(len(gzip.compress(path.read_bytes())) for path in shards) / 1e6:.2f} MB packed"
    )


if __name__ == "__main__":
    main()
