"""The report in a real browser: no sideways scrolling on a phone, no errors, no requests."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from outputs_inputs import briefing

from douse.outputs.report import report

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
PHONE = 360  # pixels

# A page that shows the report in a frame as wide as a screen and writes down what it measures.
WRAPPER = """
<!doctype html><meta charset="utf-8"><body><iframe id="f" style="border:0;width:{width}px;height:800px" src="report.html"></iframe>
<pre id="out"></pre><script>
document.getElementById("f").addEventListener("load", (loaded) => {{
  const page = loaded.target.contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach((fold) => {{ fold.open = true; }});
  const right = root.clientWidth;
  const inScroller = (e) => e.closest(".scroll, nav ol, .unseen, .skip") !== null;
  const wide = [...page.body.querySelectorAll("*")]
    .filter((e) => !inScroller(e) && e.getBoundingClientRect().right > right + 1)
    .map((e) => e.tagName + "." + e.className);
  const images = [...page.images].map((image) => image.complete && image.naturalWidth > 0);
  const requests = loaded.target.contentWindow.performance.getEntriesByType("resource")
    .map((entry) => entry.name).filter((name) => !name.startsWith("data:"));
  document.getElementById("out").textContent =
    JSON.stringify({{ width: right, scroll: root.scrollWidth, wide: [...new Set(wide)], images, requests }});
}});
</script>
"""


@pytest.fixture(scope="module", params=["en", "zh"])
def folder(request, tmp_path_factory) -> Path:
    if BROWSER is None:
        pytest.skip("no Chromium on this machine: the page is not looked at in a browser")
    made = tmp_path_factory.mktemp("page")
    (made / "report.html").write_text(report(briefing(measures=40), request.param), encoding="utf-8")
    return made


def look(folder: Path, width: int) -> tuple[dict, str]:
    """What the page measures at a width, and what the browser complained of."""
    (folder / "wrapper.html").write_text(WRAPPER.format(width=width), encoding="utf-8")
    done = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            "--allow-file-access-from-files", "--enable-logging=stderr", "--virtual-time-budget=4000",
            f"--user-data-dir={folder / 'profile'}", "--window-size=1280,900", "--dump-dom",
            (folder / "wrapper.html").as_uri(),
        ],
        capture_output=True, text=True, timeout=90, check=True,
    )  # fmt: skip
    said = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert said is not None
    assert said[1], "the page did not load"
    complaints = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    return json.loads(unescape(said[1])), complaints


@pytest.mark.parametrize("width", [PHONE, 390, 768, 1280])
def test_nothing_sticks_out_and_nothing_is_fetched(folder, width):
    seen, complaints = look(folder, width)
    assert seen["width"] == width
    assert seen["scroll"] <= width
    assert seen["wide"] == []
    assert all(seen["images"])
    assert seen["images"]
    assert seen["requests"] == []
    assert complaints == ""
