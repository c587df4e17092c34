"""The verbs of returns, of the IHR and of partners, as a person types them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from douse.__main__ import main
from douse.outputs.partners import listing
from douse.outputs.words import Words
from partners_inputs import TRAVELLERS, Pair, pair

pytestmark = pytest.mark.slow

GIVE = '[[partner.give]]\ntable = "cases"\nzones = ["river"]\nwhy = "Both follow the same chains."\n'


@pytest.fixture
def two(tmp_path: Path) -> Pair:
    made = pair(tmp_path)
    made.policies(GIVE + TRAVELLERS, TRAVELLERS)
    return made


def ran(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> str:
    assert main([str(word) for word in words]) == code
    told = capsys.readouterr()
    return told.out + told.err


def test_returns(two: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = two.here.folder
    assert "district-daily" in ran(capsys, "returns", "list", "--lang", "zh")
    out = tmp_path / "r.csv"
    said = ran(
        capsys, "returns", "fill", "district-daily", folder, "--zone", "river-1", "--as-of", "2026-04-01",
        "--day", "2026-04-01", "--out", out, "--keep",
    )  # fmt: skip
    assert "of which 0 typed" in said
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    kept = said.split("as a draft: ")[1].split()[0]
    assert "cannot become sent" in ran(
        capsys, "returns", "send", kept, "--folder", folder, "--out", tmp_path / "s.json", code=2
    )
    ran(capsys, "returns", "sign", kept, "--by", "decision_maker, river-1", "--folder", folder)
    ran(capsys, "returns", "send", kept, "--folder", folder, "--out", tmp_path / "s.json")
    assert "signature holds" in ran(capsys, "returns", "verify", tmp_path / "s.json")
    (tmp_path / "s.json").write_bytes((tmp_path / "s.json").read_bytes().replace(b"river-1", b"river-2"))
    assert "changed after it was signed" in ran(capsys, "returns", "verify", tmp_path / "s.json", code=4)
    assert "missing" in ran(capsys, "returns", "late", "--folder", folder, code=1)
    assert "district-daily" in ran(capsys, "returns", "delays", "--folder", folder)


def test_an_event(two: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "n.txt"
    said = ran(
        capsys, "ihr", "assess", two.here.folder, "--as-of", "2026-04-01", "--event", "Cases in a city",
        "--set", "many=yes: more than ever", "--set", "strange=yes", "--out", out, "--keep",
    )  # fmt: skip
    assert "To be notified" in said
    assert "more than ever" in out.read_text("utf-8")
    kept = said.split("On the ledger: ")[1].split()[0]
    assert f"{kept}  Cases in a city" in ran(capsys, "ihr", "list", "--folder", two.here.folder)
    assert "no answer" in ran(capsys, "ihr", "assess", two.here.folder, "--set", "many=perhaps", code=2)


def test_partners(two: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, there = two.here.folder, two.there.folder
    assert "Both follow the same chains" in ran(capsys, "partners", "policy", "--folder", here)
    assert len(ran(capsys, "partners", "key", "--folder", here).strip()) == 44
    said = ran(capsys, "partners", "send", "harbour", "--out", tmp_path / "1.zip", "--folder", here)
    assert "2  cases" in said
    refused = ran(capsys, "partners", "take", tmp_path / "1.zip", "--folder", there, code=4)
    assert "does not take" in refused
    assert "C1" not in refused  # never a person's values
    assert "no case" in ran(
        capsys,
        "partners",
        "offer",
        "C77",
        "harbour",
        "--purpose",
        "x",
        "--until",
        "2026-04-05",
        "--folder",
        here,
        code=2,
    )
    assert "No case was offered" in ran(capsys, "partners", "offers", "--folder", here)
    assert "0 offers ended" in ran(capsys, "partners", "expire", "--folder", here)
    (here / "partners.toml").write_text("edition = 3", "utf-8")
    assert "partners.toml, key" in ran(capsys, "partners", "policy", "--folder", here, code=5)


def test_every_verb_takes_a_language(two: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ("--folder", two.here.folder, "--lang", "zh")
    assert "共享规则，版本" in ran(capsys, "partners", "policy", *folder)
    until = ("--until", date.today() + timedelta(days=3))
    ran(capsys, "partners", "offer", "C1", "harbour", "--purpose", "x", *until, *folder)
    told = ran(capsys, "partners", "offers", *folder)
    assert "发往对方" in told
    assert "sent" not in told
    ran(capsys, "partners", "send", "harbour", "--out", tmp_path / "1.zip", *folder)
    ran(capsys, "partners", "expire", *folder)
    ran(capsys, "partners", "key", *folder)
    assert "缺" in ran(capsys, "returns", "late", *folder, code=1)
    assert "区" in ran(capsys, "returns", "delays", *folder)


def test_dates_of_offers_are_in_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    row = {
        "offer_id": "o",
        "partner": "p",
        "way": "sent",
        "expires_on": date(2026, 4, 5),
        "state": "offered",
        "purpose": "x",
    }
    for language, day in (("en", "5 Apr 2026"), ("zh", "2026年4月5日")):
        table = listing.offers([row], Words(language))
        Console(width=200).print(table)
        assert day in capsys.readouterr().out


def test_what_a_partner_wrote_moves_nothing_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    row = {
        "offer_id": "o", "partner": "p", "way": "received", "expires_on": date(2026, 4, 5), "state": "offered",
        "purpose": "\x1b[2J\x1b]0;owned\x07look\n[/x]",
    }  # fmt: skip
    Console(width=200, markup=False).print(listing.offers([row], Words("en")))
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "look [/x]" in said
