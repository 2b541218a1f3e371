import itertools
import math
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import ensembles
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict

COIN = (0.5, 0.5)


@pytest.mark.parametrize("entry", cases(ensembles.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_worked_example_of_the_effective_size():
    entry = claim("thm8-effective-size")
    theta = {"N": 5, "w": (0.5, 0.3, 0.2), "t": 10, "P": COIN}
    assert entry.bound(theta) == pytest.approx(0.4536, abs=5e-5)
    assert entry.mutants["m N draws"].bound(theta) == pytest.approx(0.5016, abs=5e-5)


def _after(mixtures: dict[Fraction, Fraction], weights: tuple[Fraction, ...], num_samples: int):
    """Law of R_{t+1} over two types, by enumerating the counts of all coupled members."""
    following: defaultdict[Fraction, Fraction] = defaultdict(Fraction)
    for share, mass in mixtures.items():
        counts = zd.oracles.multinomial_law((share, 1 - share), num_samples)
        for drawn in itertools.product(counts.items(), repeat=len(weights)):
            mixture = sum(
                (w * Fraction(n[0], num_samples) for w, (n, _) in zip(weights, drawn, strict=True)), Fraction(0)
            )
            following[mixture] += mass * math.prod((chance for _, chance in drawn), start=Fraction(1))
    return following


def _mixtures(weights: tuple[Fraction, ...], num_samples: int, generations: int) -> dict[Fraction, Fraction]:
    law = {Fraction(1, 2): Fraction(1)}
    for _ in range(generations):
        law = _after(law, weights, num_samples)
    return law


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.75, 0.25), (0.5, 0.25, 0.25)])
def test_effective_size_by_enumeration(weights):
    law = _mixtures(tuple(Fraction(w) for w in weights), 2, 2)
    kept = sum((4 * q * (1 - q) * mass for q, mass in law.items()), Fraction(0))
    assert claim("thm8-effective-size").bound({"N": 2, "w": weights, "t": 2, "P": COIN}) == pytest.approx(float(kept))


def test_equal_weights_are_one_loop_with_all_draws():
    # The premise of the claim on hops: the law of R_2 for two members with two draws is that of one with four.
    law = _mixtures((Fraction(1, 2), Fraction(1, 2)), 2, 2)
    alone = zd.oracles.enumerate_laws([Fraction(1, 2)] * 2, [4, 4])[-1]
    for q, mass in law.items():
        assert mass == alone.expectation(lambda p, q=q: Fraction(p[0] == q))


def test_hops_of_one_sample_are_changes_of_its_type():
    # With N = 1 every state is a point mass and Q_{t+1} is of another type with probability 2 p (1-p) alpha_t.
    p, horizon, late = 0.3, ensembles._HORIZON, ensembles._LATE
    theta = {"N": 1, "m": 1, "P": (p, 1 - p), "alpha_t": "(t+1)^-1/2"}
    shares = np.arange(1, horizon + 1) ** -0.5
    expected = 2 * p * (1 - p) * shares[late:].sum()
    assert claim("thm8-stationary").value(theta) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("num_samples", "generation"), [(2, 1), (2, 6), (5, 12)])
def test_members_that_differ_by_two_chains(num_samples, generation):
    theta = {"N": num_samples, "P": (0.7, 0.3), "T": generation}
    if generation == 1:
        # Two independent samples of P.
        q = np.array([0.09, 0.42, 0.49])
        assert ensembles._different_by_pairs(theta) == pytest.approx(1 - q @ q)
        return
    assert claim("thm8-different-limits").value(theta) == pytest.approx(ensembles._different_by_pairs(theta), rel=1e-10)


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_average_of_lineages_has_a_share_of_the_index(share):
    theta = {"N": 5, "m": 4, "alpha": share, "t": 10, "P": COIN}
    index = zd.oracles.fixation_index([5] * 10, share)[-1]
    assert claim("thm8-uncoupled-average").bound(theta) == pytest.approx(index / 4, rel=1e-12)


def test_farthest_average_is_a_point_mass():
    tail = claim("thm8-uncoupled-average").tail({"P": (0.7, 0.3)})
    assert tail.upper == pytest.approx(2 * 0.49 / 0.42)
