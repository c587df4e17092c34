"""Mappings: what they may say, what they make, and how a bad one is told."""

from datetime import date, datetime

import polars as pl
import pytest

from douse.errors import DataError, MappingError
from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.mapping import load_mapping

LIST = """\
no;place;sub;sex;day;died;back
1;north;etc;M;05/03/20;;NA
 2 ;north;upper;F;06/03/20;09/03/20;
3;south;;?;07/03/20;;10/03/20
"""
MAPPING = """
[codes.sexes]
M = "male"
F = "female"
"?" = ""

[[table]]
to = "cases"
file = "list.csv"
dates = ["%d/%m/%y"]

[table.columns]
case_id = "no"
zone = { sql = "CASE WHEN sub IS NULL OR sub = 'etc' THEN place ELSE CONCAT_WS('/', place, sub) END" }
sex = { column = "sex", codes = "sexes" }
pathogen = { value = "measles" }
outcome = { sql = "CASE WHEN died IS NOT NULL THEN 'died' WHEN back IS NOT NULL THEN 'recovered' END" }
outcome_on = { sql = "COALESCE(died, back)" }
recorded_at = "day"
"""


@pytest.fixture
def sent(tmp_path):
    def send(mapping: str, **files: str):
        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        for name, content in files.items():
            (data / f"{name.replace('__', '-')}.csv").write_text(content, encoding="utf-8")
        (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
        return check(read_raw(data, load_mapping(tmp_path / "map.toml")))

    return send


def test_columns_words_constants_and_sql(sent):
    checked = sent(MAPPING, list=LIST)
    columns = ("case_id", "zone", "sex", "pathogen", "outcome", "outcome_on", "recorded_at")
    assert checked.records.cases.select(columns).rows() == [
        ("1", "north", "male", "measles", None, None, datetime(2020, 3, 5)),
        ("2", "north/upper", "female", "measles", "died", date(2020, 3, 9), datetime(2020, 3, 6)),
        ("3", "south", None, "measles", "recovered", date(2020, 3, 10), datetime(2020, 3, 7)),
    ]
    assert checked.findings.is_empty()


def test_one_file_feeds_several_tables_and_several_files_feed_one(sent):
    zones = """
[[table]]
to = "zones"
file = "list.csv"
where = "place <> 'south'"
distinct = true
[table.columns]
zone_id = "place"
"""
    checked = sent(MAPPING + zones, list=LIST, list__corrected="no;day;place;sub;sex;died;back\n4;08/03/20;;;;;\n")
    assert checked.records.cases["case_id"].to_list() == ["1", "2", "3", "4"]
    assert checked.records.table("zones")["zone_id"].to_list() == ["north"]


def test_a_join_takes_the_first_match(sent):
    joined = """
[[table]]
to = "cases"
file = "list.csv"
[[table.join]]
file = "links.csv"
left = "no"
right = "to"
[[table.join]]
file = "areas.csv"
left = ["place", "sub"]
right = ["a", "b"]
name = "area"
[table.columns]
case_id = "no"
infector = "links.from"
cluster = { sql = 'UPPER("area.label")' }
recorded_at = { value = "2020-03-09" }
"""
    files = {"links": "from,to\n7,2\n8,2\n9,1\n", "areas": "a,b,label\nnorth,upper,hill\n"}
    checked = sent(joined, list=LIST, **files)
    assert checked.records.cases.select("infector", "cluster").rows() == [("9", None), ("7", "HILL"), (None, None)]


def test_a_joined_file_that_is_not_there_gives_empty_cells(sent):
    joined = MAPPING.replace(
        "[table.columns]", '[[table.join]]\nfile = "x.csv"\nleft = "no"\nright = "y"\n[table.columns]\ninfector = "x.z"'
    )
    checked = sent(joined, list=LIST)
    assert checked.records.cases["infector"].null_count() == 3
    assert checked.findings.select("file", "rule").rows() == [("x.csv", "file_of_mapping_missing")]


def test_files_that_the_mapping_does_not_name(sent):
    checked = sent(MAPPING, list=LIST, facilities="facility_id,kind\nf,hospital\n", other="a,b\n1,2\n")
    assert checked.records.table("facilities").height == 1
    assert checked.findings.select("file", "rule").rows() == [("other.csv", "not_in_mapping")]


def test_one_file_may_have_any_name_when_the_mapping_names_one(sent, tmp_path):
    sent(MAPPING, list=LIST)
    (tmp_path / "today.csv").write_text(LIST)
    assert check(read_raw(tmp_path / "today.csv", load_mapping(tmp_path / "map.toml"))).records.cases.height == 3


def test_words_that_no_list_names_end_as_findings(sent):
    checked = sent(MAPPING, list=LIST.replace("M;", "hermaphrodite;"))
    assert checked.findings.select("row", "column", "rule").rows() == [(2, "sex", "unknown_code")]


def test_without_the_file_of_the_cases_there_is_nothing_to_use(sent):
    with pytest.raises(DataError, match="No table of cases"):
        sent(MAPPING, clusters="a\n1\n")


@pytest.mark.parametrize(
    ("change", "said", "allowed"),
    [
        (('case_id = "no"', 'case_id = "number"'), "columns.case_id: the file has no column number", "no, place, sub"),
        (("sub IS NULL", "subb IS NULL"), "the file has no column subb", "no, place, sub"),
        (('to = "cases"', 'to = "case"'), "table[1].to: there is no such table", "zones, places"),
        (("pathogen =", "patogen ="), "columns.patogen: cases has no such column", "pathogen"),
        (('M = "male"', 'M = "man"'), "columns.sex: a word on the right is none of our codes", "female, male"),
        (('codes = "sexes"', 'codes = "sex"'), "there is no list [codes.sex]", ""),
        (
            ('value = "measles"', 'valu = "measles"'),
            "columns.pathogen.valu: there is no such key here",
            "column, sql, value",
        ),
        (('file = "list.csv"', 'fil = "list.csv"'), "table[1].fil: there is no such key here", "to, file"),
        (('value = "measles"', 'value = "measles", sql = "no"'), "exactly one of column, sql and value", ""),
        (("CASE WHEN died", "CASE died died"), "the SQL cannot be read", ""),
        (("COALESCE(died, back)", "CAST(place AS INT)"), "the SQL does not fit the cells", "TRY_CAST"),
        (("%d/%m/%y", "%d/%Q"), "table[1].dates: a format cannot be used", "%Y"),
        (('file = "list.csv"', 'file = "list.csv"\nencoding = "klingon"'), "encoding: it is not known", "utf-8"),
        (('file = "list.csv"', 'file = "list.csv"\nencoding = "base64"'), "encoding: it is not known", "utf-8"),
        (('file = "list.csv"', 'file = "list.csv"\nseparator = ";;"'), "table[1].separator", ""),
        (("[table.columns]", "[table.columns"), "is not TOML", ""),
    ],
)
def test_a_bad_mapping_is_told_with_file_key_and_what_is_allowed(sent, change, said, allowed):
    with pytest.raises(MappingError) as raised:
        sent(MAPPING.replace(*change), list=LIST)
    assert "map.toml" in raised.value.what
    assert said in raised.value.what
    assert allowed in raised.value.allowed
    assert raised.value.next_step
    assert "north" not in str(raised.value)


def test_a_mapping_that_cannot_be_read(tmp_path):
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path / "nowhere.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(MappingError, match="UTF-8"):
        load_mapping(tmp_path / "bad.toml")


def test_encoding_and_separator_of_the_mapping_count(sent, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "list.csv").write_bytes(LIST.replace(";", "^").replace("upper", "Málaga").encode("cp1252"))
    checked = sent(MAPPING.replace('file = "list.csv"', 'file = "list.csv"\nencoding = "cp1252"\nseparator = "^"'))
    assert checked.records.cases["zone"].to_list() == ["north", "north/Málaga", "south"]


def test_rejected_rows_have_the_foreign_columns(sent):
    checked = sent(MAPPING, list=LIST.replace("1;north", ";north"))
    assert checked.rejected["cases"].columns == ["no", "place", "sub", "sex", "day", "died", "back"]
    assert checked.rejected["cases"].height == 1
    assert checked.findings.filter(pl.col("action") == "row_set_aside")["row"].to_list() == [2]
