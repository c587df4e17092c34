"""The commands as a user meets them: exit codes, words, files."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from douse.__main__ import main

WORK_FILES = ("worklist", "by_household", "by_zone", "forms", "candidates")
LINE_LIST = """id,sex,age,onset date,date confirmed,outcome,city
1,m,34,2026-03-01,2026-03-04,,North
2,f,61,2026-03-03,2026-03-05,died,North
3,female,7,2026-03-04,2026-03-06,,South
4,male,,2026-03-05,2026-03-08,,South
"""


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def line_list(tmp_path: Path) -> Path:
    file = tmp_path / "list.csv"
    file.write_text(LINE_LIST, encoding="utf-8")
    return file


def test_a_plain_line_list_becomes_a_plan(line_list, tmp_path, capsys):
    out = tmp_path / "out"
    assert (
        main(["plan", str(line_list), "--pathogen", "measles", "--out", str(out), "--scenarios", "0", "--quiet"]) == 0
    )
    said = capsys.readouterr().out
    assert "report.html" in said
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<h1" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert plan["plan"]["as_of"] == "2026-03-08"


def test_the_report_speaks_chinese(line_list, tmp_path):
    assert (
        main(
            [
                "plan",
                str(line_list),
                "--pathogen",
                "measles",
                "--out",
                str(tmp_path / "out"),
                "--lang",
                "zh",
                "--scenarios",
                "0",
                "--quiet",
            ]
        )
        == 0
    )
    assert '<html lang="zh' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_without_a_pathogen_it_says_what_to_add(line_list, tmp_path, capsys):
    assert main(["plan", str(line_list), "--out", str(tmp_path / "out"), "--scenarios", "0", "--quiet"]) == 2
    said = capsys.readouterr().err
    assert "--pathogen" in said
    assert "measles" in said


def test_a_protocol_for_another_pathogen_is_refused(line_list, tmp_path, capsys):
    asked = [
        "plan",
        str(line_list),
        "--pathogen",
        "measles",
        "--protocol",
        "ebola",
        "--out",
        str(tmp_path),
        "--scenarios",
        "0",
        "--quiet",
    ]
    assert main(asked) == 2
    assert "not made for" in capsys.readouterr().err


def test_data_that_is_not_there(tmp_path, capsys):
    assert main(["situation", str(tmp_path / "nothing")]) == 4
    assert "Next:" in capsys.readouterr().err


def test_the_exit_code_of_check_says_whether_all_passed(tmp_path, capsys):
    good = tmp_path / "cases.csv"
    good.write_text("case_id,recorded_at\na,2026-03-01\n", encoding="utf-8")
    assert main(["check", str(good)]) == 0
    good.write_text("case_id,recorded_at,age\na,2026-03-01,old\n,2026-03-01,3\n", encoding="utf-8")
    assert main(["check", str(good), "--out", str(tmp_path / "out")]) == 1
    assert "1 rows set aside, 1 values set aside" in capsys.readouterr().out
    assert (tmp_path / "out" / "findings.csv").exists()
    assert (tmp_path / "out" / "rejected" / "cases.csv").exists()


def test_the_situation_in_the_terminal(line_list, capsys):
    assert main(["situation", str(line_list), "--pathogen", "measles", "--as-of", "2026-03-06"]) == 0
    assert "3" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["measles", "china-9", "generic", "sars-cov-2-wild"])
def test_the_library_shows_numbers_with_sources(name, capsys):
    assert main(["library", "show", name]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 20


@pytest.mark.slow
def test_the_worklist_of_a_demo_city_in_files_and_in_the_terminal(tmp_path, capsys):
    assert main(["demo", "--out", str(tmp_path / "demo"), "--people", "5000", "--scenarios", "0", "--quiet"]) == 0
    capsys.readouterr()
    asked = ["worklist", str(tmp_path / "demo" / "records"), "--protocol", "china-9", "--out", str(tmp_path / "work")]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "Reach" in said
    assert "overdue" in said
    assert not re.search(r"\bp\d{5,}", said)  # nobody by pseudonym in the terminal
    tables = {name: read_rows(tmp_path / "work" / f"{name}.csv") for name in WORK_FILES}
    tasks, visits = tables["worklist"], tables["by_household"]
    assert len(tasks) > 10
    order = [int(row["visit_order"]) for row in tasks]
    assert order == sorted(order)
    assert [int(row["visit_order"]) for row in visits] == list(range(1, len(visits) + 1))
    assert {row["visit"] for row in tasks} == {row["visit"] for row in visits}
    total = sum(float(row["infections_prevented"] or 0) for row in tasks)
    assert sum(float(row["infections_prevented"]) for row in visits) == pytest.approx(total)
    assert {row["task_id"] for row in tables["forms"]} == {row["task_id"] for row in tasks}
    assert sum(int(row["open"]) for row in tables["by_zone"]) == len(tasks)
    assert main([*asked[:4], "--lang", "zh"]) == 0
    assert "任务清单" in capsys.readouterr().out


def test_a_worklist_from_a_plain_line_list(line_list, capsys):
    assert main(["worklist", str(line_list), "--pathogen", "measles", "--as-of", "2026-03-06"]) == 0
    said = capsys.readouterr().out
    assert "Interview" in said
    assert "stand in" in said  # attack rates of settings that the file of measles does not list


def test_the_library_lists_itself_and_asks_for_a_name(capsys):
    assert main(["library"]) == 0
    assert "who-generic" in capsys.readouterr().out
    assert main(["library", "show"]) == 2
    assert main(["library", "list", "mers"]) == 2  # a name that would be ignored
    assert main(["library", "show", "plague"]) == 5


def test_a_day_that_is_none_is_a_usage_error():
    with pytest.raises(SystemExit) as stopped:
        main(["situation", "x", "--as-of", "yesterday"])
    assert stopped.value.code == 2


def test_the_command_is_installed():
    ran = subprocess.run([sys.executable, "-m", "douse", "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("douse ")


@pytest.mark.slow
def test_a_demo_from_nothing_to_a_report(tmp_path, capsys):
    assert main(["demo", "--out", str(tmp_path), "--people", "5000", "--scenarios", "0", "--quiet"]) == 0
    assert "report.html" in capsys.readouterr().out
    assert (tmp_path / "report.html").stat().st_size > 50_000


@pytest.mark.slow
@pytest.mark.parametrize("day", ["2020-02-25", "2020-03-20", "2020-04-25"])
def test_korea_from_the_command_line(shared, tmp_path, day):
    example = Path(__file__).resolve().parents[2] / "examples" / "korea-2020.toml"
    data = shared / "data" / "korea-2020"
    asked = [
        "plan",
        str(data),
        "--map",
        str(example),
        "--as-of",
        day,
        "--out",
        str(tmp_path),
        "--scenarios",
        "0",
        "--quiet",
    ]
    assert main(asked) == 0
    text = (tmp_path / "plan.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    plan = json.loads(text)["plan"]
    assert all(measure["expires_on"] >= day for measure in plan["measures"])


def test_findings_print_brackets_as_they_are(tmp_path, capsys):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "list.csv").write_text("id,day\n1,2026-03-01\n", encoding="utf-8")
    (tmp_path / "data" / "other.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "map.toml").write_text(
        '[[table]]\nto = "cases"\nfile = "list.csv"\n[table.columns]\ncase_id = "id"\nrecorded_at = "day"\n',
        encoding="utf-8",
    )
    assert main(["check", str(tmp_path / "data"), "--map", str(tmp_path / "map.toml")]) == 0
    assert "[[table]]" in capsys.readouterr().out


def test_a_folder_is_no_mapping(line_list, tmp_path, capsys):
    assert main(["check", str(line_list), "--map", str(tmp_path)]) == 6
    assert "this is a folder" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["situation", "watch", "worklist", "estimate", "chains", "simulate"])
def test_what_costs_do_not_change_takes_no_costs(verb, line_list, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([verb, str(line_list), "--costs", "any"])
    assert stopped.value.code == 2
    assert "--costs" in capsys.readouterr().err
