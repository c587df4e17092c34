"""Simulated outbreaks with true infectors from ../shared as evidence for the joint tree, and what a peer answered."""

import csv
import json
from dataclasses import dataclass
from datetime import date

import numpy as np

from douse.library import Pathogen, load
from douse.situation.serial_interval import serial_interval_weights
from douse.tracing.infectors.candidates import Candidates
from douse.tracing.infectors.infection_days import infection_days
from douse.tracing.infectors.joint_inputs import Contacts, Evidence
from douse.tracing.infectors.mixing import mixing_evidence
from douse.tracing.infectors.places import places_of
from douse.tracing.infectors.sequences import distances_of, read_fasta


@dataclass(frozen=True)
class Score:
    """Shares of the cases that are no imports, and how well imports are told.

    named: the most probable infector is the true one. called: so it is, and the case is not called an import.
    """

    named: float
    called: float
    true: float
    sensitivity: float
    precision: float


def score(tree, truth):
    local = truth >= 0
    table = tree.dense()[:, :-1]
    called = tree.imported > 0.5
    return Score(
        named=float(np.mean(table.argmax(axis=1)[local] == truth[local])),
        called=float(np.mean(tree.top[local] == truth[local])),
        true=float(np.mean(table[local, truth[local]])),
        sensitivity=float(called[~local].mean()),
        precision=float((~local)[called].mean()) if called.any() else float("nan"),
    )


def all_pairs(cases, imported, direct=None):
    """Anybody may have infected anybody; `direct` by infector (row) and infected."""
    infected, infector = np.nonzero(~np.eye(cases, dtype=bool))
    nothing = np.zeros(len(infector))
    evidence = nothing if direct is None else direct[infector, infected]
    return Candidates(
        np.arange(cases + 1) * (cases - 1), infector, evidence, nothing, np.asarray(imported, dtype=float)
    )


def rows_of(path):
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def fake_outbreak(shared):
    """Evidence by what is used of it, and true infectors (-1: import); days of sampling, as for the peer.

    The set has no other delay: sampling follows infection by the distribution of the generation time, as in the peer.
    """
    folder = shared / "data" / "trees"
    cases = rows_of(folder / "ob2_fake_outbreak_cases.csv")
    pmf = np.array([0.0, *(float(row["w"]) for row in rows_of(folder / "ob2_fake_outbreak_w.csv"))])
    pairs = [(int(r["i"]) - 1, int(r["j"]) - 1) for r in rows_of(folder / "ob2_fake_outbreak_contacts.csv")]
    truth = np.array([int(row["infector"]) - 1 if row["infector"] else -1 for row in cases])
    days = infection_days([float(row["sample"]) for row in cases], pmf)
    contacts = Contacts(np.array(pairs))
    dna = distances_of(read_fasta(folder / "ob2_fake_outbreak.fasta"), [row["id"] for row in cases])
    return {
        "dates": Evidence(days, pmf),
        "contacts": Evidence(days, pmf, contacts=contacts),
        "dna": Evidence(days, pmf, sequences=dna),
        "both": Evidence(days, pmf, contacts=contacts, sequences=dna),
    }, truth


PEER = {"dates": "ob2_fake_dates", "contacts": "ob2_fake_dates_ctd", "dna": "ob2_fake_dates_dna"}


def peer(shared, kind, seed):
    """The peer's table of infectors, imports last, and its summary."""
    folder = shared / "reference" / "trees"
    table = np.zeros((30, 31))
    for row in rows_of(folder / f"{PEER[kind]}_s{seed}.posterior.csv"):
        table[int(row["case"]) - 1, int(row["infector"]) - 1] = float(row["prob"])
    return table, json.loads((folder / f"{PEER[kind]}_s{seed}.out.json").read_text())


def measles(shared, *, known=False, share=0.05):
    """75 simulated cases with ages, tracts, genotypes: evidence, true infectors.

    The library has the serial interval of measles, which runs from onset to onset: days are those of onset, not of
    infection, and the incubation does not come in a second time.
    """
    folder = shared / "data" / "trees"
    cases = rows_of(folder / "o2geosocial_toy_short_cases.csv")
    regions = rows_of(folder / "o2geosocial_toy_short_regions.csv")
    contact = [list(row.values()) for row in rows_of(folder / "o2geosocial_toy_short_age_contact.csv")]
    ids, tracts = [row["ID"] for row in cases], [row["region"] for row in regions]
    truth = np.array([ids.index(r["infector_ID"]) if r["infector_ID"] != "NA" else -1 for r in cases])
    kinds = sorted({row["Genotype"] for row in cases})
    interval = load(Pathogen, "measles").serial_interval
    generation = serial_interval_weights(interval.mean.value, interval.sd.value, 30)
    odds = np.where(truth < 0, np.inf, -np.inf) if known else np.full(len(cases), np.log(share / (1 - share)))
    ages = mixing_evidence([int(row["age_group"]) - 1 for row in cases], np.array(contact, dtype=float))
    evidence = Evidence(
        days=infection_days([date.fromisoformat(row["Date"]).toordinal() for row in cases], [1.0]),
        generation=generation / generation.sum(),
        candidates=all_pairs(len(cases), odds, ages),
        label=np.array([kinds.index(row["Genotype"]) for row in cases]),
        places=places_of(
            [tracts.index(row["Cens_tract"]) for row in cases],
            *([float(row[name]) for row in regions] for name in ("long", "lat", "population")),
        ),
    )
    return evidence, truth
