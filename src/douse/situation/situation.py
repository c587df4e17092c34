"""`Situation`: what is known as of a day. Values only; each part is made in the file of its name."""

from dataclasses import dataclass
from datetime import date

import polars as pl


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95% interval; all three None where it cannot be estimated, with the reason."""

    estimate: float | None
    lower: float | None = None
    upper: float | None = None
    why_not: str = ""


@dataclass(frozen=True)
class DelaySummary:
    """One of the delays, in days: median, 5% and 95% quantile, share within the protocol's deadline."""

    name: str  # onset_to_test, test_to_confirmation, confirmation_to_report, report_to_isolation, onset_to_isolation
    n: int
    median: float | None
    low: float | None
    high: float | None
    deadline_hours: float | None
    share_in_time: float | None
    left_out: int = 0  # negative in the records, so not in the figures


@dataclass(frozen=True)
class ReportingDelay:
    """Days after which nearly all cases of a day are known: the latest `days` days of the curve may still grow."""

    basis: str  # onset | confirmed | reported
    days: int
    n: int  # cases that it was read from; 0 where it was assumed
    note: str


@dataclass(frozen=True)
class Milestone:
    """One clock of 7-1-7: days taken and whether within the target."""

    name: str  # detect, notify, respond
    days: float | None
    target_days: float
    met: bool | None
    note: str = ""


@dataclass(frozen=True)
class CommunityZero:
    """Whether the new cases were already in quarantine when found.

    `days` counts back from the as-of day over consecutive days on which every new case was (days without a case
    count too).
    """

    new_cases: int  # first told in the last 7 days
    already_in_quarantine: int
    share: float | None  # None also where nothing on record tells who was in quarantine
    days: int
    target_days: int
    reached: bool


@dataclass(frozen=True)
class ContactFigures:
    """Contacts of counted cases."""

    cases_with_contacts: int
    per_case_median: float | None
    per_case_low: float | None  # quartiles
    per_case_high: float | None
    total: int  # a person exposed to two cases counts for each
    reached_48h_share: float | None
    reached_known: int  # contacts with both times
    under_quarantine: int


@dataclass(frozen=True)
class Missing:
    """A table or a column that nobody sent, and what it would add. `n` of `of` rows lack it (columns)."""

    table: str
    column: str | None = None
    n: int = 0
    of: int = 0


@dataclass(frozen=True)
class Situation:
    """What is known as of a day.

    Frames (all sorted, deterministic):

    ``curve``      date, basis (onset | confirmed | reported), origin (imported | local | unknown), cases, incomplete
                   (bool: the day may still gain cases by reporting delay)
    ``by_zone``    zone, name, kind, parent_zone, cases (all, subtree), new_cases (7 d), community_cases_14d, active,
                   deaths, rate_100k (14 d, null without population), last_community_case (date), days_since (int),
                   lift_in_days (int: days until the protocol's lift rule of the zone's level in force can hold; null
                   where none in force)
    ``by_age``     age_group, cases, deaths, severe
    ``by_origin``  origin (imported | linked | unlinked), cases, share
    ``severity``   severity, active, ever       (active = counted cases without outcome and not past release)
    ``reproduction``  date (end of window), mean, lower, upper
    ``cases``      the counted cases: columns of the table plus person (pseudonym), day (onset, else first other date),
                   told_on (date first recorded), link (imported | linked | unlinked), in_quarantine (bool when found),
                   found_away (bool: in a quarantine site or entry quarantine when found), active (bool)
    """

    as_of: date
    pathogen: str
    protocol: str
    total: int
    suspected: int
    new_today: int  # first told on the as-of day
    new_week: int
    active: int
    deaths: int
    curve: pl.DataFrame
    by_zone: pl.DataFrame
    by_age: pl.DataFrame
    by_origin: pl.DataFrame
    severity: pl.DataFrame
    reproduction: pl.DataFrame
    cases: pl.DataFrame
    r_now: Interval
    doubling_days: Interval  # negative: halving
    growth_per_day: Interval
    delays: tuple[DelaySummary, ...]
    milestones: tuple[Milestone, ...]
    community_zero: CommunityZero
    contacts: ContactFigures
    missing: tuple[Missing, ...]
    trend_basis: str = "reported"  # onset | reported: the dates that R and growth are read from
    reporting: tuple[ReportingDelay, ...] = ()  # by basis: why days of the curve are marked incomplete
