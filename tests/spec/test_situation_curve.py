"""The epidemic curve: bases, origins, days that may still grow; the series for R and growth."""

from datetime import date

from conftest import records as made
from douse.library.load import load
from douse.library.pathogen import Pathogen
from douse.library.protocol import Protocol
from douse.situation.cases import counted_cases
from douse.situation.incidence import by_age, by_origin, curve, daily_counts, trend_basis
from douse.situation.reporting_delay import reporting_delays
from douse.situation.severity import by_severity

title = "The epidemic curve"

PATHOGEN = load(Pathogen, "sars-cov-2-wild")
PROTOCOL = load(Protocol, "who-generic")


def counted(records, day):
    return counted_cases(records.as_of(day), PATHOGEN, PROTOCOL)


def drawn(records, day):
    cases = counted(records, day)
    return curve(cases, day, reporting_delays(cases, PATHOGEN, PROTOCOL))


FEW = """
  case_id | onset      | confirmed_at | origin   | infector | recorded_at
  --------+------------+--------------+----------+----------+------------
  a       | 2020-03-01 | 2020-03-03   | imported |          | 2020-03-04
  b       | 2020-03-02 |              |          | a        | 2020-03-04
  c       |            | 2020-03-03   |          |          | 2020-03-03
"""


def test_every_day_is_there_by_basis_and_origin(spec):
    spec(
        cases=FEW,
        expr=lambda r: [row[:4] for row in drawn(r, date(2020, 3, 4)).filter(cases=1).iter_rows()],
        expect=[
            (date(2020, 3, 3), "confirmed", "imported", 1),
            (date(2020, 3, 3), "confirmed", "unknown", 1),
            (date(2020, 3, 1), "onset", "imported", 1),
            (date(2020, 3, 2), "onset", "local", 1),
            (date(2020, 3, 3), "reported", "unknown", 1),
            (date(2020, 3, 4), "reported", "imported", 1),
            (date(2020, 3, 4), "reported", "local", 1),
        ],
    )
    spec(cases=FEW, expr=lambda r: drawn(r, date(2020, 3, 4)).height, expect=4 * 3 * 3)


def test_with_few_cases_the_infectious_days_and_the_report_deadline_say_what_may_still_grow(spec):
    assert (PATHOGEN.infectious_after_onset.value, PROTOCOL.clock.report.value) == (10, 24)

    def complete(records):
        days = drawn(records, date(2020, 3, 12)).filter(incomplete=False)
        return {basis: days.filter(basis=basis)["date"].max() for basis in ("onset", "confirmed", "reported")}

    spec(
        cases=FEW,
        expr=complete,
        expect={"onset": date(2020, 3, 2), "confirmed": date(2020, 3, 11), "reported": date(2020, 3, 12)},
    )


def told_after(days):
    """Twenty cases, one a day from 1 March, each told so many days after onset."""
    rows = []
    for n in range(20):
        onset = date(2020, 3, 1 + n)
        rows.append({"case_id": f"c{n}", "onset": onset.isoformat(), "recorded_at": f"2020-03-{1 + n + days:02d}"})
    return rows


def test_the_reporting_delay_is_read_from_the_records():
    known = made(cases=told_after(4))
    days = drawn(known, date(2020, 3, 24))
    onset = days.filter(basis="onset", origin="unknown")
    assert onset.filter(onset["incomplete"])["date"].min() == date(2020, 3, 21)
    assert not days.filter(basis="reported")["incomplete"].any()


def test_the_delay_that_nearly_all_cases_keep_decides_not_the_usual_one():
    rows = [*told_after(1)[:18], *told_after(6)[18:]]
    cases = counted(made(cases=rows), date(2020, 3, 31))
    delay = reporting_delays(cases, PATHOGEN, PROTOCOL)["onset"]
    assert (delay.days, delay.n) == (6, 20)


def test_r_and_growth_are_read_by_onset_without_the_days_that_may_grow_else_by_report():
    day = date(2020, 3, 24)

    def basis_of(rows):
        cases = counted(made(cases=rows), day)
        return trend_basis(cases, day, reporting_delays(cases, PATHOGEN, PROTOCOL))

    assert basis_of(told_after(4)) == ("onset", date(2020, 3, 20))
    slowly = [{**row, "recorded_at": f"2020-03-{max(day, 9):02d}"} for day, row in enumerate(told_after(4), start=1)]
    assert basis_of(slowly) == ("reported", day)  # eight days may still grow: R by onset would not be R now
    without = [{**row, "onset": None if n < 5 else row["onset"]} for n, row in enumerate(told_after(4))]
    assert basis_of(without) == ("reported", day)
    just_enough = [{**row, "onset": None if n < 4 else row["onset"]} for n, row in enumerate(told_after(4))]
    assert basis_of(just_enough) == ("onset", date(2020, 3, 20))


def test_daily_counts_keep_imports_apart_and_days_without_cases():
    cases = counted(made(cases=FEW), date(2020, 3, 5))
    days = daily_counts(cases, "reported", date(2020, 3, 5))
    assert days.rows() == [(date(2020, 3, 3), 1, 0), (date(2020, 3, 4), 1, 1), (date(2020, 3, 5), 0, 0)]
    of_links = daily_counts(cases, "onset", date(2020, 3, 2), by="origin")
    assert of_links.rows() == [("imported", date(2020, 3, 1), 0, 1), ("imported", date(2020, 3, 2), 0, 0)]


def test_age_groups_are_decades_then_80_and_over_then_unknown(spec):
    spec(
        cases="""
          case_id | age | severity | outcome | recorded_at
          --------+-----+----------+---------+------------
          a       | 0   |          |         | 2020-03-01
          b       | 9   | severe   |         | 2020-03-01
          c       | 10  |          |         | 2020-03-01
          d       | 80  | critical | died    | 2020-03-01
          e       | 104 | mild     |         | 2020-03-01
          f       |     |          | died    | 2020-03-01
        """,
        expr=lambda r: [row for row in by_age(counted(r, date(2020, 3, 2))).iter_rows() if row[1]],
        expect=[("0-9", 2, 0, 1), ("10-19", 1, 0, 0), ("80+", 2, 1, 1), ("unknown", 1, 1, 0)],
    )


def test_shares_by_origin(spec):
    spec(
        cases=FEW,
        expr=lambda r: by_origin(counted(r, date(2020, 3, 4))).rows(),
        expect=[("imported", 1, 1 / 3), ("linked", 1, 1 / 3), ("unlinked", 1, 1 / 3)],
    )


def test_severities_are_there_in_order_and_unknown_last(spec):
    spec(
        cases="""
          case_id | severity | onset      | outcome   | recorded_at
          --------+----------+------------+-----------+------------
          a       | critical | 2020-03-01 |           | 2020-03-01
          b       | critical | 2020-03-01 | recovered | 2020-03-01
          c       |          | 2020-03-01 |           | 2020-03-01
        """,
        expr=lambda r: by_severity(counted(r, date(2020, 3, 2))).rows(),
        expect=[
            ("asymptomatic", 0, 0),
            ("mild", 0, 0),
            ("moderate", 0, 0),
            ("severe", 0, 0),
            ("critical", 1, 2),
            ("unknown", 1, 1),
        ],
    )
