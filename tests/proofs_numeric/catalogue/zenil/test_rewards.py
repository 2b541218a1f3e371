import numpy as np
import pytest
from scipy.special import rel_entr

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import rewards
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(rewards.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_the_tilt_is_the_best_policy_on_a_lattice():
    # E r - beta KL(. || Q_0) of every law with entries in twentieths against the one that the claim iterates.
    start, beta = np.array([0.1, 0.2, 0.3, 0.4]), 2.0
    theta = {"Q_0": tuple(start), "gap/beta": 1 / beta, "t": 1}
    policy = rewards._tilted_for_ever(theta, None)
    rivals = np.array(list(zd.oracles.compositions(20, 4))) / 20

    def gain(laws):
        return laws @ rewards.REWARD - beta * rel_entr(laws, start).sum(axis=-1)

    assert gain(policy) > gain(rivals).max()
    assert gain(policy) < gain(rivals).max() + 0.02


def test_entropies_of_the_worked_example():
    start = (0.1, 0.2, 0.3, 0.4)
    moving = claim("goodhart-moving").value({"Q_0": start, "gap/beta": 0.5, "t": 10})
    assert moving[-1] == pytest.approx(0.072, abs=5e-4)
    fixed = claim("goodhart-fixed").value({"Q_0": start, "gap/beta": 0.5, "t": 100})
    assert fixed == pytest.approx(1.380, abs=5e-4)


def test_odds_by_hand():
    # From the uniform law, two rounds at gap/beta = .5: odds e^-1, e^-2, e^-3 against the best.
    odds = claim("goodhart-moving").value({"Q_0": (0.25,) * 4, "gap/beta": 0.5, "t": 2})[:3]
    np.testing.assert_allclose(odds, [-1, -2, -3], atol=1e-12)


def test_filter_of_the_worked_example():
    tenths = (0.4, 0.3, 0.2, 0.1)
    law = rewards._filtered({"P": tenths, "Q_0": tenths, "T": 1.0, "t": 20})
    np.testing.assert_allclose(law, [0.9976, 0.0024, 0, 0], atol=5e-5)
    value = claim("filter-energy").value({"P": tenths, "Q_0": tenths, "T": 1.0, "t": 20})
    assert value == pytest.approx(0.598, abs=5e-4)
    # (3/4)^21 of the largest type is left of the second.
    assert law[1] / law[0] == pytest.approx(0.75**21, rel=1e-10)
