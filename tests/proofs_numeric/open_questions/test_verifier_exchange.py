import math

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.open_questions import verifier_exchange
from proofs_numeric.open_questions.verifier_exchange import (
    VERIFIERS,
    information,
    kept_by_fresh_samples,
    kept_by_verifier,
    verifier_with,
    worth_in_samples,
)

SIZE, GOOD = 5, 0.4
RATES = (0.8, 0.3)
TYPES = list(zd.oracles.compositions(SIZE, 3))


def by_enumeration(source, num_generations):
    """Good share and useful diversity from all counts of two good types and a bad one."""
    law = {(1, 1, 3): 1.0}
    for _ in range(num_generations):
        following = dict.fromkeys(TYPES, 0.0)
        for counts, weight in law.items():
            probs = source(np.array(counts) / SIZE)
            for drawn in TYPES:
                ways = math.factorial(SIZE) / math.prod(map(math.factorial, drawn))
                following[drawn] += weight * ways * float(np.prod(probs ** np.array(drawn)))
        law = following
    good = sum(w * (n[0] + n[1]) / SIZE for n, w in law.items())
    useful = sum(w * 2 * n[0] * n[1] / SIZE**2 for n, w in law.items())
    return np.array([good, useful])


def accepted(probs):
    weights = probs * [RATES[0], RATES[0], RATES[1]]
    return weights / weights.sum()


@pytest.mark.parametrize("num_generations", [1, 2, 5])
def test_what_a_verifier_keeps_by_enumeration(num_generations):
    expected = by_enumeration(accepted, num_generations)
    np.testing.assert_allclose(kept_by_verifier(SIZE, RATES, GOOD, num_generations), expected, atol=1e-12)


@pytest.mark.parametrize("fraction", [0.0, 0.15, 1.0])
def test_what_fresh_samples_keep_by_enumeration(fraction):
    expected = by_enumeration(lambda probs: fraction * np.array([0.5, 0.5, 0]) + (1 - fraction) * probs, 3)
    np.testing.assert_allclose(kept_by_fresh_samples(SIZE, fraction, GOOD, 3), expected, atol=1e-12)


@pytest.mark.parametrize("kind", VERIFIERS)
def test_bits_from_the_joint_law(kind):
    tpr, fpr = verifier_with(kind, 0.03, 0.2)
    joint = np.array([[0.2 * tpr, 0.2 * (1 - tpr)], [0.8 * fpr, 0.8 * (1 - fpr)]])
    product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    mutual = sum(p * math.log2(p / q) for p, q in zip(joint.flat, product.flat, strict=True) if p > 0)
    assert information(tpr, fpr, 0.2) == pytest.approx(mutual / joint[:, 0].sum(), abs=1e-12)
    assert information(tpr, fpr, 0.2) == pytest.approx(0.03, rel=1e-6)
    assert tpr > fpr


def test_a_verifier_that_knows_nothing_says_nothing():
    assert information(0.7, 0.7, 0.2) == pytest.approx(0, abs=1e-15)
    # One that never errs says the whole entropy of correctness per draw that it looks at.
    assert information(1.0, 0.0, 0.5) == pytest.approx(2.0)


def test_more_bits_than_a_kind_has_are_refused():
    with pytest.raises(ValueError, match="`bits` must be within reach of a symmetric verifier; got 9"):
        verifier_with("symmetric", 9, 0.2)


@pytest.mark.parametrize("kept", verifier_exchange.KEPT)
def test_both_ends_of_a_bracket_keep_too_little_and_too_much(kept):
    index = verifier_exchange.KEPT.index(kept)
    rates = (0.6, 0.5)
    fewer, more = worth_in_samples(20, rates, 0.2, 10, kept)
    wanted = kept_by_verifier(20, rates, 0.2, 10)[index]
    assert 0 < fewer < more < fewer * (1 + 2e-10)
    low, high = (kept_by_fresh_samples(20, samples / 20, 0.2, 10)[index] for samples in (fewer, more))
    assert low <= wanted <= high
    assert high - low < 1e-9


def test_good_share_against_the_closed_form():
    # 1 - (1 - x)(1 - alpha)^T is what fresh good samples reach.
    rates, size, start, horizon = (0.6, 0.5), 20, 0.2, 10
    fewer, more = worth_in_samples(size, rates, start, horizon, verifier_exchange.GOOD_SHARE)
    good = kept_by_verifier(size, rates, start, horizon)[0]
    assert fewer / size <= 1 - ((1 - good) / (1 - start)) ** (1 / horizon) + 1e-12
    assert more / size >= 1 - ((1 - good) / (1 - start)) ** (1 / horizon) - 1e-12


def test_no_verifier_stops_the_drift():
    # Even a perfect one leaves (1 - 1/N)^T of the diversity among good items, so its worth in samples falls with T.
    late = kept_by_verifier(20, (1.0, 0.0), 0.2, 200)
    assert late[0] == pytest.approx(1.0)
    assert late[1] == pytest.approx(0.5 * (1 - 1 / 20) ** 200, rel=1e-9)
    worth = [worth_in_samples(20, (1.0, 0.0), 0.2, horizon, verifier_exchange.USEFUL_DIVERSITY) for horizon in (20, 80)]
    assert worth[0][0] > 10 * worth[1][1]
