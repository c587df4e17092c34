"""SaTScan's files as frames and options of `scan_clusters`: only tests read them."""

import json
from datetime import date

import polars as pl

KINDS = {"1": "spatial", "2": "temporal", "3": "retrospective", "4": "prospective"}
MODELS = {"0": "poisson", "1": "bernoulli", "2": "permutation"}
STEPS = {"1": "year", "2": "month"}
RATES = {"1": "high", "2": "low", "3": "both"}


def settings(folder):
    lines = (folder / "a.prm").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith(";"))


def day(text):
    year, *rest = [int(part) for part in text.split("/")]
    return date(year + 1900 if year < 100 else year, *(rest or [1, 1]))


def rows(folder, name):
    return [line.split() for line in (folder / name).read_text().splitlines() if line.strip()]


def case(folder):
    """Counts, zones, options, and SaTScan's clusters."""
    given = settings(folder)
    moment = int if given["PrecisionCaseTimes"] == "4" else day
    first, last = moment(given["StartDate"]), moment(given["EndDate"])
    dated = given["PrecisionCaseTimes"] != "0"
    cases = rows(folder, "in.cas")
    skip = 3 if dated else 2
    covariates = [f"covariate_{i}" for i in range(len(cases[0]) - skip)]
    model = MODELS[given["ModelType"]]
    counts = [
        {"zone": r[0], "count": int(r[1]), "date": moment(r[2]) if dated else first, "controls": 0}
        | dict(zip(covariates, r[skip:], strict=True))
        for r in cases
    ]
    if model == "bernoulli":
        counts += [
            {"zone": r[0], "count": 0, "date": moment(r[2]) if dated else first, "controls": int(r[1])}
            for r in rows(folder, "in.ctl")
        ]
    axes = ("latitude", "longitude") if given["CoordinatesType"] == "1" else ("x", "y")
    zones = pl.DataFrame([{"zone": r[0], axes[0]: float(r[1]), axes[1]: float(r[2])} for r in rows(folder, "in.geo")])
    options = {
        "model": model,
        "kind": KINDS[given["AnalysisType"]],
        "rates": RATES[given["ScanAreas"]],
        "covariates": covariates,
        "step": STEPS.get(given["TimeAggregationUnits"], "day"),
        "first": first,
        "last": last,
        "replicates": int(given["MonteCarloReps"]),
        "max_share": float(given["MaxSpatialSizeInPopulationAtRisk"]) / 100,
        "min_cases": int(given["MinimumCasesInHighRateClusters"]),
    }
    if model == "poisson":
        options["population"] = pl.DataFrame(
            [
                {"zone": r[0], "year": day(r[1]).year, "population": float(r[2])}
                | dict(zip(covariates, r[3:], strict=True))
                for r in rows(folder, "in.pop")
            ]
        )
        if moment is int:  # the population file has a year, the study has none
            options["population"] = options["population"].drop("year")
    if given["UseDistanceFromCenterOption"] == "y":
        options["max_radius"] = float(given["MaxSpatialSizeInDistanceFromCenter"])
    if given["MaxTemporalSizeInterpretation"] == "1":
        options["max_duration"] = int(given["MaxTemporalSize"])
    else:
        options["max_duration_share"] = float(given["MaxTemporalSize"]) / 100
    return pl.DataFrame(counts), zones, options, json.loads((folder / "result.json").read_text())["clusters"]


def simulated(folder):
    """SaTScan's greatest ratio of each replicate."""
    return [float(text) for text in (folder / "out.llr.txt").read_text().split()[1:]]
