"""Where cases stand in the picture of chains."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from douse.console.chains.layout import MOST_ROWS, Case, draw

FIRST = date(2026, 3, 1)


def case(name: str, infector: str | None = None, day: int = 0, p: float = 0.9) -> Case:
    return Case(name, infector, FIRST + timedelta(days=day), p, through=False)


def test_each_case_has_a_row_right_after_who_infected_it() -> None:
    drawn = draw([case("a"), case("b", "a", 3), case("c", "b", 6), case("d", "a", 4), case("x"), case("y", "x", 2)])
    assert [node.case for node in drawn.nodes] == ["a", "b", "c", "d", "x", "y"]
    assert [node.root for node in drawn.nodes] == [True, False, False, False, True, False]
    ys = [node.y for node in drawn.nodes]
    assert ys == sorted(ys)
    assert len(set(ys)) == 6
    assert drawn.chains == 2


def test_later_cases_stand_further_to_the_right_and_links_join_their_ends() -> None:
    drawn = draw([case("a"), case("b", "a", 3)])
    a, b = drawn.nodes
    assert b.x > a.x
    (edge,) = drawn.edges
    assert (edge.x, edge.y, edge.to_x, edge.to_y, edge.probability) == (a.x, a.y, b.x, b.y, 0.9)
    assert max(b.x, a.x) < drawn.width


def test_cases_linked_to_no_other_are_not_drawn() -> None:
    assert draw([case("a"), case("b")]).nodes == ()


def test_an_infector_that_is_not_among_the_cases_counts_as_none() -> None:
    drawn = draw([case("b", "gone", 1), case("c", "b", 3)])
    assert [(node.case, node.root) for node in drawn.nodes] == [("b", True), ("c", False)]
    assert len(drawn.edges) == 1


def test_large_chains_are_folded_and_every_case_is_drawn_or_counted() -> None:
    cases = [case("r")] + [case(f"n{i}", "r" if i < 10 else f"n{i // 10}", i % 30) for i in range(3000)]
    drawn = draw(cases)
    assert len(drawn.nodes) <= MOST_ROWS
    assert len(drawn.nodes) + sum(node.folded for node in drawn.nodes) == 3001
    assert any(node.folded for node in drawn.nodes)


def test_a_branch_opens_by_its_first_case() -> None:
    cases = [case("r")] + [case(f"n{i}", "r" if i < 10 else f"n{i // 10}", i % 30) for i in range(3000)]
    folded = next(node for node in draw(cases).nodes if node.folded)
    branch = draw(cases, start=folded.case)
    assert branch.nodes[0].case == folded.case
    assert len(branch.nodes) > 1
    assert draw(cases, start="nobody").nodes == ()


def test_the_largest_chains_come_first_and_those_left_out_are_counted() -> None:
    cases = [case("big"), *(case(f"b{i}", "big", i) for i in range(5))]
    cases += [one for i in range(100) for one in (case(f"s{i}"), case(f"t{i}", f"s{i}", 2))]
    drawn = draw(cases, most=40)
    assert drawn.nodes[0].case == "big"
    assert (drawn.chains, drawn.left_out) == (101, 91)


def test_a_case_without_a_day_is_drawn_too() -> None:
    assert len(draw([Case("a", None, None, 0.0, through=False), case("b", "a")]).nodes) == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 80), max_size=80), st.integers(1, 60))
def test_rows_never_overlap_and_nothing_is_drawn_twice(parents: list[int], most: int) -> None:
    cases = [case(str(i), str(p) if p < i else None, i % 9) for i, p in enumerate(parents)]
    drawn = draw(cases, most=most)
    assert len({node.y for node in drawn.nodes}) == len(drawn.nodes)
    assert len({node.case for node in drawn.nodes}) == len(drawn.nodes)
    assert len(drawn.edges) == sum(not node.root for node in drawn.nodes)
    assert all(0 <= node.x <= drawn.width and node.y < drawn.height for node in drawn.nodes)
