"""Parameters in the form of epiparameterDB (JSON) to a pathogen file that stands on one of the library."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from douse.errors import DataError, UsageError
from douse.library import Pathogen, pathogen_named
from douse.library.load import plain_word
from douse.records.measure import Because

_DELAYS = {
    "incubation period": "incubation",
    "serial interval": "serial_interval",
    "generation time": "generation_time",
    "onset to hospitalisation": "onset_to_admission",
    "onset to death": "onset_to_death",
}
_FAMILIES = {"lnorm": "lognormal", "gamma": "gamma", "weibull": "weibull"}
_OFFSPRING = "offspring distribution"


@dataclass(frozen=True)
class Weighed:
    """What became of one entry: `why` says why it was not used; None where it was."""

    number: int
    parameter: str
    citation: str
    sample: int
    why: Because | None


@dataclass(frozen=True)
class _Usable:
    number: int
    key: str
    sample: int
    values: Mapping[str, float]
    family: str
    limits: Sequence[float]
    source: str
    citation: Mapping[str, Any]


def is_epiparameter(value: Any) -> bool:
    """Whether JSON is a list of parameters of pathogens."""
    return isinstance(value, list) and any(
        isinstance(one, dict) and {"epi_name", "disease"} <= set(one) for one in value
    )


def pathogen_from(value: Any, disease: str, base: Pathogen, name: str) -> tuple[str, list[Weighed]]:
    """A pathogen file with what the entries on a disease say, and all else from a pathogen of the library.

    Of several entries on one parameter that of the most people is taken.

    Parameters
    ----------
    value : Any
        The JSON.
    disease : str
        Name of the disease or the pathogen, as in the file or as the library knows it.
    base : Pathogen
        The pathogen that the file extends.
    name : str
        Id of the new one.

    Returns
    -------
    tuple[str, list[Weighed]]
        The text of the file, and what became of each entry on the disease.

    Raises
    ------
    DataError
        When the JSON holds no parameters.
    UsageError
        When none is on the disease, or none of them can be used.
    """
    if not is_epiparameter(value):
        raise DataError("The file holds no parameters.", allowed="JSON as in epiparameterDB", next_step="Check it.")
    given = [(number, one) for number, one in enumerate(value, start=1) if isinstance(one, dict)]
    mine = [(number, one) for number, one in given if _is_on(one, disease)]
    if not mine:
        known = sorted({str(one.get("disease")) for _, one in given})
        raise UsageError(
            "No entry is on that disease.", allowed=", ".join(known[:60]), next_step="Name one with --disease."
        )
    read = [_read(number, one) for number, one in mine]
    usable = [one for one in read if isinstance(one, _Usable)]
    if not usable:
        raise UsageError(
            "No entry on that disease can be used.",
            allowed="incubation, serial interval, generation time, onset to admission or death, offspring distribution",
            next_step="Write the numbers into a pathogen file of your own.",
        )
    chosen: dict[str, _Usable] = {}
    for one in sorted(usable, key=lambda one: (-one.sample, one.number)):
        chosen.setdefault(one.key, one)
    weighed = [
        _weighed(one, None if chosen[one.key] is one else Because("fewer people than another entry on it"))
        if isinstance(one, _Usable)
        else one
        for one in read
    ]
    return "\n".join(_lines(list(chosen.values()), base, name)) + "\n", weighed


def _is_on(entry: Mapping[str, Any], disease: str) -> bool:
    pathogen = entry.get("pathogen")
    words = [entry.get("disease"), *(pathogen.values() if isinstance(pathogen, dict) else [pathogen])]
    wanted, ours = plain_word(disease), pathogen_named(disease)
    return any(
        plain_word(word) == wanted or (ours and pathogen_named(word) == ours) for word in words if isinstance(word, str)
    )


def _read(number: int, entry: Mapping[str, Any]) -> _Usable | Weighed:  # noqa: PLR0911  (one way out a reason)
    parameter = str(entry.get("epi_name"))
    spread = _dict(entry.get("probability_distribution"))
    family = str(spread.get("prob_distribution"))
    stats, about = _dict(entry.get("summary_statistics")), _dict(entry.get("metadata"))
    citation = _dict(entry.get("citation"))
    sample = about.get("sample_size")
    people = int(sample) if isinstance(sample, int | float) and not isinstance(sample, bool) else 0
    source = _source(citation)

    def unusable(why: Because) -> Weighed:
        return Weighed(number, parameter, source, people, why)

    if parameter == _OFFSPRING:
        parameters = _numbers(spread.get("parameters"))
        if (
            family != "nbinom"
            or not {"mean", "dispersion"} <= set(parameters)
            or min(parameters["mean"], parameters["dispersion"]) <= 0
        ):
            return unusable(Because("no negative binomial with mean and dispersion"))
        return _Usable(number, _OFFSPRING, people, parameters, family, (), source, citation)
    if parameter not in _DELAYS:
        return unusable(Because("no place for this parameter in a pathogen file"))
    if family not in _FAMILIES:
        return unusable(Because("no lognormal, gamma or Weibull distribution"))
    if about.get("units") not in ("days", None):
        return unusable(Because("not in days"))
    if spread.get("offset"):
        return unusable(Because("a shifted distribution"))
    moments = _moments(family, _numbers(spread.get("parameters")), _numbers(stats))
    if moments is None:
        return unusable(Because("neither parameters nor mean and standard deviation"))
    limits = stats.get("mean_ci_limits")
    ends = [float(end) for end in limits] if isinstance(limits, list) and all(_is_number(end) for end in limits) else []
    within = len(ends) == 2 and 0 < ends[0] <= moments[0] <= ends[1]
    values = {"mean": moments[0], "sd": moments[1]}
    return _Usable(number, _DELAYS[parameter], people, values, family, ends if within else (), source, citation)


def _moments(family: str, parameters: Mapping[str, float], stats: Mapping[str, float]) -> tuple[float, float] | None:
    """Mean and standard deviation: of the distribution's parameters, else as stated, else of median and dispersion."""
    try:
        found = _of_parameters(family, parameters) or _as_stated(family, stats)
    except (OverflowError, ValueError, ZeroDivisionError):
        return None
    good = found is not None and all(math.isfinite(part) and 0 < part < 10_000 for part in found)
    return found if good else None


