"""The index tells every minute once, whatever was sent twice, late or in pieces; and says the same from disk."""

from datetime import date, datetime, time, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import frame as table_of
from douse.tracing.encounters import HOSTS, Asked
from douse.tracing.index import store
from douse.tracing.index.build import index_in_memory
from douse.tracing.index.export import as_table, spans_by_part, spans_of
from douse.tracing.index.landing import land
from douse.tracing.index.rings import encounters, further
from douse.tracing.visits import SPANS, spans
from reference.slow_once import MINUTE, slow_once

START = datetime(1969, 12, 30)
DAYS = 4


@st.composite
def visit(draw, days=DAYS):
    day = START + timedelta(days=draw(st.integers(0, days - 1)))
    entered = day + timedelta(minutes=draw(st.sampled_from([0, 0, 60, 90, 1200, 1380, 1439])))
    left = entered + timedelta(minutes=draw(st.sampled_from([0, 30, 60, 90, 240, 1440, 2900])))
    told = (START + timedelta(days=DAYS + draw(st.integers(0, 3)))).date()
    return (draw(st.sampled_from("ab")), draw(st.sampled_from("xy")), entered, left, draw(st.integers(0, 4)) > 0, told)


@st.composite
def batches(draw):
    """Batches each told on a day of its own: over days, what is there already stays, whenever it was told."""
    sent = draw(st.lists(st.lists(visit(), max_size=8), min_size=1, max_size=3))
    told = [(START + timedelta(days=DAYS + number)).date() for number in range(len(sent))]
    return [[(*row[:5], day) for row in rows] for rows, day in zip(sent, told, strict=True)]


def frame(rows) -> pl.DataFrame:
    columns = ("person", "place", "entered", "left", "exact", "told_on")
    visits = pl.DataFrame(rows, schema={name: SPANS[name] for name in columns}, orient="row")
    missing = {name: pl.lit(None, dtype=kind) for name, kind in SPANS.items() if name not in columns}
    return visits.with_columns(**missing).select(*SPANS)


def on_disk(folder, sent, memory=2**20):
    for number, rows in enumerate(sent):
        with store.writing(folder, memory) as writer:
            writer.add(frame(rows))
            writer.commit({f"batch {number}": number})
    return store.open_index(folder)


def minutes_of(index):
    """As `slow_once`, of what the index holds; fails where a minute is told twice."""
    told, moments = {}, set()
    for part in spans_by_part(index):
        rows = part.select("person", "place", "entered", "left", "exact", "told_on").rows()
        for person, place, entered, left, exact, told_on in rows:
            minutes = told.setdefault((person, place, exact), {})
            if entered == left:
                moments.add((person, place, exact, entered))
            at = entered
            while at < left:
                assert at not in minutes
                minutes[at] = told_on
                at += MINUTE
    return {who: minutes for who, minutes in told.items() if minutes}, moments


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent=batches())
def test_every_minute_is_told_once(sent, tmp_path_factory):
    index = on_disk(tmp_path_factory.mktemp("index") / "visits.index", sent)
    found, moments = minutes_of(index)
    expected, all_moments = slow_once(sent)
    assert found == expected
    assert moments <= all_moments
    # A moment goes only where the same person is there anyhow.
    assert all(at in expected.get((who, place, exact), {}) for who, place, exact, at in all_moments - moments)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(visit(days=1), max_size=10))
def test_of_visits_that_began_on_one_day_the_one_told_first_counts(rows):
    found, _ = minutes_of(index_in_memory(frame(rows)))
    assert found == slow_once([rows])[0]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(visit(), max_size=14), memory=st.sampled_from([1, 200, 2**20]))
def test_disk_and_memory_hold_the_same(rows, memory, tmp_path_factory):
    index = on_disk(tmp_path_factory.mktemp("index") / "visits.index", [rows], memory)
    whole = index_in_memory(frame(rows))
    columns = list(SPANS)
    assert sorted(pl.concat([frame([]), *spans_by_part(index)])[columns].rows(), key=str) == sorted(
        pl.concat([frame([]), *spans_by_part(whole)])[columns].rows(), key=str
    )
    hosts = pl.DataFrame([("a", "a", START, START + timedelta(days=9))], schema=HOSTS, orient="row")
    asked = Asked(date(1970, 1, 9), 100)
    assert encounters(index, hosts, asked).encounters.equals(encounters(whole, hosts, asked).encounters)
    assert set(spans_of(index, pl.Series(["a"]))["person"]) <= {"a"}


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent=batches())
def test_sending_everything_again_changes_nothing(sent, tmp_path_factory):
    folder = tmp_path_factory.mktemp("index") / "visits.index"
    once = minutes_of(on_disk(folder, sent))
    assert minutes_of(on_disk(folder, sent))[0] == once[0]


