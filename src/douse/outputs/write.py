"""Write all that a day's briefing gives: report, plan, tables, what may be published, manifest."""

from collections.abc import Mapping
from pathlib import Path

from douse.outputs.briefing import Briefing
from douse.outputs.exports import write_tables
from douse.outputs.manifest import manifest_json
from douse.outputs.plan_json import plan_json
from douse.outputs.public import write_public
from douse.outputs.report import report


def write_all(out: Path, briefing: Briefing, language: str, *, inputs: Mapping[str, str] | None = None) -> list[Path]:
    """Write report.html, plan.json, tables/, public.json, public-zones.csv and manifest.json.

    All but manifest.json are the same, byte for byte, if rows recorded after the as-of day are taken from the input.

    Parameters
    ----------
    out : Path
        Folder; made if it is not there.
    briefing : Briefing
        What to write.
    language : str
        ``en`` or ``zh``.
    inputs : Mapping[str, str], optional
        Input file -> SHA-256 (see `hash_files`); goes to manifest.json only.

    Returns
    -------
    list[Path]
        What was written, the report first.
    """
    out.mkdir(parents=True, exist_ok=True)
    words = briefing.words(language)
    texts = {
        "report.html": report(briefing, language),
        "plan.json": plan_json(briefing, words),
        "manifest.json": manifest_json(briefing.manifest, inputs or {}),
    }
    paths = []
    for name, text in texts.items():
        paths.append(out / name)
        paths[-1].write_text(text, encoding="utf-8", newline="\n")
    return [*paths, *write_tables(out / "tables", briefing, words), *write_public(out, briefing, words)]
