"""Go.Data: files of cases, relationships and laboratory results for its import."""

from pathlib import Path

import polars as pl

from douse.outputs.exchange.flat import Times, flat, held
from douse.outputs.exchange.left_out import LeftOut
from douse.records.finding import write_csv
from douse.records.measure import Because
from douse.records.records import Records, case_person

_TIMES = Times("%Y-%m-%dT00:00:00.000Z", "%Y-%m-%dT%H:%M:%S%.6fZ", seconds=True)


def write_godata(out: Path, records: Records, left: LeftOut) -> list[Path]:
    """Write files of cases, of contacts (the persons), of relationships (who met whom) and of laboratory results.

    Go.Data knows a person by one visual id: of somebody who became a case it is that of the case, wherever they are
    named.

    Parameters
    ----------
    out : Path
        Folder.
    records : Records
        An as-of view.
    left : LeftOut
        Told what is left out.
    """
    why = Because("Douse writes no file of Go.Data for this table.")
    left.beyond(records, held("godata"), why, Because("The import file of Go.Data has no column for it."))
    names = dict(
        records.cases.select(case_person().alias("person"), "case_id")
        .unique("person", keep="first", maintain_order=True)
        .iter_rows()
    )
    rows = {table: records.table(table) for table in ("cases", "contacts", "tests")}
    for table in ("contacts", "tests"):
        rows[table] = rows[table].with_columns(pl.col("person_id").replace(names))
    rows["tests"] = _one_a_day(rows["tests"], left)
    latest = rows["contacts"].sort("last_contact", nulls_last=False, maintain_order=True)
    strangers = latest.filter(~pl.col("person_id").is_in(list(names.values())))
    rows["contact_persons"] = strangers.unique("person_id", keep="last", maintain_order=True)
    paths = []
    for table, frame in rows.items():
        made = flat("godata", table, frame, _TIMES, left)
        paths.append(out / made.file)
        write_csv(made.cells, paths[-1])
    return paths


def _one_a_day(tests: pl.DataFrame, left: LeftOut) -> pl.DataFrame:
    """Tests without those that nothing but the hour tells from another: the file has days only."""
    day, kind = pl.col("sampled_at").dt.date(), pl.col("kind").cast(pl.String).fill_null("other")
    again = tests.select(pl.struct("person_id", day, kind).is_first_distinct().not_()).to_series()
    for record in tests.filter(again)["record_id"]:
        why = Because("Go.Data holds the day of a sample, not its hour; another test of the day goes out.")
        left.row("tests", record, why)
    return tests.filter(~again)
