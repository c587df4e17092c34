"""The joint tree moves the right way, comes out the same by seed, and refuses what does not fit."""

from dataclasses import replace

import numpy as np
import pytest

from douse.errors import DataError
from douse.tracing.infectors.candidates import Candidates
from douse.tracing.infectors.infection_days import infection_days
from douse.tracing.infectors.joint import joint_tree
from douse.tracing.infectors.joint_inputs import Contacts, Evidence, Sampling
from douse.tracing.infectors.mixing import mixing_evidence
from douse.tracing.infectors.places import places_of
from douse.tracing.infectors.sequences import distances_from_matrix

GENERATION = np.array([0, 0.2, 0.5, 0.3])
INCUBATION = np.array([0, 0.5, 0.5])
SHORT = Sampling(settle=200, sweeps=1000)
# two that may have infected the third, and nothing between them
TWO_AND_ONE = [0, 0, 2]


def outbreak(onset, **more):
    return Evidence(infection_days(onset, INCUBATION), GENERATION, **more)


def chance(evidence, case, infector, seed=1, sampling=SHORT):
    return joint_tree(evidence, seed=seed, sampling=sampling).dense()[case, infector]


def candidates(cases, imported):
    infector = np.nonzero(~np.eye(cases, dtype=bool))[1]
    nothing = np.zeros(len(infector))
    return Candidates(np.arange(cases + 1) * (cases - 1), infector, nothing, nothing, np.array(imported, dtype=float))


def test_equal_evidence_is_shared_out_equally():
    tree = joint_tree(outbreak(TWO_AND_ONE), seed=1, sampling=replace(SHORT, sweeps=4000))
    assert tree.dense()[2, 0] == pytest.approx(tree.dense()[2, 1], abs=0.03)
    assert tree.dense().sum(axis=1) == pytest.approx(np.ones(3))


def test_a_reported_contact_makes_a_pair_more_probable_and_more_differences_less():
    plain = chance(outbreak(TWO_AND_ONE), 2, 0)
    assert chance(outbreak(TWO_AND_ONE, contacts=Contacts(np.array([[2, 0]]))), 2, 0) > plain + 0.05
    known, before = candidates(3, [np.inf, np.inf, -np.inf]), 1.0
    for differ in (1, 2, 4):
        snp = np.array([[0, 3, differ], [3, 0, 2], [differ, 2, 0]], dtype=float)
        sequences = distances_from_matrix([0, 1, 2], snp, 1000)
        now = chance(outbreak(TWO_AND_ONE, sequences=sequences, candidates=known), 2, 0)
        assert now < before
        before = now


def test_a_directed_contact_counts_one_way():
    one_way = Contacts(np.array([[0, 2]]), directed=True)
    other_way = Contacts(np.array([[2, 0]]), directed=True)
    forth, back = (chance(outbreak(TWO_AND_ONE, contacts=c), 2, 0) for c in (one_way, other_way))
    assert forth > back + 0.05


def test_nobody_infects_after_isolation():
    isolated = np.array([-1.0, np.nan, np.nan])  # onset on day 0, infected a day or two before
    table = joint_tree(outbreak(TWO_AND_ONE, isolated=isolated), seed=1, sampling=replace(SHORT, generations=1)).dense()
    assert table[2, 0] < 0.1 * table[2, 1]
    isolated[0] = -3
    assert chance(outbreak(TWO_AND_ONE, isolated=isolated), 2, 0, sampling=replace(SHORT, generations=1)) == 0


def test_near_is_more_probable_than_far_and_one_chain_has_one_label():
    near = places_of([0, 1, 0], [10.0, 11.0, 10.5], [50.0, 51.0, 50.5])
    assert chance(outbreak(TWO_AND_ONE, places=near), 2, 0) > chance(outbreak(TWO_AND_ONE, places=near), 2, 1)
    table = joint_tree(outbreak(TWO_AND_ONE, label=np.array([0, 1, 1])), seed=1, sampling=SHORT).dense()
    assert table[2, 0] == 0
    assert table[2, 1] > 0


def test_groups_that_meet_more_are_more_probable():
    evidence = mixing_evidence([0, 1, 0, -1], [[4, 1], [1, 1]])
    assert evidence[2, 0] > 0 > evidence[1, 0]
    assert (evidence[3] == 0).all()
    assert (evidence[:, 3] == 0).all()


