from fractions import Fraction as F

import mpmath
import numpy as np
import pytest

from tests.oracles.reference import FRACTIONS, REALS, SIZES, TARGET, as_array, expectation, laws
from zenil_dynamics import oracles

ROUNDING = 1e-13


@pytest.mark.parametrize("num_initial", [None, 2])
@pytest.mark.parametrize("update", ["replace", "accumulate"])
@pytest.mark.parametrize("mixing", ["bernoulli", "stratified"])
def test_fixation_index_is_the_share_of_diversity_lost(mixing, update, num_initial):
    law = laws(TARGET, SIZES, FRACTIONS, REALS, mixing=mixing, update=update, num_initial=num_initial)
    whole = 1 - sum(p * p for p in TARGET)
    lost = [1 - expectation(each, lambda q: 1 - sum(x * x for x in q)) / whole for each in law]
    if update == "replace":
        initial = 1 / num_initial if num_initial else 0.0
        index = oracles.fixation_index(SIZES, as_array(FRACTIONS), REALS, mixing=mixing, initial=initial)
    else:
        index = oracles.fixation_index_accumulate(
            SIZES, as_array(FRACTIONS), REALS, mixing=mixing, num_initial=num_initial
        )
    np.testing.assert_allclose(index, as_array(lost), atol=ROUNDING)


def test_published_stratified_value():
    index = oracles.fixation_index(np.full(6, 6), 0.0, np.full(6, 2), mixing="stratified")
    assert index[6] == pytest.approx(0.249657, abs=5e-7)
    assert oracles.fixation_index(np.full(6, 6), 1 / 3)[6] == pytest.approx(0.264023, abs=5e-7)


@pytest.mark.parametrize(
    ("size", "share", "real"), [(10, 0.1, 1), (50, 0.02, 1), (7, 1.0, 7), (1, 0.5, 1), (20, 0.3, 6)]
)
def test_stationary_value_is_where_the_recursion_ends(size, share, real):
    steps = 5000
    for mixing in ("bernoulli", "stratified"):
        last = oracles.fixation_index(np.full(steps, size), share, np.full(steps, real), mixing=mixing)[-1]
        value = oracles.fixation_index_stationary(size, share, real, mixing=mixing)
        assert value == pytest.approx(last, abs=1e-12)
    assert oracles.fixation_index_stationary(size, 0.0) == 1.0
    assert oracles.fixation_index_stationary(size, 0.0, 0, mixing="stratified") == 1.0


def test_growing_samples_freeze_or_lose_diversity():
    t = np.arange(200)
    frozen = 1 - oracles.fixation_index((t + 2) ** 2, 0.0)
    # prod_{s <= t+1} (1 - 1/s^2) = (t+2)/(2 (t+1)), and 1/2 in the limit
    np.testing.assert_allclose(frozen[1:], (t + 3) / (2 * (t + 2)), atol=ROUNDING)
    assert oracles.retained_diversity_limit_growing(2, 2) == 0.5
    lost = 1 - oracles.fixation_index(t + 2, 0.0)
    np.testing.assert_allclose(lost, 1 / (np.arange(201) + 1), atol=ROUNDING)
    assert oracles.retained_diversity_limit_growing(5, 1) == 0.0
    with pytest.raises(ValueError, match="`power` must be 1 or 2"):
        oracles.retained_diversity_limit_growing(2, 1.5)


def test_vanishing_fraction_has_the_first_order_rate():
    t = np.arange(1, 200_001)
    exact = oracles.fixation_index(t, t**-0.5)[:-1]
    approximate = oracles.fixation_index_vanishing_fraction_asymptotic(t, t**-0.5)
    # The relative error is of order alpha_t = t^-1/2.
    assert abs(exact[-1] / approximate[-1] - 1) < 2 * t[-1] ** -0.5
    with pytest.raises(ValueError, match="must be positive at every generation"):
        oracles.fixation_index_vanishing_fraction_asymptotic([3], [0.0])


def test_reused_real_set_against_enumeration():
    real, synthetic, prob = 3, 2, F(2, 5)
    share = F(synthetic, real + synthetic)
    for steps in range(4):
        second = F(0)
        for kept in range(real + 1):
            base = F(kept, real)
            weight = _choose(real, kept) * prob**kept * (1 - prob) ** (real - kept)
            law = {base: F(1)}
            for _ in range(steps):
                following = {}
                for model, chance in law.items():
                    for drawn in range(synthetic + 1):
                        value = (1 - share) * base + share * F(drawn, synthetic)
                        step = _choose(synthetic, drawn) * model**drawn * (1 - model) ** (synthetic - drawn)
                        following[value] = following.get(value, 0) + chance * step
                law = following
            second += weight * sum(chance * model**2 for model, chance in law.items())
        factor = float((second - prob**2) / (prob * (1 - prob)))
        assert oracles.reused_real_set_index(real, synthetic, steps)[steps] == pytest.approx(factor, abs=ROUNDING)
    limit = oracles.reused_real_set_limit(real, synthetic)
    assert oracles.reused_real_set_index(real, synthetic, 500)[-1] == pytest.approx(limit, abs=ROUNDING)
    assert oracles.reused_real_set_index(4, 0, 3).tolist() == [0.25] * 4
    assert oracles.reused_real_set_limit(20, 20) == pytest.approx(0.0656, abs=5e-5)


def _choose(n, k):
    value = F(1)
    for i in range(k):
        value = value * (n - i) / (i + 1)
    return value


@pytest.mark.parametrize("size", [1, 2, 5, 50])
def test_accumulation_limit_against_its_infinite_product(size):
    kept = oracles.retained_diversity_accumulate(np.full(400, size))
    assert kept[-1] == pytest.approx(1 - oracles.fixation_index_accumulate(np.full(400, size), 0.0)[-1], abs=ROUNDING)
    product = mpmath.nprod(lambda s: 1 - 1 / (mpmath.mpf(size) * s * s), [1, mpmath.inf]) if size > 1 else 0
    assert oracles.retained_diversity_accumulate_limit(size) == pytest.approx(float(product), abs=1e-10)
    opened = mpmath.nprod(lambda s: 1 - mpmath.mpf(size) / (3 + size * s) ** 2, [1, mpmath.inf]) * 2 / 3
    value = oracles.retained_diversity_accumulate_limit(size, num_initial=3)
    assert value == pytest.approx(float(opened), abs=1e-10)


def test_polya_urn():
    # One draw a step after T0 real ones: the limit is Beta distributed, diversity (T0 - 1)/(T0 + 1).
    assert oracles.retained_diversity_accumulate_limit(1, num_initial=4) == pytest.approx(3 / 5, abs=ROUNDING)
    kept = oracles.retained_diversity_accumulate(np.ones(3), num_initial=4)
    np.testing.assert_allclose(kept, np.cumprod([3 / 4, 24 / 25, 35 / 36, 48 / 49]), atol=ROUNDING)


def test_malformed_start_is_named():
    with pytest.raises(ValueError, match=r"`initial` must be one finite number in \[0, 1\]"):
        oracles.fixation_index([3], 0.1, initial=1.5)
