"""The order in which self-reports are looked through."""

import pytest

from douse.errors import LibraryError
from douse.library import Triage, load
from douse.library.load import read
from douse.records.codes import AGE_BANDS, REPORT_KINDS, SYMPTOMS

ORDER = load(Triage, "general")


def test_a_danger_sign_goes_before_everything_else_together() -> None:
    mild = [one for one in SYMPTOMS if one not in ORDER.danger]
    most = max(ORDER.weight(kind, mild, age) for kind in REPORT_KINDS for age in AGE_BANDS)
    for sign in ORDER.danger:
        assert min(ORDER.weight(kind, [sign], None) for kind in REPORT_KINDS) > most


def test_more_said_never_weighs_less() -> None:
    for kind in REPORT_KINDS:
        for age in (None, *AGE_BANDS):
            weights = [ORDER.weight(kind, SYMPTOMS[:n], age) for n in range(len(SYMPTOMS) + 1)]
            assert weights == sorted(weights)
            assert max(weights) <= 1000  # as the table of self-reports allows


def test_a_file_that_leaves_an_age_out_is_told_what_is_missing() -> None:
    from importlib import resources  # noqa: PLC0415

    text = resources.files("douse.library").joinpath("triage", "general.toml").read_text(encoding="utf-8")
    without = "\n".join(line for line in text.splitlines() if not line.startswith("age_80_over"))
    with pytest.raises(LibraryError, match="age"):
        read(Triage, "mine.toml", without)
