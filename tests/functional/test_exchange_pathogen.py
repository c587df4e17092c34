"""douse exchange pathogen: a pathogen file from parameters in the form of epiparameterDB."""

import json

import pytest

from douse.__main__ import main
from douse.library import Pathogen, load
from douse.readers.exchange.epiparameter import pathogen_from
from douse.records.measure import Because

pytestmark = pytest.mark.slow


def parameter(name: str, family: str, parameters: dict, stats: dict, **more: object) -> dict:
    return {
        "disease": "Ebola Virus Disease",
        "pathogen": {"species": "Ebola Virus"},
        "epi_name": name,
        "probability_distribution": {
            "prob_distribution": family,
            "parameters": parameters,
            "offset": more.pop("offset", 0),
        },
        "summary_statistics": stats,
        "metadata": {"units": "days", "sample_size": more.pop("sample_size", 10)},
        "citation": {"author": [{"family": 'Nobody "x"'}], "title": "Invented", "year": 2015, "doi": "10.0000/none"},
    }


def test_a_pathogen_file_comes_of_parameters_and_loads(tmp_path, capsys):
    entries = [
        parameter(
            "incubation period", "gamma", {"shape": 4.0, "scale": 2.5}, {"mean_ci_limits": [9.0, 11.0]}, sample_size=50
        ),
        parameter("incubation period", "lnorm", {}, {"median": 6.0, "dispersion": 1.5}, sample_size=5),
        parameter("serial interval", "weibull", {"shape": 1.0, "scale": 14.0}, {}),
        parameter("onset to death", "lnorm", {}, {"mean": 9.0, "sd": 6.0}),
        parameter("onset to death", "gamma", {"shape": 1.0, "scale": 1.0}, {}, offset=3, sample_size=500),
        parameter("offspring distribution", "nbinom", {"mean": 1.6, "dispersion": 0.2}, {}),
        parameter("case fatality risk", None, {}, {"mean": 0.5}),
    ]
    (tmp_path / "p.json").write_text(json.dumps(entries))
    out = tmp_path / "ebola-own.toml"
    asked = [
        "exchange",
        "pathogen",
        str(tmp_path / "p.json"),
        "--disease",
        "ebola",
        "--extends",
        "ebola",
        "--out",
        str(out),
    ]
    assert main(asked) == 0
    assert "a shifted distribution" in " ".join(capsys.readouterr().out.split())
    own, base = load(Pathogen, str(out)), load(Pathogen, "ebola")
    assert (own.incubation.mean.value, own.incubation.sd.value) == (10.0, 5.0)
    assert (own.incubation.mean.low, own.incubation.mean.high) == (9.0, 11.0)
    assert (own.serial_interval.mean.value, own.serial_interval.sd.value) == (14.0, 14.0)
    assert (own.reproduction_number.value, own.max_incubation) == (1.6, base.max_incubation)
    assert own.onset_to_death.mean.value == 9.0
    assert main(asked) == 4  # it is there already


def test_parameters_that_do_not_fit_leave_no_file(tmp_path, capsys):
    long = parameter("incubation period", "gamma", {"shape": 100.0, "scale": 1.0}, {})
    (tmp_path / "p.json").write_text(json.dumps([long, {"disease": 7, "epi_name": None}, 3]))
    asked = [
        "exchange",
        "pathogen",
        str(tmp_path / "p.json"),
        "--extends",
        "ebola",
        "--out",
        str(tmp_path / "own.toml"),
        "--disease",
    ]
    assert main([*asked, "ebola"]) == 5
    assert not (tmp_path / "own.toml").exists()
    assert main([*asked, "measles"]) == 2
    assert main(["exchange", "import", str(tmp_path / "p.json")]) == 4
    assert "douse exchange pathogen" in capsys.readouterr().err


@pytest.mark.parametrize("sick", [{"sample_size": 10**400}, {"mean": 10**400}, {"year": 10**400}])
def test_parameters_of_any_size_are_used_or_not_and_nothing_raises(tmp_path, sick):
    one = parameter("serial interval", "gamma", {}, {"mean": sick.get("mean", 9.0), "sd": 5.0})
    one["metadata"]["sample_size"] = sick.get("sample_size", 5)
    one["citation"]["year"] = sick.get("year", 2015)
    (tmp_path / "p.json").write_text(json.dumps([one]))
    asked = ["--disease", "ebola", "--extends", "ebola", "--out", str(tmp_path / "own.toml")]
    assert main(["exchange", "pathogen", str(tmp_path / "p.json"), *asked]) == 4


def test_the_reasons_why_parameters_were_not_used_are_sentences_of_the_catalogue():
    entry = parameter("serial interval", "gamma", {"shape": 1.0, "scale": 9.0}, {}, offset=2)
    used = parameter("serial interval", "gamma", {"shape": 1.0, "scale": 9.0}, {})
    _, found = pathogen_from([entry, used], "ebola", load(Pathogen, "ebola"), "own")
    assert [one.why for one in found] == [Because("a shifted distribution"), None]
