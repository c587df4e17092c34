"""What ``douse worklist`` says and writes: visits in the order in which to go, and how far the work has come."""

from pathlib import Path

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from douse.outputs.vocabulary import TASKS
from douse.outputs.words import UNKNOWN, Words
from douse.records.finding import write_csv
from douse.situation.situation import Situation
from douse.tracing.tasks import Work

SHOWN = 15  # visits shown in the terminal; all are written with --out


def table(situation: Situation, work: Work, words: Words) -> RenderableType:
    """The day's work by task, the first visits, and what was reckoned with."""
    title = Text(f"{words.say('Worklist')}, {words.day(situation.as_of)}, {situation.pathogen}", style="bold")
    if work.tasks.is_empty():
        return Group(title, Text(words.say("Nobody is on the worklist.")))
    hours, prevented = (float(work.tasks[name].sum()) for name in ("tracer_hours", "infections_prevented"))
    summary = words.say(
        "{n} {n:task|tasks} at {visits} {visits:address|addresses}, {late} of them overdue: {hours} tracer-hours, "
        "which prevent at most {prevented} infections.",
        n=work.tasks.height,
        visits=work.visits.height,
        late=int(work.tasks["overdue"].sum()),
        hours=round(hours, 1),
        prevented=round(prevented, 1),
    )
    parts: list[RenderableType] = [title, Text(summary), _by_task(work, words), _visits(work, words)]
    if work.visits.height > SHOWN:
        n = work.visits.height - SHOWN
        parts.append(Text(words.say("{n} more {n:address is|addresses are} not shown; --out FOLDER writes all.", n=n)))
    if work.stood_in:
        note = words.say(
            "The pathogen's file has no value for {n} of the keys that infections prevented rest on: those of "
            "SARS-CoV-2 stand in, scaled (estimates).",
            n=len(work.stood_in),
        )
        parts.append(Text(note, style="dim"))
    return Group(*parts)


def _by_task(work: Work, words: Words) -> Table:
    """Arisen, done, open, overdue, hours and worth of each task."""
    worth = work.tasks.group_by("task").agg(pl.col("tracer_hours", "infections_prevented").sum())
    counts = work.rates.group_by("task").agg(pl.col("arisen", "done", "open", "overdue").sum())
    rows = {row["task"]: row for row in counts.join(worth, on="task", how="left").iter_rows(named=True)}
    grid = Table(box=None, padding=(0, 2), header_style="bold")
    grid.add_column(words.say("Task"), overflow="fold")
    for head in (
        words.say("Arisen"),
        words.say("Finished"),
        words.say("Open"),
        words.say("Overdue"),
        words.say("Tracer-hours"),
        words.say("Infections prevented"),
    ):
        grid.add_column(head, justify="right")
    for task in TASKS:
        if task in rows:
            row = rows[task]
            grid.add_row(
                words.label(task),
                *(words.number(row[name]) for name in ("arisen", "done", "open", "overdue")),
                words.number(row["tracer_hours"], 1) if row["open"] else UNKNOWN,
                words.number(row["infections_prevented"], 2) if row["open"] else UNKNOWN,
            )
    return grid


def _visits(work: Work, words: Words) -> Table:
    grid = Table(box=None, padding=(0, 2), header_style="bold")
    grid.add_column("#", justify="right")
    grid.add_column(words.say("Zone"), overflow="fold")
    grid.add_column(words.say("Tasks"), overflow="fold")
    grid.add_column(words.say("Deadline"), no_wrap=True)
    grid.add_column(words.say("Prevented an hour"), justify="right")
    tasks = work.tasks.group_by("visit_order", "task").len()
    of_visit = {order: dict(part.select("task", "len").iter_rows()) for (order,), part in tasks.group_by("visit_order")}
    for row in work.visits.head(SHOWN).iter_rows(named=True):
        counts = of_visit[row["visit_order"]]
        said = ", ".join(f"{counts[task]} {words.code(task)}" for task in TASKS if task in counts)
        grid.add_row(
            words.number(row["visit_order"]),
            words.zone(row["zone"]),
            said,
            Text(words.moment(row["deadline"]), style="red" if row["overdue"] else ""),
            words.number(row["prevented_per_hour"], 3),
        )
    return grid


def write(out: Path, work: Work, words: Words) -> None:
    """Write worklist.csv, by_household.csv, by_zone.csv, forms.csv and candidates.csv; pseudonyms only."""
    out.mkdir(parents=True, exist_ok=True)
    said = {key: words.say(key) for key in work.tasks["reason"].drop_nulls().unique()}
    days = pl.col("test_days").list.eval(pl.element().dt.to_string("%Y-%m-%d")).list.join("; ")
    tables = {
        "worklist": work.tasks.with_columns(pl.col("reason").replace(said), test_days=days),
        "by_household": work.visits,
        "by_zone": work.rates,
        "forms": work.forms,
        "candidates": work.candidates,
    }
    for name, frame in tables.items():
        write_csv(frame, out / f"{name}.csv")
