"""One browser for the tests of a module."""

from collections.abc import Iterator
from typing import Any

import pytest

from browser.chromium import BROWSER


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, where it is found: else the tests say that they skip."""
    if BROWSER is None:
        pytest.skip("no Chromium on this machine: pages are not tried in a browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: pages are not tried in a browser")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER)
        yield opened
        opened.close()
