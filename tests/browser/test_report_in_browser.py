"""The report in a real browser: no sideways scrolling on a phone, no errors, no requests."""

import json
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from browser.chromium import BROWSER
from douse.outputs.report import report
from outputs_inputs import briefing

pytestmark = pytest.mark.slow

WIDTHS = (360, 390, 768, 900, 1280)  # pixels: phones, a tablet, desktops

# A page that shows the report in frames as wide as screens and writes down what it measures.
FRAME = '<iframe style="border:0;width:{width}px;height:800px" src="report.html"></iframe>'
SCRIPT = """
<pre id="out"></pre><script>
const seen = {};
for (const frame of document.querySelectorAll("iframe")) frame.addEventListener("load", () => {
  const page = frame.contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach((fold) => { fold.open = true; });
  const right = root.clientWidth;
  const scrolls = (element) => element.closest(".scroll, nav ol, .unseen, .skip") !== null;
  const wide = [...page.body.querySelectorAll("*")]
    .filter((element) => !scrolls(element) && element.getBoundingClientRect().right > right + 1)
    .map((element) => element.tagName + "." + element.className);
  const images = [...page.images].map((image) => image.complete && image.naturalWidth > 0);
  const requests = frame.contentWindow.performance.getEntriesByType("resource")
    .map((entry) => entry.name).filter((name) => !name.startsWith("data:"));
  seen[right] = { scroll: root.scrollWidth, wide: [...new Set(wide)], images, requests };
  document.getElementById("out").textContent = JSON.stringify(seen);
});
</script>
"""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_sticks_out_and_nothing_is_fetched(tmp_path, language):
    if BROWSER is None:
        pytest.skip("no Chromium on this machine: the page is not looked at in a browser")
    (tmp_path / "report.html").write_text(report(briefing(measures=40), language), encoding="utf-8")
    seen, complaints = look(tmp_path)
    assert set(seen) == {str(width) for width in WIDTHS}
    for width in WIDTHS:
        page = seen[str(width)]
        assert page["scroll"] <= width
        assert page["wide"] == []
        assert page["images"]
        assert all(page["images"])
        assert page["requests"] == []
    assert complaints == ""


def look(folder: Path) -> tuple[dict[str, dict], str]:
    """What the page measures at each width, and what the browser complained of."""
    frames = "".join(FRAME.format(width=width) for width in WIDTHS)
    wrapper = folder / "wrapper.html"
    wrapper.write_text(f'<!doctype html><meta charset="utf-8"><body>{frames}{SCRIPT}', encoding="utf-8")
    done = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            "--allow-file-access-from-files", "--enable-logging=stderr", "--virtual-time-budget=8000",
            f"--user-data-dir={folder / 'profile'}", "--window-size=1400,900", "--dump-dom", wrapper.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    said = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert said is not None
    assert said[1], "the page did not load"
    complaints = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    return json.loads(unescape(said[1])), complaints
