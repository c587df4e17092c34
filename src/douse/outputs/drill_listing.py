"""What ``douse drill`` says in the terminal, and writes."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.outputs.drill_page import drill_page
from douse.outputs.drill_words import SHOWN, figure, label, legend, spread
from douse.outputs.json_text import dumped, plain
from douse.outputs.report import render
from douse.outputs.words import Words
from douse.planning.drill.board import against, daily, policies_of, scoreboard
from douse.planning.drill.many import Result
from douse.planning.drill.setting import Setting
from douse.records.finding import write_csv


def table(results: Sequence[Result], setting: Setting, words: Words) -> RenderableType:
    """The scoreboard: a column a policy."""
    board, names = scoreboard(results), policies_of(results)
    drills = len({result.task.number for result in results})
    title = words.say("{n} {n:drill|drills} of {days} days", n=drills, days=results[0].task.days)
    grid = Table(box=None, padding=(0, 2), header_style="bold")
    grid.add_column("")
    for name in names:
        grid.add_column(name, justify="right")
    for what in SHOWN:
        rows = [board.filter(policy=name, what=what).row(0, named=True) for name in names]
        cells = [
            Text.assemble(figure(row, setting.costs.currency, words), "\n", (spread(row, words), "dim")) for row in rows
        ]
        grid.add_row(label(what, words), *cells)
    return Group(Text(title, style="bold"), grid, Text(legend(results[0].task.days, setting.horizon_days, words)))


def write(out: Path, results: Sequence[Result], baseline: str, setting: Setting, words: Words) -> Path:
    """Write drill.html, drill.json and the tables behind them; give the path of the page."""
    out.mkdir(parents=True, exist_ok=True)
    board, differences = scoreboard(results), against(results, baseline)
    write_csv(board, out / "scoreboard.csv")
    write_csv(differences, out / "differences.csv")
    write_csv(daily(results), out / "days.csv")
    told = {
        "pathogen": setting.pathogen.id,
        "protocol": setting.protocol.id,
        "protocol_edition": setting.protocol.edition,
        "people": len(setting.city),
        "immune": float(setting.immunity.cover[0].max()),
        "horizon_days": setting.horizon_days,
        "currency": setting.costs.currency,
        "compared_with": baseline,
        "scoreboard": board.to_dicts(),
        "differences": differences.to_dicts(),
        "drills": [{**asdict(result.task), **plain(asdict(result.score))} for result in results],
    }
    (out / "drill.json").write_text(dumped(told), encoding="utf-8")
    page = out / "drill.html"
    page.write_text(render(drill_page(results, baseline, setting, words), words), encoding="utf-8")
    return page
