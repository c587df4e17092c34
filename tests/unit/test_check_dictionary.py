"""The data dictionary says what `tables.py` says."""

from pathlib import Path

from douse.records.dictionary import dictionary
from douse.records.tables import TABLES

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_data_dictionary_is_not_stale():
    written = (DOCS / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary(), "docs/data-dictionary.md is stale: run make docs"


def test_every_column_is_in_the_dictionary():
    text = dictionary()
    for name, table in TABLES.items():
        section = text.split(f"## {name}\n")[1].split("\n## ")[0]
        assert all(f"| {column} | " in section for column in table.column_names())
