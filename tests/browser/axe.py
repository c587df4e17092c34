"""What a screen reader would meet: axe-core over a page, fetched as a package of npm for the test alone."""

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PACKAGE = "axe-core@4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
_FETCH = 180  # seconds
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
_RUN = """async (rules) => (await axe.run(document, {runOnly: rules})).violations.map((one) =>
  [one.id, one.impact, one.nodes.map((node) => node.target.join(" ") + ": " + node.failureSummary)])"""


@cache
def source() -> str | None:
    """The script of axe-core; None where npm is absent or answers nothing."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    with TemporaryDirectory() as folder:
        try:
            pack = [npm, "pack", PACKAGE, "--silent", "--json"]
            made = subprocess.run(pack, cwd=folder, capture_output=True, timeout=_FETCH, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
        content = Path(folder, json.loads(made.stdout)[0]["filename"]).read_bytes()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != SHA512:
        raise AssertionError(f"{PACKAGE} is not what it was")
    with tarfile.open(fileobj=BytesIO(content)) as package:
        file = package.extractfile("package/axe.min.js")
        assert file is not None
        return file.read().decode()


def check(page: Any, *, but: tuple[str, ...] = ()) -> None:
    """Fail where a page has what a screen reader, a keyboard or weak eyes stumble over; without axe do nothing.

    Parameters
    ----------
    page : playwright.sync_api.Page
        That is open.
    but : tuple of str
        Rules that are left out.
    """
    script = source()
    if script is None:
        return
    page.evaluate(script)
    found = [one for one in page.evaluate(_RUN, list(_RULES)) if one[0] not in but]
    told = "\n".join(f"{rule} ({impact})\n  " + "\n  ".join(nodes[:4]) for rule, impact, nodes in found)
    assert not found, f"{page.url}\n{told}"
