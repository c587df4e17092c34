"""The worklist: whom to reach today, why and by when."""

from datetime import timedelta

import polars as pl

from douse.library.protocol import Clock
from douse.records import Records
from douse.situation.quarantine import STAYS_IN

COLUMNS: dict[str, pl.DataType] = {
    "person": pl.String(),
    "task": pl.String(),
    "case_id": pl.String(),
    "ring": pl.Int64(),
    "contact_class": pl.String(),
    "zone": pl.String(),
    "household": pl.String(),
    "reason": pl.String(),
    "deadline": pl.Datetime("us"),
    "overdue": pl.Boolean(),
    "quarantine_end": pl.Date(),
    "quarantine_days_left": pl.Int64(),
    "place": pl.String(),
    "next_test": pl.Date(),
    "test_days": pl.List(pl.Date()),
    "priority": pl.Int64(),
}


def worklist(
    known: Records, cases: pl.DataFrame, contacts: pl.DataFrame, clock: Clock, *, horizon: int
) -> pl.DataFrame:
    """Tasks of the day, most urgent first; at most one row a person and task.

    Interview a case of whom no contacts are on record. Reach each contact who was not reached.
    Begin the quarantine of those who were reached and have not begun. Test those whose test day is today, or passed.
    Release those whose quarantine is over. Contacts of whom the protocol asks nothing make no work.

    Parameters
    ----------
    known : Records
        As-of view.
    cases : polars.DataFrame
        Counted cases with the end of their infectious windows (infectious_to), one row a case_id.
    contacts : polars.DataFrame
        As of `described` and `with_next_test`.
    clock : Clock
        The protocol's deadlines.
    horizon : int
        Days after which an exposure makes no more work; a case of that age is not interviewed either.

    Returns
    -------
    polars.DataFrame
        See `Trace.worklist`. Priority 1 to 5: cases and close contacts first, then whoever waits for release, then
        tests and contacts of contacts, then general contacts; one step sooner once the deadline is past.
    """
    dated = contacts.with_columns(today=pl.lit(known.day))
    tasks = pl.concat(
        [
            _interviews(known, cases, clock, horizon),
            _reach(dated, clock),
            _quarantine(dated, clock),
            _tests(dated),
            _releases(dated),
        ]
    )
    overdue = (pl.col("deadline") < pl.lit(known.known_at)).fill_null(value=False)
    return (
        tasks.with_columns(overdue=overdue)
        .with_columns(priority=_usual_priority() - pl.col("overdue").cast(pl.Int64))
        .sort("priority", "deadline", "person", "task", nulls_last=True)
        .select(*COLUMNS)
    )


def _interviews(known: Records, cases: pl.DataFrame, clock: Clock, horizon: int) -> pl.DataFrame:
    asked = known.table("contacts").select("case_id").unique()
    silent = (
        cases.filter(
            pl.coalesce("infectious_to", "told_on") >= known.day - timedelta(days=horizon),
            pl.col("contacts_found").is_null(),
        )
        .join(asked, on="case_id", how="anti")
        .unique("person", keep="first", maintain_order=True)
    )
    return _tasks(
        silent.with_columns(
            task=pl.lit("interview"),
            reason=pl.lit("No contacts of this case are on record: ask whom they met, and where they were."),
            deadline=pl.col("first_recorded_at") + _hours(clock.core_information.value),
        )
    )


def _reach(contacts: pl.DataFrame, clock: Clock) -> pl.DataFrame:
    unreached = contacts.filter(_is_asked(), ~pl.col("reached"))
    return _tasks(
        unreached.with_columns(
            task=pl.lit("reach"),
            reason=_why_reached(),
            deadline=pl.col("named_at") + _hours(clock.contact_reached.value),
        )
    )


