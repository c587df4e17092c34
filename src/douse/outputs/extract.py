"""Collect the sentences of the source for translation: a method of Babel, named in `babel.cfg`.

Every room writes a sentence as one literal string where it is said. Collected are

- what is given to `say`, `Because`, `Sentence` and `Stage`;
- in the rooms that speak by values (situation, signals, tracing, planning): every other literal that reads like a
  sentence;
- the words of row rules (their docstrings) and what a table unlocks;
- what the columns hold of the tables that the console has forms of;
- the codes of `vocabulary.py`;
- what errors say in the console, and in the rooms whose errors its pages show.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from douse.outputs.vocabulary import CODES

Message = tuple[int, str | None, str, list[str]]
SPEAKERS = ("_", "say", "Because", "Sentence", "Stage")
# What the console shows of an error that a person can mend.
_RAISED = ("Refused", "NotNow", "TooOften", "UsageError", "DataError", "DouseError")
_RAISING_ROOMS = (
    "douse/console/", "outputs/returns/", "outputs/partners/", "outputs/ihr/", "douse/partnering.py",
    "douse/assessing.py", "ledger/shared.py",
)  # fmt: skip
_WITH_FORMS = frozenset({"Cases", "Contacts", "FollowUps", "Tests", "Stays", "Visits", "Arrivals", "People"})
_SPEAKING_ROOMS = ("situation", "signals", "tracing", "planning", "sentences.py")


def sentences(file: IO[bytes], keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """Messages of one Python file, in Babel's form: line, function, message, comments."""
    del keywords, comment_tags, options  # what is collected is fixed here
    tree = ast.parse(file.read())
    where = Path(getattr(file, "name", ""))
    found = [*_said(tree), *_rules_and_unlocks(tree)]
    if any(room in where.parts for room in _SPEAKING_ROOMS):
        found += _spoken(tree)
    if any(room in where.as_posix() for room in _RAISING_ROOMS):
        found += _raised(tree)
    if where.name == "tables.py":
        found += _descriptions(tree)
    if where.name == "vocabulary.py":
        found += [(1, code) for code in sorted(CODES)]
    for line, text in sorted(dict.fromkeys(found)):
        yield line, None, text, []


def _said(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Literals among the arguments of the functions that say something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in SPEAKERS:
            given = node.args if _name(node.func) == "Sentence" else node.args[:1]
            for argument in given:
                yield from _literals(argument)


def _raised(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Literals of the errors that are made: what is wrong, what was allowed, what to do next."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _RAISED:
            given = [*node.args[:1], *(word.value for word in node.keywords if word.arg in {"allowed", "next_step"})]
            for argument in given:
                yield from _literals(argument)


def _rules_and_unlocks(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(_name(_called(d)) == "rule" for d in node.decorator_list):
            yield node.lineno, ast.get_docstring(node) or ""
        elif isinstance(node, ast.Assign) and any(_name(target) == "unlocks" for target in node.targets):
            yield from _literals(node.value)


def _descriptions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What columns hold, of the tables that the console has forms of: hints at their fields."""
    for table in ast.walk(tree):
        if not (isinstance(table, ast.ClassDef) and table.name in _WITH_FORMS):
            continue
        for node in table.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                at = 1 if _name(node.value.func) == "code" else 0  # codes come before what they say
                yield from (found for argument in node.value.args[at : at + 1] for found in _literal(argument))


def _spoken(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Literals that read like a sentence, but docstrings and what is raised."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            silent |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
    for node in ast.walk(tree):
        if id(node) not in silent:
            yield from ((line, text) for line, text in _literal(node) if _reads_like_a_sentence(text))


def _reads_like_a_sentence(text: str) -> bool:
    return " " in text and text[-1] in ".:?" and (text[0].isupper() or text[0] == "{")


def _literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The literal, or those that a condition chooses from."""
    for inner in (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,):
        yield from _literal(inner)


def _literal(node: ast.AST) -> Iterable[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return [(node.lineno, node.value)]
    return []


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _name(node: Any) -> str:
    return getattr(node, "id", "") or getattr(node, "attr", "")
