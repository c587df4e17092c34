"""The index within little memory: less is read, sorted and counted at a time, and the answers are the same."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import polars as pl
import pytest

from douse.errors import DataError, UsageError
from douse.tracing.encounters import HOSTS, Asked
from douse.tracing.index import landing, store
from douse.tracing.index.build import index_in_memory
from douse.tracing.index.cores import cores
from douse.tracing.index.landing import land
from douse.tracing.index.rings import IndexEngine, threads_within
from douse.tracing.visits import SPANS

DAY = datetime(2026, 3, 5)
ASKED = Asked(date(2026, 3, 9), 1000)
NOBODY = pl.Series([], dtype=pl.String)


@pytest.fixture
def data(tmp_path):
    """A day and a night of 40 people at 5 places: 400 visits in one file."""
    choose, rows = Random(1), []
    for number in range(400):
        entered = DAY + timedelta(minutes=30 * choose.randrange(48), seconds=number)  # no two touch the same second
        left = entered + timedelta(minutes=choose.choice([5, 25, 50]))
        rows.append((f"p{choose.randrange(40)}", f"x{choose.randrange(5)}", entered, left, DAY + timedelta(days=2)))
    columns = ("person_id", "place_id", "entered_at", "left_at", "recorded_at")
    (tmp_path / "visits").mkdir()
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(tmp_path / "visits" / "2026-03-05.parquet")
    return tmp_path


def answers(engine):
    hosts = pl.DataFrame(
        [(f"p{n}", f"p{n}", DAY, DAY + timedelta(days=2)) for n in range(6)], schema=HOSTS, orient="row"
    )
    met, further = engine.encounters(hosts, ASKED), engine.further(hosts, NOBODY, ASKED, 300)
    together = met.encounters.select("host", "person", "place", "day", "seconds", "first", "last").rows()
    crowded = engine.encounters(hosts, replace(ASKED, crowd=70)).crowded.rows()
    return together, further.select("person", "seconds", "first", "last").rows(), crowded


def spied(monkeypatch, folder, memory):
    """Land with so much memory: rows of each batch, and records of each sort."""
    batches, sorts = [], []
    add, day_parts = store.Writer.add, store.day_parts

    def counted_add(writer, spans):
        batches.append(spans.height)
        add(writer, spans)

    def counted(slices):
        for records in slices:
            sorts.append(len(records))
            yield records

    def counted_parts(by_day, *others):
        return day_parts({day: counted(slices) for day, slices in by_day.items()}, *others)

    monkeypatch.setattr(store.Writer, "add", counted_add)
    monkeypatch.setattr(store, "day_parts", counted_parts)
    landed = land(folder, memory, lambda _: None, fresh=True)
    monkeypatch.undo()
    return landed, batches, sorts, answers(IndexEngine(store.open_index(folder / store.FOLDER)))


def test_little_memory_reads_and_sorts_a_few_rows_at_a_time_and_gives_the_same(monkeypatch, data):
    much, all_at_once, one_sort, expected = spied(monkeypatch, data, 2**30)
    assert (all_at_once, one_sort) == ([400], [400])

    memory = 12_000
    little, batches, sorts, found = spied(monkeypatch, data, memory)
    assert max(batches) <= memory // landing._BYTES_A_VISIT == 20
    assert max(sorts) <= memory // 2 // store._BYTES_A_RECORD < 150
    assert sum(batches) == sum(sorts) == 400
    assert found == expected
    assert all(expected)
    assert little.read == much.read == 400
    assert len(store.read_manifest(data / store.FOLDER)["parts"]) == len(sorts) > 2


def test_a_text_file_that_does_not_fit_is_refused_with_the_next_step(data):
    pl.read_parquet(data / "visits" / "2026-03-05.parquet").write_csv(data / "visits" / "2026-03-06.csv")
    with pytest.raises(DataError, match=r"too long to be read at once[\s\S]*--memory"):
        land(data, 12_000, lambda _: None)
    # Nothing of the files before it is lost once the limit is raised.
    assert land(data, 2**30, lambda _: None).read == 800


@pytest.fixture
def index(data):
    land(data, 2**30, lambda _: None)
    return store.open_index(data / store.FOLDER)


def test_ring_2_takes_as_many_threads_as_fit(index):
    a_thread = len(index.persons) * 32
    assert a_thread == 40 * 32
    assert threads_within(index, None, 8) == 8
    assert threads_within(index, 8 * a_thread, 8) == 8
    assert threads_within(index, 8 * a_thread - 1, 8) == 7
    assert threads_within(index, a_thread, 8) == 1
    assert threads_within(index, None) == cores()


def test_fewer_threads_give_the_same(index):
    a_thread = len(index.persons) * 32
    expected = answers(IndexEngine(index, threads=3))
    assert answers(IndexEngine(index, threads=3, memory=a_thread)) == expected
    assert expected[1]


def test_where_not_even_one_thread_fits_what_is_needed_is_said(index):
    hosts = pl.DataFrame([("p1", "p1", DAY, DAY + timedelta(days=2))], schema=HOSTS, orient="row")
    engine = IndexEngine(index, memory=len(index.persons) * 32 - 1)
    assert engine.encounters(hosts, ASKED).encounters.height  # ring 1 needs none of it
    with pytest.raises(UsageError) as error:
        engine.further(hosts, NOBODY, ASKED, 300)
    assert str(error.value) == (
        "Contacts of contacts need 0.01 GiB of memory: the index holds 40 people.\n"
        "  Next: Allow it with --memory 0.01, or trace one ring with --rings 1."
    )


def test_nobody_takes_no_memory():
    empty = IndexEngine(index_in_memory(pl.DataFrame(schema=SPANS)), memory=0)
    assert empty.further(pl.DataFrame(schema=HOSTS), NOBODY, ASKED, 0).is_empty()
