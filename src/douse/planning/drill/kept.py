"""Results on disk, a line a drill, so that a stopped run goes on where it was."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from douse.errors import DataError
from douse.planning.drill.many import Result, Task
from douse.planning.drill.money import Spent
from douse.planning.drill.score import Quantities, Score


def line_of(result: Result) -> str:
    """A result as one line of JSON."""
    days = {name: [round(float(value), 6) for value in values] for name, values in result.daily.items()}
    return json.dumps({"task": asdict(result.task), "score": asdict(result.score), "daily": days}, sort_keys=True)


def read_lines(path: Path) -> list[Result]:
    """Results of a file; none where there is no such file. A last line that was cut off is left out.

    Raises
    ------
    DataError
        When a line before the last is no result.
    """
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    results = []
    for number, line in enumerate(lines):
        if not line:
            continue
        try:
            results.append(_result(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines) - 1:
                break
            raise DataError(
                f"{path.name} row {number + 1} is no drill.", next_step="Name another file, or delete this one."
            ) from error
    return results


def _result(row: dict[str, dict[str, object]]) -> Result:
    score = dict(row["score"])
    quantities = Quantities(**score.pop("quantities"))  # type: ignore[arg-type]
    money = Spent(**score.pop("spent"))  # type: ignore[arg-type]
    return Result(
        Task(**row["task"]),  # type: ignore[arg-type]
        Score(quantities=quantities, spent=money, **score),  # type: ignore[arg-type]
        {name: np.asarray(values, np.float64) for name, values in row["daily"].items()},
    )
