"""Whatever is sent, the door does not raise, drops nothing silently, and lets out only what keeps to the rules."""

import csv
import io
import tempfile
from datetime import date, datetime
from pathlib import Path

import dataframely as dy
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from douse.errors import DataError
from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.finding import Checked, write_findings
from douse.records.mapping import load_mapping
from douse.records.raw import RawTable, RawTables
from douse.records.tables import TABLES

pytestmark = pytest.mark.slow

FEW = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
ODD = [
    "", " ", "NA", "-", "null", "\0", "a", "a ", "b", "b", "=1+1", "'=x", '"', "'", ",", ";", "a,b", "x\ny", "é",
    "北京", "\u3000", "2026-03-01", "2026-02-30", "3/4/2026", "13/4/2026", "20260301", "2026-03-01T10:00:00Z",
    "1850-01-01", "9999-12-31", "43895", "0", "-1", "1.0", "1e9", "1e400", "inf", "nan", "12,5", "1,234",
    "999999999999999999999", "female", "M", "男", "unknown", "confirmed", "level", "hospital", "positive", "TRUE",
    "##x", "x" * 600,
]  # fmt: skip
cells = st.one_of(st.sampled_from(ODD), st.text(max_size=8))


@st.composite
def tables(draw: st.DrawFn, name: str) -> list[list[str]]:
    """Header and rows: the columns that rows need, some others, some that nobody knows."""
    schema = TABLES[name]
    needed = [*schema.key[:1], *(c for c, kind in schema.columns().items() if not kind.nullable and c != "record_id")]
    others = draw(st.lists(st.sampled_from([*schema.column_names(), "Phone", "", "日期", "x"]), max_size=8))
    header = draw(st.permutations([*dict.fromkeys(needed), *others]))
    rows = draw(st.lists(st.lists(cells, min_size=len(header) - 1, max_size=len(header) + 1), max_size=6))
    return [list(header), *rows]


