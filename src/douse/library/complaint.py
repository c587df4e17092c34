"""What pydantic says of a bad file, as an error that a person reads."""

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from douse.errors import LibraryError

_FORMS = {
    "float": "a number",
    "finite_number": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "string_type": "text in quotes",
    "date": "a date, year-month-day, without quotes",
    "tuple": "a list in [ ]",
    "dict": "a table",
    "model": "a table",
}
_SAID = {
    "extra_forbidden": "there is no such key here",
    "missing": "the key is missing",
    "literal_error": "this is not one of the allowed words",
}


def complaint(kind: type[BaseModel], file: str, bad: ValidationError) -> LibraryError:
    """The first problem of a file: file, key, what is wrong, what was allowed. Unknown keys come first."""
    problems = sorted(
        bad.errors(include_url=False, include_input=False), key=lambda problem: problem["type"] != "extra_forbidden"
    )
    places = [_place(problem) for problem in problems]
    # A key that may be of several kinds has one problem for each of them.
    same = [problem for problem, place in zip(problems, places, strict=True) if place == places[0]]
    allowed = dict.fromkeys(_allowed(kind, problem, places[0]) for problem in same)
    others = len({_written(place) for place in places}) - 1
    more = f" ({others} more in the file)" if others else ""
    return LibraryError(
        f"{file}, key {_written(places[0]) or '(whole file)'}: {_said(problems[0])}{more}.",
        allowed=" or ".join(filter(None, allowed)),
        next_step="Mend it, then run `douse library show` with the file; docs/library.md lists the keys.",
    )


def _place(problem: ErrorDetails) -> list[str | int]:
    """Keys down to the problem, without pydantic's own words for the branch of a union."""
    return [
        step
        for step in problem["loc"]
        if isinstance(step, int) or not (step in ("Number", "[key]") or step.startswith(("literal[", "function-")))
    ]


def _said(problem: ErrorDetails) -> str:
    if _form(problem):
        return "this is of the wrong type"
    return _SAID.get(problem["type"]) or problem["msg"][:1].lower() + problem["msg"][1:]


def _form(problem: ErrorDetails) -> str:
    return next((form for start, form in _FORMS.items() if problem["type"].startswith(start)), "")


def _allowed(kind: type[BaseModel], problem: ErrorDetails, place: Sequence[str | int]) -> str:
    if problem["type"] in ("extra_forbidden", "missing"):
        return f"the keys {', '.join(_keys(kind, place[:-1]))}"
    context = problem.get("ctx", {})
    if "expected" in context:
        return str(context["expected"])
    return "small letters, digits and -" if "pattern" in context else _form(problem)


def _keys(kind: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """Keys of the part at a place; of the whole file for an empty place."""
    part: Any = kind
    for step in place:
        inner = _model_in(part)
        if inner is not None and step in inner.model_fields:
            part = inner.model_fields[str(step)].annotation
    inner = _model_in(part)
    return list(inner.model_fields) if inner is not None else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside Annotated, a union, a tuple or a dict."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Annotated, Union, UnionType, tuple, dict):
        return next((found for inner in get_args(annotation) if (found := _model_in(inner)) is not None), None)
    return None


def _written(place: Sequence[str | int]) -> str:
    """A path as people write it: ``level[2].lift.to``; the first of a list is 1."""
    written = ""
    for step in place:
        written += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if written else step
    return written
