"""How to make the same report again."""

from douse.outputs.blocks import Cell, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, number
from douse.outputs.words import Words

_HASH_SHOWN = 16


def reproduce(briefing: Briefing, words: Words) -> Section:
    """Section: the command, library editions, versions and hashes of the records."""
    manifest = briefing.manifest
    command = (
        f"douse plan DATA --as-of {manifest.as_of.isoformat()} --protocol {manifest.protocol.id} "
        f"--pathogen {manifest.pathogen.id} --costs {manifest.costs.id} --scenarios {manifest.scenarios}"
        f"{_choice(briefing)} --out DIR"
    )
    library: list[list[Cell]] = [
        [label, value.id, value.edition, value.sha256[:_HASH_SHOWN]]
        for label, value in (
            (words.say("Protocol"), manifest.protocol),
            (words.say("Pathogen"), manifest.pathogen),
            (words.say("Unit costs"), manifest.costs),
            (words.say("Plan"), manifest.strategy),
        )
        if value is not None
    ]
    tables: list[list[Cell]] = [
        [words.label(name), words.number(table.rows), table.sha256[:_HASH_SHOWN]]
        for name, table in manifest.records.items()
    ]
    versions = ", ".join(f"{name} {number}" for name, number in manifest.versions.items())
    return Section(
        "reproduce",
        words.say("How to reproduce this report"),
        (
            Text(
                words.say(
                    "The same records and the same command give the same report, byte for byte: {command}",
                    command=command,
                )
            ),
            Grid(
                words.say("Library files used"),
                columns(words.say("Kind"), words.say("Name"), words.say("Edition"), "SHA-256"),
                library,
                stack=False,
            ),
            Grid(
                words.say("Records known as of the day"),
                columns(words.say("Table"), number(words.say("Rows")), "SHA-256"),
                tables,
                stack=False,
            ),
            Text(
                words.say(
                    "Versions: {versions}. Seed: {seed}. Full hashes: manifest.json.",
                    versions=versions,
                    seed=manifest.seed,
                ),
                "note",
            ),
        ),
    )


def _choice(briefing: Briefing) -> str:
    """What the command says of the choice; nothing where there was none."""
    manifest = briefing.manifest
    if not manifest.scenarios:
        return ""
    floor = ",".join(f"{name}={value:g}" for name, value in manifest.floor.items())
    return f" --seed {manifest.seed} --floor {floor} --plans {' '.join(manifest.tried)}"