def written(rows: list[list[str]], separator: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode("utf-8", errors="replace")


def through(files: dict[str, bytes]) -> Checked | None:
    """What came through; None where nothing at all could be used. Findings are written, as a user would."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        try:
            checked = check(read_raw(Path(folder)))
        except DataError:
            return None
        write_findings(checked, Path(folder) / "out")
        return checked


def assert_sound(checked: Checked) -> None:
    for name, frame in checked.records.frames.items():
        assert TABLES[name].filter(frame).failure.counts() == {}
        assert frame["record_id"].is_unique().all()
        firsts = frame.filter(pl.col("supersedes").is_null()).select(TABLES[name].key)
        assert firsts.is_unique().all() if firsts.height else True
    checked.records.as_of(date(2026, 6, 1))


@pytest.mark.parametrize("name", list(TABLES))
def test_any_cells_in_any_table(name):
    @given(tables(name), st.sampled_from(",;\t|"))
    @FEW
    def fuzz(rows, separator):
        files = {f"{name}.csv": written(rows, separator)}
        if name != "cases":
            files["cases.csv"] = b"case_id,recorded_at\na,2026-03-01\n"
        checked = through(files)
        if checked is None:
            return
        assert_sound(checked)
        assert set(checked.findings.filter(pl.col("message").is_null() | pl.col("next_step").is_null()).rows()) == set()

    fuzz()


@pytest.mark.slow
@given(
    st.lists(
        st.fixed_dictionaries(
            dict.fromkeys(("case_id", "record_id", "supersedes", "onset", "confirmed_at", "recorded_at", "age"), cells)
        ),
        max_size=8,
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_row_is_dropped_silently(rows):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)) if rows else pl.DataFrame()
    lines = pl.int_range(2, len(rows) + 2, dtype=pl.UInt32, eager=True)
    checked = check(RawTables((RawTable("cases", "cases.csv", frame, lines, frame),)))
    assert_sound(checked)
    told_once = checked.findings.filter(pl.col("rule") == "identical_row").height
    aside = checked.findings.filter(pl.col("action") == "row_set_aside")["row"].n_unique()
    assert checked.records.cases.height + aside + told_once == len(rows)
    assert (checked.rejected["cases"].height if aside else 0) == aside


@pytest.mark.slow
@given(st.binary(max_size=300), st.sampled_from(["cases.csv", "cases.parquet", "contacts.tsv", "x.txt", "cases-2.csv"]))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_in_any_file(data, name):
    checked = through({name: data})
    if checked is not None:
        assert_sound(checked)
    beside = through({name: data, "cases-0.csv": b"case_id,recorded_at\na,2026-03-01\n"})
    assert beside is not None
    assert_sound(beside)
    assert "a" in beside.records.cases["case_id"].to_list()


@given(
    st.text(st.sampled_from("ab,;\"\n\r\t '|=2026-0"), max_size=120),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_under_a_header(text, encoding):
    checked = through({"cases.csv": ("case_id,onset,recorded_at\n" + text).encode(encoding)})
    assert checked is not None
    assert_sound(checked)


MERS = load_mapping(Path(__file__).resolve().parents[2] / "examples" / "mers-korea-2015.toml")
LIST = "id,age,sex,place_infect,reporting_ctry,loc_hosp,dt_onset,dt_report,dt_start_exp,dt_end_exp,dt_diag,dt_death"


def under(header: str) -> st.SearchStrategy[bytes]:
    """A file with a header, and any cells."""
    names = header.split(",")
    return st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), max_size=5).map(
        lambda rows: written([names, *rows])
    )


@pytest.mark.slow
@given(under(LIST), under("from,to,exposure"))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_cells_under_a_mapping(line_list, contacts):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "linelist.csv").write_bytes(line_list)
        (Path(folder) / "contacts.csv").write_bytes(contacts)
        assert_sound(check(read_raw(Path(folder), MERS)))


typed = {
    "int": pl.Series([1, None, -5, 2**60]),
    "float": pl.Series([1.0, float("nan"), None, 1e300]),
    "date": pl.Series([date(2026, 3, 1), None, date(1, 1, 1), date(9999, 1, 1)]),
    "moment": pl.Series([datetime(2026, 3, 1, 9), None, datetime(2026, 3, 2), datetime(1700, 1, 1)]),
    "zoned": pl.Series([datetime(2026, 3, 1, 9)] * 4).dt.replace_time_zone("Asia/Shanghai"),
    "nanoseconds": pl.Series([datetime(2026, 3, 1, 9)] * 4).cast(pl.Datetime("ns")),
    "bool": pl.Series([True, None, False, True]),
    "text": pl.Series(["a", None, " b ", "2026-03-01"]),
    "words": pl.Series(["home", "level", None, "male"], dtype=pl.Categorical),
    "nothing": pl.Series([None] * 4),
    "list": pl.Series([[1], [], None, [2]]),
    "bytes": pl.Series([b"x", None, b"", b"\xff"]),
    "span": pl.Series([1, 2, None, 3]).cast(pl.Duration("us")),
    "clock": pl.Series([datetime(2026, 1, 1, 9).time()] * 4),
    "decimal": pl.Series(["1.5", "2", None, "3"]).cast(pl.Decimal(10, 2)),
}


@pytest.mark.parametrize("name", list(TABLES))
def test_any_types_in_any_table(name):
    columns = TABLES[name].column_names()

    @given(st.fixed_dictionaries({column: st.sampled_from(["", *typed]) for column in columns}))
    @FEW
    def fuzz(kinds):
        parquet = io.BytesIO()
        pl.DataFrame({column: typed[kind] for column, kind in kinds.items() if kind}).write_parquet(parquet)
        cases = {"cases.csv": b"case_id,recorded_at\na,2026-03-01\n"} if name != "cases" else {}
        checked = through({f"{name}-x.parquet": parquet.getvalue()} | cases)
        if checked is not None:
            assert_sound(checked)

    fuzz()


def values(kind: dy.Column) -> st.SearchStrategy:
    """Values of a column that its rules allow."""
    word = st.text(st.sampled_from("abcxyz0189 ÄÖ北京,;\"'|_"), min_size=1, max_size=12).map(
        lambda t: "w" + " ".join(t.split())
    )
    made = {
        pl.String: word,
        pl.Date: st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        pl.Datetime: st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
        pl.Int64: st.integers(1, 100),
        pl.Float64: st.floats(0, 60, allow_nan=False),
    }
    allowed = st.sampled_from(kind.categories) if isinstance(kind, dy.Enum) else made[type(kind.dtype)]
    return st.none() | allowed if kind.nullable else allowed


@pytest.mark.parametrize("name", list(TABLES))
def test_records_written_as_csv_and_parquet_read_back_equal(name):
    schema = TABLES[name]

    @given(st.lists(st.fixed_dictionaries({c: values(kind) for c, kind in schema.columns().items()}), max_size=4))
    @FEW
    def back_and_forth(rows):
        frame = pl.DataFrame(rows, schema={c: kind.dtype for c, kind in schema.columns().items()})
        lines = pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True)
        first = check(RawTables((RawTable(name, f"{name}.csv", frame, lines, frame),))).records.table(name)
        cases = b"case_id,recorded_at\na,2026-03-01\n" if name != "cases" else b""
        parquet = io.BytesIO()
        first.write_parquet(parquet)
        for file, data in ((f"{name}-x.csv", first.write_csv().encode()), (f"{name}-x.parquet", parquet.getvalue())):
            again = through({file: data} | ({"cases.csv": cases} if cases else {}))
            assert again is not None
            assert again.records.table(name).equals(first)

    back_and_forth()
