"""Which counts of a table may be published."""

import numpy as np

from douse.outputs.suppress import suppress

title = "Which counts of a table may be published"


def shown(drawing: str, minimum: int = 11) -> str:
    """The table as it may be shown: totals in the last row and column, a star where hidden."""
    counts = np.array([[int(cell) for cell in line.split()] for line in drawing.strip().splitlines()], dtype=np.int64)
    rows = suppress(counts, minimum).shown()
    return "\n".join(" ".join("*" if cell is None else str(cell) for cell in row) for row in rows)


def test_without_small_counts_everything_is_shown():
    assert (
        shown("""
        20 30
        40  0
    """)
        == "20 30 50\n40 0 40\n60 30 90"
    )


def test_a_small_count_is_hidden_and_so_is_what_would_give_it_away():
    assert (
        shown("""
        20  3 50
        40 30 60
        70 80 90
    """)
        == "* * 50 73\n* * 60 130\n70 80 90 240\n130 113 200 443"
    )


def test_two_small_counts_that_add_up_to_little_need_company():
    # 1 + 1 = 2 leaves only 1 and 1 where both are known not to be 0, and little room where they are not.
    drawn = shown("""
         1  1
        50 60
        70 80
    """)
    assert "* * *" in drawn or drawn.count("*") >= 4


def test_nought_is_shown():
    assert shown("0 0\n0 0") == "0 0 0\n0 0 0\n0 0 0"


def test_a_small_total_is_hidden_too():
    assert shown("3") == "* *\n* *"
