"""Files of text: encodings, separators, quotation marks, odd rows; and files that are no tables."""

import codecs

import polars as pl
import pytest

from douse.errors import DataError
from douse.readers.grid import read_grid
from douse.readers.read import read_raw
from douse.records.check import check
from douse.records.finding import write_findings

HEADER = "case_id,zone,recorded_at"
ROWS = f"{HEADER}\na,北京,2026-03-01\nb,,2026-03-02\n"


@pytest.fixture
def sent(tmp_path):
    """Send files (name -> bytes or text) through the door."""

    def send(**files: bytes | str):
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / name.replace("__", ".")).write_bytes(data)
        return check(read_raw(tmp_path))

    return send


def rules(checked) -> list[tuple]:
    return checked.findings.select("row", "rule").rows()


@pytest.mark.parametrize(
    ("data", "noted"),
    [
        (ROWS.encode(), False),
        (codecs.BOM_UTF8 + ROWS.encode(), False),
        (ROWS.encode("utf-16"), False),
        (codecs.BOM_UTF16_BE + ROWS.encode("utf-16-be"), False),
        (ROWS.encode("utf-16-le"), True),
        (ROWS.encode("gb18030"), True),
        (ROWS.replace("\n", "\r\n").encode(), False),
        (ROWS.replace("\n", "\r").encode(), False),
    ],
)
def test_encodings(sent, data, noted):
    checked = sent(cases__csv=data)
    assert checked.records.cases["zone"].to_list() == ["北京", None]
    assert rules(checked) == ([(None, "encoding_guessed")] if noted else [])


def test_bytes_of_no_chinese_text_are_read_as_western(sent):
    checked = sent(cases__csv=f"{HEADER}\na,Málaga\xff,2026-03-01\n".encode("cp1252"))
    assert checked.records.cases["zone"].to_list() == ["Málagaÿ"]
    assert "windows-1252" in checked.findings["message"].item()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(sent, separator):
    checked = sent(cases__csv=ROWS.replace(",", separator))
    assert checked.records.cases["case_id"].to_list() == ["a", "b"]
    checked = sent(cases__csv=f"sep={separator}\n" + ROWS.replace(",", separator))
    assert checked.records.cases["case_id"].to_list() == ["a", "b"]


def test_cells_in_quotation_marks_hold_separators_line_ends_and_marks(sent):
    checked = sent(cases__csv=f'{HEADER},cluster\n"a","x, y",2026-03-01,"two\nlines"\nb,"say ""no""",2026-03-02,c\n')
    assert checked.records.cases.select("zone", "cluster").rows() == [("x, y", "two\nlines"), ('say "no"', "c")]
    assert rules(checked) == []


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows(sent):
    checked = sent(cases__csv=f'{HEADER}\na,"x,2026-03-01\nb,y,2026-03-02\nc,"z,2026-03-02\nd,"w",2026-03-02\n')
    assert checked.records.cases["case_id"].to_list() == ["a", "b", "c", "d"]
    assert rules(checked) == [(2, "stray_quote"), (4, "stray_quote")]


def test_rows_are_numbered_as_a_spreadsheet_does(sent):
    checked = sent(cases__csv='\n\ncase_id,age,recorded_at,cluster\n\na,x,2026-03-01,"1\n2"\n,,,\nb,y,2026-03-01,\n')
    assert rules(checked) == [(5, "not_a_number"), (7, "not_a_number")]


def test_a_row_with_too_many_cells_is_set_aside_with_all_of_them(sent):
    checked = sent(cases__csv=f"{HEADER}\na,x,y,2026-03-01\nb,z,2026-03-02,,,\nc,z\n")
    assert checked.records.cases["case_id"].to_list() == ["b"]
    assert rules(checked) == [(2, "too_many_cells"), (4, "too_few_cells"), (4, "no_recorded_at")]
    assert checked.rejected["cases"].rows() == [("a", "x", "y", "2026-03-01"), ("c", "z", None, None)]


def test_a_row_with_too_many_cells_may_be_sent_again_as_it_was(sent, tmp_path):
    checked = sent(cases__csv=f"{HEADER}\na,x,y,2026-03-01\nb,z,2026-03-02\n")
    write_findings(checked, tmp_path / "out")
    again = (tmp_path / "out" / "rejected" / "cases.csv").read_bytes()
    (tmp_path / "cases-again.csv").write_bytes(again.rstrip() + b",more\n")
    twice = check(read_raw(tmp_path))
    assert twice.findings.filter(rule="too_many_cells").height == 2


def test_nul_bytes_are_left_out(sent):
    checked = sent(cases__csv=f"{HEADER}\na\0,x,2026-03-01\n")
    assert checked.records.cases["case_id"].to_list() == ["a"]
    assert rules(checked) == [(None, "nul_bytes")]


def test_of_two_columns_with_one_name_the_first_is_read(sent):
    checked = sent(cases__csv="case_id,zone,zone,recorded_at\na,first,second,2026-03-01\n")
    assert checked.records.cases["zone"].to_list() == ["first"]
    assert {rule for _, rule in rules(checked)} == {"header_twice", "column_not_read"}


