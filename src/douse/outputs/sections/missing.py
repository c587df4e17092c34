"""What is missing, what it would add, and what the door found."""

import polars as pl

from douse.outputs.blocks import Block, Bullets, Cell, Fold, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, number, prose
from douse.outputs.sentences import finding_text
from douse.outputs.words import Words
from douse.records.tables import TABLES
from douse.situation.situation import Missing

_RULES_SHOWN = 30


def missing(briefing: Briefing, words: Words) -> Section:
    """Section: a sentence a missing table or column; findings by rule."""
    blocks: list[Block] = []
    if briefing.situation.missing:
        blocks.append(Text(words.say("The report would say more with these records:")))
        blocks.append(Bullets(tuple(sentence(m, words) for m in briefing.situation.missing)))
    else:
        blocks.append(Text(words.say("Every table was sent.")))
    blocks += _findings(briefing.findings, words)
    return Section("missing", words.say("What is missing, and data quality"), tuple(blocks))


def sentence(lacking: Missing, words: Words) -> str:
    """What a missing table or column would add."""
    if lacking.column is None:
        return words.say(
            "Not sent: {table}. It would add: {what}.",
            table=words.code(lacking.table),
            what=words.say(TABLES[lacking.table].unlocks),
        )
    return words.say(
        "Column {column} of {table} is empty in {n} of {of} rows. It would add: {what}.",
        column=lacking.column,
        table=words.code(lacking.table),
        n=lacking.n,
        of=lacking.of,
        what=_adds(lacking.column, words),
    )


def _adds(column: str, words: Words) -> str:
    adds = {
        "onset": words.say("the curve by onset, the delays, R nearer to the infections"),
        "zone": words.say("levels and counts per area"),
        "reported_at": words.say("the delays in reporting and how complete the last days are"),
        "isolated_at": words.say("the time from onset to isolation, which decides how far a case spreads"),
        "infector": words.say("chains, and which cases have no known source"),
        "severity": words.say("beds needed by severity"),
        "age": words.say("severity by age"),
    }
    return adds.get(column, words.say("detail"))


def _findings(findings: pl.DataFrame, words: Words) -> list[Block]:
    if findings.is_empty():
        return [Text(words.say("Data quality: every row passed the checks."), "good")]
    by_rule = (
        findings.group_by("action", "table", "column", "rule")
        .agg(
            pl.len().alias("n"),
            pl.col("message").sort_by("file", "row").first(),
            pl.col("next_step").sort_by("file", "row").first(),
        )
        .sort(["n", "table", "column", "rule", "action"], descending=[True, False, False, False, False])
    )
    rows: list[list[Cell]] = [
        [
            ".".join(part for part in (r["table"], r["column"]) if part),
            finding_text(r["rule"], r["message"], "message", words) or words.code(r["rule"]),
            words.label(r["action"]),
            words.number(r["n"]),
            finding_text(r["rule"], r["next_step"], "next_step", words),
        ]
        for r in by_rule.head(_RULES_SHOWN).iter_rows(named=True)
    ]
    heads = columns(
        words.say("Where"),
        prose(words.say("Finding")),
        words.say("Done"),
        number(words.say("Rows")),
        prose(words.say("Next step")),
    )
    grid = Grid(words.say("Findings by rule; every row is in findings.csv"), heads, rows)
    total = words.say(
        "Data quality: {n} {n:finding|findings} under {rules} {rules:rule|rules}.",
        n=findings.height,
        rules=by_rule.height,
    )
    return [Text(total), Fold(words.say("Findings by rule"), (grid,))]