def test_a_crash_while_writing_leaves_the_index_as_it_was(tmp_path, monkeypatch):
    folder = tmp_path / "visits.index"
    noon = datetime.combine(START.date(), time(12))
    first = [("a", "x", noon, noon + timedelta(hours=1), True, noon.date())]
    second = [("b", "y", noon, noon + timedelta(hours=1), True, noon.date())]
    before = minutes_of(on_disk(folder, [first]))

    def broken(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_put_manifest", broken)
    try:
        on_disk(folder, [second])
    except KeyboardInterrupt:
        pass
    else:
        raise AssertionError("the crash did not happen")
    assert minutes_of(store.open_index(folder)) == before
    assert len(list((folder / "parts").iterdir())) == 2  # what was written lies there, and does not count
    monkeypatch.undo()
    after = minutes_of(on_disk(folder, [second]))
    assert set(after[0]) == {("a", "x", True), ("b", "y", True)}
    assert len(list((folder / "parts").iterdir())) == 2


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(visit(), max_size=4, unique_by=lambda row: row[:2]))
def test_what_comes_out_as_rows_of_visits_is_what_went_in(rows):
    """Whoever reads the table of visits sees the spans of the index: also of visits without an end, and whole days."""
    sent = [
        {"person_id": person, "place_id": place, "entered_at": entered, "left_at": left if ended else None,
         "recorded_at": datetime.combine(told, time.min)}
        for person, place, entered, left, ended, told in rows
    ]  # fmt: skip
    given_spans = spans(table_of("visits", sent))
    again = spans(as_table(spans_of(index_in_memory(given_spans), pl.Series(["a", "b"]))))
    by = ["person", "place"]
    assert again.drop("kind").sort(by).equals(given_spans.drop("kind").sort(by))


def test_a_crash_while_an_index_is_begun_anew_leaves_the_one_that_was_there(tmp_path, monkeypatch):
    noon = datetime(2026, 3, 5, 12)
    columns = ("person_id", "place_id", "entered_at", "left_at", "recorded_at")
    row = ("a", "x", noon, noon + timedelta(hours=1), noon + timedelta(days=1))
    pl.DataFrame([row], schema=columns, orient="row").write_parquet(tmp_path / "visits.parquet")

    def landed():
        return land(tmp_path, 2**20, lambda _: None, fresh=True).visits

    assert landed() == 1
    before = minutes_of(store.open_index(tmp_path / store.FOLDER))

    def broken(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_put_manifest", broken)
    with pytest.raises(KeyboardInterrupt):
        landed()
    monkeypatch.undo()
    assert minutes_of(store.open_index(tmp_path / store.FOLDER)) == before
    assert landed() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["visits.index", "visits.parquet"]


@pytest.mark.parametrize("odd", [datetime(1900, 1, 1, 9), datetime(2199, 1, 1, 9)], ids=["long ago", "far ahead"])
def test_a_visit_with_a_wrong_year_changes_nothing_else(odd):
    """Dates from 1900 to 2200 pass the door: one of them must not upset the times of the others."""
    noon, day = datetime(2026, 3, 5, 12), date(2026, 3, 9)
    hour = timedelta(hours=1)
    good = [(who, "x", noon, noon + hour, True, day) for who in "ab"]
    errors = [("c", "x", odd, odd + hour, True, day), ("d", "x", min(odd, noon), max(odd, noon), True, day)]
    hosts = pl.DataFrame([("a", "a", noon - hour, noon + 9 * hour)], schema=HOSTS, orient="row")
    asked, nobody = Asked(date(2200, 1, 1), 100), pl.Series([], dtype=pl.String)
    told = [further(index_in_memory(frame(rows)), hosts, nobody, asked, min_seconds=60).filter(person="b").rows()
            for rows in (good, good + errors)]  # fmt: skip
    assert told[0] == told[1] == [("b", "a", "x", 3600, noon, noon + hour)]