def _of_parameters(family: str, given: Mapping[str, float]) -> tuple[float, float] | None:
    if family == "lnorm" and {"meanlog", "sdlog"} <= set(given):
        mean = math.exp(given["meanlog"] + given["sdlog"] ** 2 / 2)
        return mean, mean * math.sqrt(math.expm1(given["sdlog"] ** 2))
    if {"shape", "scale"} <= set(given):
        shape, scale = given["shape"], given["scale"]
        if family == "gamma":
            return shape * scale, math.sqrt(shape) * scale
        mean = scale * math.gamma(1 + 1 / shape)
        return mean, math.sqrt(scale**2 * math.gamma(1 + 2 / shape) - mean**2)
    return None


def _as_stated(family: str, given: Mapping[str, float]) -> tuple[float, float] | None:
    if {"mean", "sd"} <= set(given):
        return given["mean"], given["sd"]
    if family == "lnorm" and {"median", "dispersion"} <= set(given):
        return _of_parameters(family, {"meanlog": math.log(given["median"]), "sdlog": math.log(given["dispersion"])})
    return None


def _lines(chosen: Sequence[_Usable], base: Pathogen, name: str) -> Iterator[str]:
    years = [int(one.citation["year"]) for one in chosen if _is_number(one.citation.get("year"))]
    latest = date(max([year for year in years if 1900 <= year <= 2200], default=base.valid_from.year), 1, 1)
    yield f"# Delays from epiparameterDB, each with its study; all other numbers are those of {base.id}."
    yield f"id = {_text(name)}"
    yield f"extends = {_text(base.id)}"
    yield f"name = {{en = {_text(base.name.en)}, zh = {_text(base.name.zh)}}}"
    yield f"edition = {_text(f'epiparameterDB on {base.id}')}"
    yield f"valid_from = {latest.isoformat()}"
    yield f"summary = {{en = {_text(base.summary.en)}, zh = {_text(base.summary.zh)}}}"
    for one in chosen:
        if one.key == _OFFSPRING:
            yield f"reproduction_number = {_number(one, 'mean', 'people')}"
            yield f"offspring_dispersion = {_number(one, 'dispersion', 'people')}"
    for one in chosen:
        if one.key != _OFFSPRING:
            yield f"\n[{one.key}]"
            yield f"family = {_text(_FAMILIES[one.family])}"
            yield f"mean = {_number(one, 'mean', 'days')}"
            yield f"sd = {_number(one, 'sd', 'days')}"
    for one in chosen:
        yield f"\n[sources.{_text(_label(one))}]"
        yield f"citation = {_text(one.source)}"
        yield f"doi = {_text(str(one.citation.get('doi') or ''))}"


def _number(one: _Usable, name: str, unit: str) -> str:
    limits = (
        f", low = {float(one.limits[0])!r}, high = {float(one.limits[1])!r}" if name == "mean" and one.limits else ""
    )
    note = f"as in epiparameterDB, entry {one.number}" + (f", {one.sample} people" if one.sample else "")
    value = float(f"{one.values[name]:.4g}")
    if limits:
        value = min(max(value, float(one.limits[0])), float(one.limits[1]))
    grade = "A" if one.citation.get("doi") else "C"
    return (
        f"{{value = {value!r}, unit = {_text(unit)}, source = {_text(_label(one))}, grade = {_text(grade)}{limits}, "
        f"note = {_text(note)}}}"
    )


def _label(one: _Usable) -> str:
    return f"epiparameter-{one.number}"


def _source(citation: Mapping[str, Any]) -> str:
    authors = citation.get("author")
    first = (
        next((str(a.get("family")) for a in authors if isinstance(a, dict)), "") if isinstance(authors, list) else ""
    )
    parts = (first, citation.get("year"), citation.get("title"), citation.get("journal"))
    said = ". ".join(str(part) for part in parts if part)
    return re.sub(r"\s+", " ", said)[:500] or "epiparameterDB, no citation"


def _weighed(one: _Usable, why: Because | None) -> Weighed:
    return Weighed(one.number, one.key, one.source, one.sample, why)


def _text(value: str) -> str:
    """A basic string of TOML, which escapes as JSON does (and DEL besides)."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _numbers(value: Any) -> dict[str, float]:
    return {name: float(number) for name, number in _dict(value).items() if _is_number(number)}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