def test_a_huge_cell_is_read(sent):
    outline = "[" + "1.5, " * 150_000 + "1]"
    checked = sent(cases__csv=ROWS, zones__csv=f'zone_id,boundary\n北京,"{outline}"\n')
    assert checked.records.table("zones")["boundary"].str.len_chars().to_list() == [len(outline)]


def test_an_empty_file_and_a_header_alone_count_as_sent(sent):
    checked = sent(cases__csv=ROWS, contacts__csv="", visits__csv="person_id,zone,entered_at\n", tests__csv="\n \n")
    assert checked.records.sent == {"cases", "contacts", "visits", "tests"}
    said = dict(checked.findings.select("file", "rule").rows())
    assert said == {"contacts.csv": "empty_file", "visits.csv": "header_only", "tests.csv": "empty_file"}


def test_no_cases_but_a_header_is_an_answer(sent):
    assert sent(cases__csv=HEADER).records.cases.is_empty()


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        b"\x89PNG\r\n\x1a\n" + bytes(range(200)) * 5,
        b"PK\x03\x04 a workbook",
        b"no header that anybody knows\n1\n2\n",
        b"PAR1 broken",
        b",;\t|\n",
    ],
)
def test_what_is_no_table_of_cases_is_told_and_what_to_do(sent, data):
    with pytest.raises(DataError, match=r"No table of cases(.|\n)*cases\.csv: (.|\n)*Next: "):
        sent(cases__csv=data)


def test_a_header_that_is_data_is_not_shown(sent):
    with pytest.raises(DataError) as raised:
        sent(cases__csv="Secret Name,Secret Name,Secret Street 5\nx,y,z\n")
    assert "Secret" not in str(raised.value)


def test_a_broken_parquet_file_is_told(sent):
    checked = sent(cases__csv=ROWS, visits__parquet=b"PAR1 this is not Parquet PAR1")
    assert rules(checked) == [(None, "unreadable_file")]


def test_a_path_that_is_not_there_and_a_folder_without_tables(tmp_path):
    with pytest.raises(DataError, match="is not there"):
        read_raw(tmp_path / "nowhere")
    (tmp_path / "notes.md").write_text("nothing")
    with pytest.raises(DataError, match="holds no table"):
        read_raw(tmp_path)


def test_workbooks_are_told_to_be_saved_as_text(sent):
    checked = sent(cases__csv=ROWS, contacts__xlsx=b"PK\x03\x04")
    assert rules(checked) == [(None, "spreadsheet_file")]


def test_one_file_of_any_name_and_several_files_of_one_table(tmp_path, sent):
    sent(cases__csv=ROWS)
    pl.DataFrame({"case_id": ["c"], "recorded_at": ["2026-03-03"]}).write_parquet(tmp_path / "cases-north.parquet")
    (tmp_path / "Cases-2.tsv").write_text("Case ID\tRecorded-At\nd\t2026-03-03\n")
    checked = check(read_raw(tmp_path))
    assert sorted(checked.records.cases["case_id"]) == ["a", "b", "c", "d"]
    alone = tmp_path / "list of today.csv"
    alone.write_text(ROWS)
    assert check(read_raw(alone)).records.cases.height == 2


def test_parquet_with_lists_and_odd_types(tmp_path):
    pl.DataFrame(
        {"case_id": [1, 2], "recorded_at": ["2026-03-01"] * 2, "zone": [["x"], []], "age": [True, False]}
    ).write_parquet(tmp_path / "cases.parquet")
    checked = check(read_raw(tmp_path))
    assert checked.records.cases.select("case_id", "zone", "age").rows() == [("1", None, None), ("2", None, None)]
    assert [rule for _, rule in rules(checked)] == ["nested_not_read", "not_a_number", "not_a_number"]


def test_what_was_written_for_people_is_read_back(tmp_path, sent):
    checked = sent(
        cases__csv="case_id,cluster,recorded_at\na,'=1+1,2026-03-01\nb,''=x,2026-03-01\nc,'plain,2026-03-01\n"
    )
    assert checked.records.cases["cluster"].to_list() == ["=1+1", "'=x", "'plain"]


def test_text_with_and_without_quotation_marks_gives_one_grid():
    plain = read_grid("a,b,c\n1,2\n\n x ,,3\n")
    quoted = read_grid('"a",b,c\n1,"2"\n\n x ,,"3"\n')
    assert plain.rows.equals(quoted.rows)
    assert plain.lines.to_list() == quoted.lines.to_list() == [1, 2, 4]


def test_progress_is_told(tmp_path):
    (tmp_path / "cases.csv").write_text(ROWS)
    told: list[tuple[str, float]] = []
    read_raw(tmp_path, progress=lambda stage, share: told.append((stage, share)))
    assert told == [("cases.csv", 0.0), ("", 1.0)]
