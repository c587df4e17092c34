"""Offspring, fatality and the short forecast on real outbreaks, each day with only what was known then."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from douse.situation.case_fatality import case_fatality
from douse.situation.forecast import forecast
from douse.situation.offspring import offspring


def read(path):
    return pl.read_csv(path, try_parse_dates=True, null_values=["NA", "", " "])


def estimate(frame, name):
    return next(row for row in frame.iter_rows(named=True) if row["parameter"] == name)


def test_mers_in_korea_was_spread_by_very_few(shared):
    folder = shared / "data" / "mers-korea-2015"
    people = read(folder / "linelist.csv").select(case_id="id", onset="dt_onset", told_on="dt_report")
    links = read(folder / "contacts.csv").select(case_id="to", infector="from")
    cases = people.join(links, on="case_id", how="left").unique("case_id")
    found = offspring(cases, as_of=date(2015, 12, 31))
    of_k, of_r, share = (estimate(found, name) for name in ("k", "R", "share_80"))
    assert of_r["n"] == 162
    assert of_k["upper"] < 0.1  # Lloyd-Smith 2005: SARS 0.16; here two thirds of links have three sources
    assert 0.4 < of_r["estimate"] < 0.8  # 98 links, 162 cases
    assert share["upper"] < 0.05


def test_ebola_and_tianjin_links(shared):
    folder = shared / "data" / "trees"
    people = read(folder / "ebola_sim_clean_linelist.csv").select("case_id", onset="date_of_onset")
    links = read(folder / "ebola_sim_clean_contacts.csv").select("case_id", "infector")
    ebola = offspring(people.join(links, on="case_id", how="left").unique("case_id"), as_of=date(2016, 1, 1))
    assert 0.5 < estimate(ebola, "k")["estimate"] < 1.5
    edges = read(folder / "tianjin_covid_2020_edges.csv").select("case_id", infector="edge1")
    rows = read(folder / "tianjin_covid_2020_cases.csv").select(
        "case_id", onset="symptom_onset", told_on="confirm_date"
    )
    tianjin = offspring(rows.join(edges, on="case_id", how="left").unique("case_id"), as_of=date(2020, 4, 1))
    row = estimate(tianjin, "k")
    assert row["n"] >= 125
    assert 0.1 < row["estimate"] < 1.5


def test_early_fatality_of_h7n9_is_nearer_to_what_came(shared):
    rows = read(shared / "data" / "linelists" / "fluH7N9_china_2013.csv")
    cases = rows.select(
        case_id=pl.col("case_id").cast(pl.String), onset="date_of_onset", outcome_on="date_of_outcome",
        outcome=pl.col("outcome").replace({"Death": "died", "Recover": "recovered"}),
    )  # fmt: skip
    in_the_end = case_fatality(cases, as_of=date(2013, 12, 31)).filter(method="naive")["estimate"].item()
    for as_of in (date(2013, 4, 19), date(2013, 4, 26), date(2013, 5, 1)):
        found = {row["method"]: row for row in case_fatality(cases, as_of=as_of).iter_rows(named=True)}
        adjusted, naive = found["delay_adjusted"], found["naive"]
        assert abs(adjusted["estimate"] - in_the_end) < abs(naive["estimate"] - in_the_end)
        assert adjusted["lower"] < in_the_end < adjusted["upper"]


def test_forecast_of_uk_deaths_beats_the_last_week_kept(shared):
    rows = read(shared / "data" / "incidence" / "epiestim_covid_deaths_2020_uk.csv")
    daily = rows.select(date="Date", count=pl.col("Incidence").cast(pl.Float64))
    counts, first = daily["count"].to_numpy(), daily["date"][0]
    ours, kept, inside = [], [], []
    for known in range(60, 650, 37):
        found = forecast(daily, as_of=first + timedelta(days=known - 1), si=(5.8, 3.2), seed=known)
        seen = counts[known + 6]
        ours.append(abs(found["median"][6] - seen))
        kept.append(abs(counts[known - 7 : known].mean() - seen))
        inside.append(found["lower_95"][6] <= seen <= found["upper_95"][6])
    assert np.mean(ours) < 0.85 * np.mean(kept)
    assert np.mean(inside) >= 0.85
