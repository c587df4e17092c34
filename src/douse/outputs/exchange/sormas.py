"""SORMAS: files for its import of cases with their samples, and of contacts."""

import csv
from io import StringIO
from pathlib import Path

import polars as pl

from douse.outputs.exchange.flat import Flat, Times, flat, held
from douse.outputs.exchange.left_out import LeftOut
from douse.records.finding import guarded
from douse.records.measure import Because
from douse.records.records import Records, case_person
from douse.records.zone_tree import ZoneTree

_TIMES = Times("%d/%m/%Y", "%d/%m/%Y %H:%M", seconds=False)
MOST_TESTS = 20  # blocks of columns behind a case
_RANKS = {
    "region": ("province", "city"), "district": ("district", "county"), "community": ("community", "street"),
}  # fmt: skip


def write_sormas(out: Path, records: Records, left: LeftOut) -> list[Path]:
    """Write ``sormas-cases.csv`` and ``sormas-contacts.csv``: commas, two header rows, dates day first.

    Parameters
    ----------
    out : Path
        Folder.
    records : Records
        An as-of view.
    left : LeftOut
        Told what is left out.
    """
    why = Because("SORMAS has no import file for this table.")
    left.beyond(records, held("sormas"), why, Because("The import file of SORMAS has no column for it."))
    areas = _areas(records, left)
    cases = flat("sormas", "cases", _with_areas(records.cases, areas), _TIMES, left)
    diseases = records.cases.select("case_id", pl.col("pathogen").alias("case.pathogen"))
    met = records.table("contacts").join(diseases, on="case_id", how="left", maintain_order="left")
    contacts = flat("sormas", "contacts", _with_areas(met, areas), _TIMES, left)
    return [_write(out, _with_tests(cases, records, left)), _write(out, contacts)]


def _areas(records: Records, left: LeftOut) -> pl.DataFrame:
    """Zone -> names of the region, the district and the community that it lies in.

    A zone that lies in none of these is written as a region, so that no place is lost; a smaller one is coarsened.
    """
    tree = ZoneTree(records)
    rows, coarser = list[dict[str, str | None]](), set[str]()
    for at, zone in enumerate(tree.ids):
        line: list[tuple[str | None, str]] = [
            (tree.kinds[step], tree.names[step]) for step in reversed(tree.ancestors(at))
        ]
        named = dict[str, str | None]()
        for rank, kinds in _RANKS.items():
            named[rank] = next((name for kind, name in reversed(line) if kind in kinds), None)
        if not any(named.values()):
            named["region"] = tree.names[at]
        elif tree.names[at] not in named.values():
            coarser.add(zone)
        rows.append({"zone": zone, **{f"zone.{rank}": name for rank, name in named.items()}})
    schema = ["zone", *(f"zone.{rank}" for rank in _RANKS)]
    for table in ("cases", "contacts"):
        lost = int(records.table(table)["zone"].is_in(list(coarser)).sum())
        left.column(table, "zone", lost, Because("SORMAS knows communities: smaller zones are written as theirs."))
    return pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String))


def _with_areas(rows: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    return rows.join(areas, on="zone", how="left", maintain_order="left")


def _with_tests(cases: Flat, records: Records, left: LeftOut) -> Flat:
    """Cases with their tests in blocks of columns; those of nobody who is a case are left out."""
    known = records.cases.select("case_id", person_id=case_person())
    both = pl.concat([known, known.with_columns(person_id="case_id")]).unique(
        "person_id", keep="first", maintain_order=True
    )
    tests = records.table("tests").join(both, on="person_id", how="left", maintain_order="left")
    strangers = tests["case_id"].null_count()
    left.whole("tests", strangers, Because("SORMAS keeps samples with a case, and these persons are none."))
    tests = tests.filter(pl.col("case_id").is_not_null()).sort("case_id", "sampled_at", maintain_order=True)
    tests = tests.with_columns(block=pl.int_range(pl.len()).over("case_id"))
    left.whole(
        "tests",
        tests.filter(pl.col("block") >= MOST_TESTS).height,
        Because("The file has room for so many tests of a case only."),
    )
    tests = tests.filter(pl.col("block") < MOST_TESTS)
    written = flat("sormas", "tests", tests, _TIMES, left)
    cells, entities = cases.cells, list(cases.entities)
    blocks = 0 if tests.is_empty() else int(tests["block"].max() or 0) + 1  # type: ignore[arg-type]
    for block in range(blocks):
        mine = written.cells.filter(tests["block"] == block).with_columns(
            tests.filter(pl.col("block") == block)["case_id"].alias("externalID")
        )
        named = mine.rename({name: f"{name} {block}" for name in written.cells.columns})
        cells = cells.join(named, on="externalID", how="left", maintain_order="left")
        entities += written.entities
    return Flat(cases.file, cells, tuple(entities))


def _write(out: Path, made: Flat) -> Path:
    """Entities, properties, rows; cells like formulas guarded."""
    header = StringIO()
    writer = csv.writer(header, lineterminator="\n")
    writer.writerow(made.entities)
    writer.writerow(name.rpartition(" ")[0] if " " in name else name for name in made.cells.columns)
    path = out / made.file
    body = made.cells.with_columns(guarded(pl.col(pl.String)))
    text = body.write_csv(include_header=False)
    path.write_text(f"\ufeff{header.getvalue()}{text}", encoding="utf-8", newline="\n")
    return path