def test_a_case_known_to_be_local_or_imported_is():
    known = candidates(3, [np.inf, np.inf, -np.inf])
    tree = joint_tree(outbreak(TWO_AND_ONE, candidates=known), seed=1, sampling=SHORT)
    assert tree.imported.tolist() == [1, 1, 0]
    assert tree.tree[2] in {0, 1}
    assert np.isnan(tree.generations[0]).all()


def test_mutation_rate_of_a_known_pair_is_its_beta_posterior():
    """Flat prior, d of L sites differ after one generation: mean (d + 1) / (L + 2)."""
    known = candidates(2, [np.inf, -np.inf])
    snp = distances_from_matrix([0, 1], np.array([[0.0, 7.0], [7.0, 0.0]]), 300)
    how = Sampling(generations=1, sweeps=20_000)
    tree = joint_tree(outbreak([0, 2], candidates=known, sequences=snp), seed=1, sampling=how)
    assert tree.unknowns["mu"].mean() == pytest.approx(8 / 302, rel=0.03)
    assert tree.unknowns["mu"].std() == pytest.approx(np.sqrt(8 * 294 / 302**2 / 303), rel=0.06)


def test_coverage_and_false_contacts_of_a_known_tree_are_their_posterior():
    """One infector of three, two of these pairs reported, and one of three others: flat priors, on a grid."""
    known = candidates(4, [np.inf, -np.inf, -np.inf, -np.inf])
    known = replace(known, direct=np.where(known.infector == 0, 0.0, -np.inf), through=np.full(12, -np.inf))
    contacts = Contacts(np.array([[0, 1], [0, 2], [1, 2]]))
    tree = joint_tree(
        outbreak([0, 2, 2, 2], candidates=known, contacts=contacts),
        seed=1,
        sampling=Sampling(generations=1, sweeps=20_000),
    )
    x = (np.arange(400) + 0.5) / 400
    eps, lam = x[:, None], x[None]
    weight = eps**2 * (1 - eps) * (eps * lam) * (1 - eps * lam) ** 2
    weight /= weight.sum()
    assert tree.unknowns["eps"].mean() == pytest.approx((weight * eps).sum(), abs=0.01)
    assert tree.unknowns["lambda"].mean() == pytest.approx((weight * lam).sum(), abs=0.01)


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads():
    evidence = outbreak([0, 1, 2, 3, 5], contacts=Contacts(np.array([[0, 1]])))
    one, two, other = (
        joint_tree(evidence, seed=seed, sampling=SHORT, threads=threads) for seed, threads in ((4, 1), (4, 3), (5, 1))
    )
    assert one.probability.tobytes() == two.probability.tobytes()
    assert one.log_posterior.tobytes() == two.log_posterior.tobytes()
    assert one.log_posterior.tobytes() != other.log_posterior.tobytes()
    assert len(np.unique(one.log_posterior[:, -1])) > 1  # chains have streams of their own


def test_a_missing_onset_is_taken_from_the_report_or_from_all_days():
    days = infection_days([3, np.nan, np.nan], [0, 1], told=[np.nan, 9, np.nan], delay=[0, 0.5, 0.5])
    assert np.split(days.log, days.start[1:-1])[1] == pytest.approx(np.log([0.5, 0.5]))
    assert days.first.tolist() == [2, 6, 2]
    assert np.diff(days.start).tolist() == [1, 2, 6]
    tree = joint_tree(Evidence(days, GENERATION), seed=1, sampling=SHORT)
    assert (tree.days[0] <= tree.days[2]).all()


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="nobody can have infected them"):
        joint_tree(outbreak([0, 90], candidates=candidates(2, [0, -np.inf])), seed=1)
    with pytest.raises(DataError, match="no tree explains"):
        joint_tree(outbreak([0, 1], candidates=candidates(2, [-np.inf, -np.inf])), seed=1, sampling=SHORT)
    with pytest.raises(DataError, match="no distribution"):
        joint_tree(replace(outbreak([0, 1]), generation=np.array([0.5, 0.1])), seed=1)
    with pytest.raises(DataError, match="3 labels for 2 cases"):
        joint_tree(outbreak([0, 1], label=np.array([0, 0, 1])), seed=1)
    with pytest.raises(DataError, match="no case has a day"):
        infection_days([np.nan], [1.0])
    with pytest.raises(DataError, match="pair of a case with itself"):
        joint_tree(outbreak([0, 1], contacts=Contacts(np.array([[1, 1]]))), seed=1)
