"""Signals: only within reach, with their evidence; verdicts with a reason, by who may."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from douse.console import scene
from douse.console.knowledge import loaded
from douse.console.permissions import Actor, Grant
from douse.console.policy import EVERYWHERE
from douse.console.reading import follow
from douse.console.remembered import Answer
from douse.console.signals.chart import counts_around, picture
from douse.outputs.words import Words
from douse.signals import Scene, Signal

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("city", "_pathogen")]
DAY = date(2026, 4, 1)
Make = Callable[..., Any]


def signal(zone: str | None, name: str = "") -> Signal:
    return Signal(
        id=f"rise:{zone}:2026-03-30{name}", detector="rise", zone=zone, first_day=date(2026, 3, 29),
        last_day=date(2026, 3, 31), observed=3, expected=0.6, bound=2, false_alarm_rate=0.001, severity="alarm",
        reason="7 cases of one chain <of> infection.", facts={}, evidence=(f"case-{zone}", "case-gone"),
    )  # fmt: skip


@pytest.fixture
def _pathogen(put: Callable[..., None]) -> None:
    put("cases", {"case_id": "named", "pathogen": "sars-cov-2-wild", "zone": "north-1"})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two signals, one in each district, given to whoever sees the zone: as `scene.signals` cuts them by reach."""

    def signals(actor: Actor, *_: Any, **__: Any) -> Answer[tuple[Signal, ...]]:
        zones = {grant.zone for grant in actor.grants}
        found = [signal(f"{d}-1") for d in ("north", "south") if zones & {d, EVERYWHERE}]
        return Answer(tuple(found), is_fresh=True)

    monkeypatch.setattr(scene, "signals", signals)


@pytest.fixture
def epi(user: Make, client_of: Make) -> Client:
    client: Client = client_of(user("epi", epidemiologist=EVERYWHERE))
    return client


def judge(client: Client, zone: str, verdict: str, reason: str = "Two more fell ill.") -> Any:
    address = reverse("signals:signal", args=[f"rise:{zone}:2026-03-30"])
    return client.post(address, {"verdict": verdict, "reason": reason})


def listed(client: Client, state: str = "new") -> str:
    return client.get(reverse("signals:list"), {"state": state}).content.decode()


@pytest.mark.usefixtures("told")
def test_only_signals_within_reach_are_listed_and_opened(user: Make, client_of: Make) -> None:
    client = client_of(user("anna", epidemiologist="south"))
    assert "rise:south-1" in listed(client)
    assert "rise:north-1" not in listed(client)
    assert client.get(reverse("signals:signal", args=["rise:north-1:2026-03-30"])).status_code == 409
    assert judge(client, "north-1", "verified").status_code == 409
    assert follow().current("verdicts").is_empty()


@pytest.mark.usefixtures("told")
def test_a_signal_is_shown_with_its_evidence(epi: Client) -> None:
    page = epi.get(reverse("signals:signal", args=["rise:north-1:2026-03-30"])).content.decode()
    for said in ("29 Mar – 31 Mar (3)", "0.6", "1 in 1,000 zone-days", "case-north-1", "<svg"):
        assert said in page, said
    assert "case-gone" not in page
    assert "1 case more that you may not see." in page
    assert "&lt;of&gt;" in page


@pytest.mark.usefixtures("told")
def test_a_verdict_moves_a_signal_and_leaves_an_audit_entry(epi: Client, ledger: Any) -> None:
    before = ledger.head
    assert judge(epi, "north-1", "watching").status_code == 302
    new = ledger.entries(since=before)
    assert [entry.table for entry in new] == ["verdicts", "audit"]
    assert (new[1].row["action"], new[1].row["zone"]) == ("verify_signal", "north-1")
    assert "rise:north-1" in listed(epi, "watching")
    assert "rise:north-1" not in listed(epi)
    assert judge(epi, "north-1", "verified").status_code == 302
    assert "rise:north-1" in listed(epi, "verified")
    assert follow().current("verdicts")["verdict"].to_list() == ["watching", "verified"]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("verdict", ["new", "watching", "", "no_such"])
def test_a_move_that_is_not_allowed_is_refused(epi: Client, verdict: str) -> None:
    judge(epi, "north-1", "watching")
    assert judge(epi, "north-1", verdict).status_code == 409
    assert len(follow().current("verdicts")) == 1


@pytest.mark.usefixtures("told")
def test_a_verdict_needs_a_reason(epi: Client) -> None:
    assert judge(epi, "north-1", "verified", " ").status_code == 400
    assert follow().current("verdicts").is_empty()


@pytest.mark.usefixtures("told")
def test_who_does_not_judge_may_look(user: Make, client_of: Make) -> None:
    client = client_of(user("ben", decision_maker=EVERYWHERE))
    page = client.get(reverse("signals:signal", args=["rise:north-1:2026-03-30"]))
    assert page.status_code == 200
    assert "What did you find?" not in page.content.decode()
    assert judge(client, "north-1", "verified").status_code == 403
    assert client_of(user("tom", tracer=EVERYWHERE)).get(reverse("signals:list")).status_code == 403


@pytest.mark.usefixtures("told")
def test_who_reads_no_cases_sees_verdicts_only(epi: Client, user: Make, client_of: Make) -> None:
    judge(epi, "north-1", "dismissed", "A <b>double</b> report.")
    auditor = client_of(user("aud", auditor=EVERYWHERE))
    assert "rise:south-1" not in listed(auditor)
    page = listed(auditor, "dismissed")
    assert "rise:north-1" in page
    assert "A &lt;b&gt;double&lt;/b&gt; report." in page


def test_what_the_detectors_no_longer_give_keeps_its_verdicts(
    epi: Client, put: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene, "signals", lambda *_, **__: Answer((), is_fresh=True))
    put(
        "verdicts",
        {"verdict_id": "v", "signal_id": "old", "zone": "north-1", "detector": "rise", "verdict": "verified",
         "reason": "Seen."},
    )  # fmt: skip
    assert "Not given by the detectors any more" in listed(epi, "verified")
    assert epi.get(reverse("signals:signal", args=["old"])).status_code == 200


def test_while_the_detectors_work_the_page_asks_again(epi: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene, "signals", lambda *_, **__: Answer(None, is_fresh=False))
    assert "The detectors are at work" in listed(epi)


def _scene(zone: str = EVERYWHERE) -> Scene:
    snapshot = follow()
    actor = Actor("x", (Grant("epidemiologist", zone),), verified=True)
    return scene.look(actor, snapshot, DAY, loaded("sars-cov-2-wild", "who-generic", "generic"))


def test_the_chart_counts_cases_of_the_zone_by_the_day_they_were_told() -> None:
    found = {day: (n, inside) for day, n, inside in counts_around(signal("north"), _scene())}
    assert found[DAY] == (3, False)
    assert found[date(2026, 3, 30)] == (0, True)
    assert counts_around(signal("nowhere"), _scene()) == []
    assert sum(n for _, n, _ in counts_around(signal(None), _scene())) == 5


def test_without_a_case_there_is_no_chart() -> None:
    assert picture(signal("south"), _scene("north"), Words("en")) is None
    drawn = picture(signal("north"), _scene(), Words("zh"))
    assert drawn is not None
    assert drawn.wide.startswith("<svg")
