"""The Python of the documentation runs as it stands."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(
    ("page", "least"),
    [
        ("methods.md", 4),
        ("methods-tracing.md", 4),
        ("methods-simulation.md", 1),
        ("drill.md", 1),
        ("planning/choice.md", 1),
        ("planning/zones.md", 1),
        ("planning/tracing-capacity.md", 1),
        ("planning/isolation.md", 1),
        ("planning/entry.md", 1),
        ("planning/supplies.md", 1),
        ("planning/community.md", 1),
        ("planning/screening.md", 1),
    ],
)
def test_the_examples_of_a_page_run_in_order(page, least):
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= least
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, page, "exec"), names)  # noqa: S102  (the page is ours)
