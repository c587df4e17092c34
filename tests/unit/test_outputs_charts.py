"""Charts: valid specifications, equal pictures, outlines of any form."""

import json
from datetime import date

import numpy as np
import polars as pl
import pytest
from altair import LayerChart

from douse.outputs.charts import chains, curve, needs, outlines, reproduction, style, zone_map
from douse.outputs.words import Words
from outputs_inputs import AS_OF, briefing

WORDS = Words("en")


@pytest.fixture(scope="module")
def pictures() -> list:
    return all_pictures()


@pytest.fixture
def specifications(monkeypatch) -> list[dict]:
    """Every specification that is compiled while the test runs."""
    seen: list[dict] = []
    compiled = style.svg
    monkeypatch.setattr(style, "svg", lambda drawing: seen.append(drawing.specification()) or compiled(drawing))
    return seen


def all_pictures() -> list:
    full = briefing()
    situation, plan, trace = full.situation, full.plan, full.trace
    dated = trace.links.join(situation.cases.select("case_id", "day"), on="case_id")
    titles = [(chain.id, chain.id) for chain in trace.chains[:3]]
    own = dict(situation.cases.group_by("zone").len().iter_rows())
    return [
        curve.epidemic_curve(situation, "onset", WORDS, "Title", "alt"),
        reproduction.reproduction(situation.reproduction, AS_OF, WORDS, "alt"),
        needs.need([n for n in plan.needs if n.resource == "icu_bed"], WORDS, "Title", "alt"),
        chains.chain_timeline(dated, titles, AS_OF, WORDS, "alt"),
        zone_map.zone_map(zone_map.shapes(full.zones, plan.levels, own), "alt"),
    ]


@pytest.mark.slow
def test_specifications_are_valid(specifications):
    assert all(picture is not None for picture in all_pictures())
    assert len(specifications) == 9  # two widths, but one for the small charts of needs
    for specification in specifications:
        assert set(specification["datasets"]) >= {"table_0"}
        LayerChart.from_dict({k: v for k, v in specification.items() if k != "datasets"}).to_dict(validate=True)


def test_equal_charts_give_equal_text(pictures):
    assert [picture.wide for picture in pictures] == [picture.wide for picture in all_pictures()]


def test_pictures_are_as_wide_as_their_place(pictures):
    for picture in pictures:
        for text, width in ((picture.wide, style.WIDE), (picture.narrow, style.NARROW)):
            drawn = float(text.split(' width="', 1)[1].split('"', 1)[0])
            assert drawn <= width


def test_a_picture_reaches_for_nothing_outside(pictures):
    for picture in pictures:
        outside = picture.wide.replace("http://www.w3.org/", "")
        assert "http" not in outside
        assert "<script" not in outside


def test_text_is_escaped():
    hostile = '</text><script>alert("x")</script>'
    full = briefing()
    picture = curve.epidemic_curve(full.situation, "onset", WORDS, hostile, "alt")
    assert picture is not None
    assert "<script" not in picture.wide


def test_bars_are_stacked_without_gaps():
    pieces = curve.stacked(
        pl.DataFrame(
            {
                "date": [date(2026, 3, 1)] * 3 + [date(2026, 3, 2)],
                "origin": ["unknown", "local", "imported", "local"],
                "cases": [1, 2, 3, 4],
            }
        )
    )
    assert pieces.select("origin", "low", "high").rows() == [
        ("local", 0, 2), ("imported", 2, 5), ("unknown", 5, 6), ("local", 0, 4),
    ]  # fmt: skip


def test_ticks_lie_on_days_within_the_axis():
    axis = style.day_axis("day", WORDS, date(2026, 1, 1), date(2026, 3, 5), 328).to_dict()
    low, high = axis["scale"]["domain"]
    ticks = axis["axis"]["values"]
    assert ticks[-1] == style.instant(date(2026, 3, 5), 0.5)
    assert all(low <= tick <= high for tick in ticks)
    assert len(ticks) <= 328 / 60


SQUARE = [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]


@pytest.mark.parametrize(
    ("geometry", "count"),
    [
        ({"type": "Polygon", "coordinates": SQUARE}, 1),
        ({"type": "MultiPolygon", "coordinates": [SQUARE, SQUARE]}, 2),
        ({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": SQUARE}}, 1),
        ({"type": "Point", "coordinates": [1, 2]}, 0),
        ({"type": "Polygon", "coordinates": [[["a", "b"]]]}, 0),
        ({"type": "Polygon", "coordinates": [[[float("nan"), 1]]]}, 0),
        ({"type": "Polygon"}, 0),
        ({"type": "Polygon", "coordinates": []}, 0),
        ([1, 2], 0),
        (None, 0),
    ],
)
def test_an_outline_is_read_or_left_out(geometry, count):
    text = json.dumps(geometry)
    assert len([p for p in outlines.polygons(text) if p]) == count


@pytest.mark.parametrize("text", [None, "", "not json", "[" * 100_000])
def test_text_that_is_no_outline(text):
    assert outlines.polygons(text) == []


def test_the_plane_keeps_proportions():
    plane = outlines.plane_of([10.0, 12.0], [59.0, 61.0])
    assert plane is not None
    assert plane.x(12.0) - plane.x(10.0) == pytest.approx(2 * np.cos(np.radians(60)))
    assert plane.y(61.0) - plane.y(59.0) == pytest.approx(2)
    assert outlines.plane_of([], []) is None
    one = outlines.plane_of([10.0], [59.0])
    assert one is not None
    assert one.width > 0


def test_thinning_drops_points_that_nobody_sees():
    plane = outlines.plane_of([0.0, 1.0], [0.0, 1.0])
    ring = [(i / 1000, 0.0) for i in range(1000)] + [(1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
    assert plane is not None
    (thin,) = outlines.thinned([ring], plane, 0.1)
    assert len(thin) < 20


def test_a_zone_has_the_strictest_level_around_it():
    full = briefing()
    found = {
        shape.zone: shape.level for shape in zone_map.shapes(full.zones, {"d0": "control", "d0c1": "lockdown"}, {})
    }
    assert (found["d0c0"], found["d0c1"], found["d1c0"]) == ("control", "lockdown", "open")
