"""A key of a library file is read by the rooms, or the documentation says that it changes no figure."""

import re
from pathlib import Path

import douse
from douse.library import Costs, Pathogen, Protocol
from douse.library import pathogen as pathogen_file
from douse.library import protocol as protocol_file
from douse.library.number import Strict

ROOT = Path(douse.__file__).parent
DOCS = Path(__file__).parents[2] / "docs" / "library.md"
BY_THE_LIBRARY = {"en", "zh", "extends", "aliases", "sources", "citation", "doi", "grade", "edition", "summary"}
BY_NAME = {"asymptomatic", "mild", "moderate"}  # of care: read with getattr, by severity


def parts() -> list[type[Strict]]:
    found = [*vars(pathogen_file).values(), *vars(protocol_file).values(), Costs]
    return [p for p in found if isinstance(p, type) and issubclass(p, Strict) and p.__module__.startswith("douse")]


OF_OTHERS = {"release"}  # also the name of what is no key: a module of the bulletin, a method of a semaphore


def unread() -> set[str]:
    rooms = [path for path in ROOT.rglob("*.py") if "library" not in path.relative_to(ROOT).parts]
    read = set(re.findall(r"\.([a-z]\w*)", "\n".join(path.read_text(encoding="utf-8") for path in rooms)))
    keys = {name for part in parts() for name in part.model_fields}
    read -= OF_OTHERS
    return keys - read - BY_THE_LIBRARY - BY_NAME


def said_to_change_nothing() -> set[str]:
    section = DOCS.read_text(encoding="utf-8").split("### Keys that change no figure")[1].split("\n#")[0]
    keys = re.findall(r"`([\w.]+)`", section)
    return {key.rsplit(".", 1)[-1] for key in keys}


def test_every_key_is_read_or_said_to_change_no_figure():
    assert unread() <= said_to_change_nothing()


def test_no_key_that_is_read_is_said_to_change_nothing():
    assert said_to_change_nothing() <= unread()


def test_the_keys_named_are_keys():
    assert said_to_change_nothing() <= {*Pathogen.model_fields, *Protocol.model_fields} | {
        name for part in parts() for name in part.model_fields
    }