def _why_reached() -> pl.Expr:
    """The reason to reach a contact, by class and basis."""
    basis, close = pl.col("basis"), pl.col("contact_class") == "close"
    return (
        pl.when(pl.col("contact_class") == "secondary")
        .then(pl.lit("Was with a close contact of a case, and has not been reached."))
        .when(basis == "household")
        .then(pl.lit("Lives with a case, and has not been reached."))
        .when((basis == "shared_place") & close)
        .then(pl.lit("Was near a case at a place for long enough to count, and has not been reached."))
        .when(basis.is_in(["shared_place", "named_place"]))
        .then(pl.lit("Was at a place on a day when a case was there, and has not been reached."))
        .when(basis == "group")
        .then(pl.lit("Is in the same class or team as a case, and has not been reached."))
        .when(basis == "ward")
        .then(pl.lit("Was on the same ward as a case, and has not been reached."))
        .when((basis == "journey") & close)
        .then(pl.lit("Sat near a case on a journey, and has not been reached."))
        .when(basis == "journey")
        .then(pl.lit("Travelled in the same vehicle or carriage as a case, and has not been reached."))
        .when(basis == "guest_list")
        .then(pl.lit("Was a guest at the same event as a case, and has not been reached."))
        .when(close)
        .then(pl.lit("Was named as a close contact of a case, and has not been reached."))
        .otherwise(pl.lit("Was named as a contact of a case, and has not been reached."))
    )


def _quarantine(contacts: pl.DataFrame, clock: Clock) -> pl.DataFrame:
    released = (pl.col("released_on") > pl.col("last_exposure")).fill_null(value=False)
    free = contacts.filter(
        _is_asked(), "reached", pl.col("place").is_in(STAYS_IN), pl.col("quarantined_on").is_null(), ~released
    )
    hours = (
        pl.when(pl.col("contact_class") == "secondary")
        .then(_hours(clock.secondary_transfer.value))
        .otherwise(_hours(clock.contact_transfer.value))
    )
    return _tasks(
        free.with_columns(
            task=pl.lit("quarantine"),
            reason=pl.lit("Was reached, and the quarantine has not begun."),
            deadline=pl.col("named_at") + hours,
        )
    )


def _tests(contacts: pl.DataFrame) -> pl.DataFrame:
    due = contacts.filter(~pl.col("cancelled"), "reached", pl.col("next_test") == pl.col("today"))
    reason = (
        pl.when("test_missed")
        .then(pl.lit("A test day has passed without a sample: take it today."))
        .otherwise(pl.lit("A test is due today."))
    )
    return _tasks(due.with_columns(task=pl.lit("test"), reason=reason, deadline=_end_of("next_test")))


def _releases(contacts: pl.DataFrame) -> pl.DataFrame:
    ends = contacts.with_columns(last_day=pl.coalesce("quarantine_end", "follow_up_end"))
    over = ends.filter(pl.col("quarantined_on").is_not_null(), pl.col("last_day") <= pl.col("today"))
    return _tasks(
        over.with_columns(
            task=pl.lit("release"),
            reason=pl.lit("The quarantine ends today or has ended: release this person."),
            deadline=_end_of("last_day"),
        )
    )


def _tasks(frame: pl.DataFrame) -> pl.DataFrame:
    kept = {name: kind for name, kind in COLUMNS.items() if name not in ("overdue", "priority")}
    missing = {name: pl.lit(None) for name in kept if name not in frame.columns}
    return frame.with_columns(**missing).select(pl.col(name).cast(kind) for name, kind in kept.items())


def _is_asked() -> pl.Expr:
    """Something is asked of the contact today, and nobody has called the follow-up off."""
    return ~pl.col("cancelled") & (pl.col("follow_up_end") >= pl.col("today")).fill_null(value=False)


def _usual_priority() -> pl.Expr:
    close = (pl.col("contact_class") == "close").fill_null(value=False)
    general = (pl.col("contact_class") == "general").fill_null(value=False)
    return (
        pl.when(pl.col("task") == "interview")
        .then(2)
        .when(pl.col("task") == "release")
        .then(3)
        .when(general)
        .then(5)
        .when(close & (pl.col("task") != "test"))
        .then(2)
        .otherwise(4)
    ).cast(pl.Int64)


def _hours(hours: float) -> pl.Expr:
    return pl.duration(minutes=round(hours * 60))


def _end_of(day: str) -> pl.Expr:
    return pl.col(day).cast(pl.Datetime("us")).dt.offset_by("1d")
