import math
from fractions import Fraction

import numpy as np
import pytest

from proofs_numeric.catalogue.critics import CRITICS, bursts, predicted_outcomes
from proofs_numeric.catalogue.registry import CATALOGUES, claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(CRITICS.claims))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_critics_stand_between_the_paper_and_the_literature():
    assert list(CATALOGUES)[:2] == ["zenil2026", "critics"]
    assert all(entry.id.startswith("critics-") for entry in CRITICS.claims)


def kept_by_powers(num_samples, share):
    """1 - f*, f* = sum_s P(two lineages meet exactly s generations ago), summed term by term."""
    apart = (1 - 1 / num_samples) * (1 - share) ** 2
    return 1 - sum(apart**s / num_samples for s in range(40 * num_samples))


def test_one_percent_keeps_what_the_count_says():
    here = claim("critics-share-alone").value
    kept = [here({"N": size, "alpha": Fraction(1, 100)}) for size in (20, 100, 1000)]
    np.testing.assert_allclose(kept, [kept_by_powers(size, 0.01) for size in (20, 100, 1000)], atol=1e-9)
    np.testing.assert_allclose(kept, [0.274, 0.663, 0.952], atol=5e-4)


@pytest.mark.parametrize("num_samples", [20, 57, 400, 10_000])
def test_the_count_decides_within_half_a_sample_off_the_grid_too(num_samples):
    # The proof beside the claim says so for real counts up to N/2; a sample a hundred times as large stands in for all.
    counts = np.linspace(0.01, num_samples / 2, 500)
    pull = [(size - 1) * (counts / size) * (2 - counts / size) for size in (num_samples, 100 * num_samples)]
    kept = [x / (1 + x) for x in pull]
    assert np.max(np.abs(kept[0] - kept[1])) * 2 * num_samples <= 1


@pytest.mark.parametrize(("num_samples", "least"), [(2, Fraction(3, 7)), (3, Fraction(10, 19)), (4, Fraction(21, 37))])
def test_one_sample_keeps_the_fixed_point_of_the_chain_of_pairs(num_samples, least):
    # Two draws are the same one, or both synthetic and the pair of one generation earlier: solve f = 1/N + b f.
    size = Fraction(num_samples)
    both = (1 - 1 / size) * (1 - 1 / size) ** 2
    assert 1 - (1 / size) / (1 - both) == least


def test_the_infimum_over_sizes_is_at_two():
    size = np.arange(2, 10_001)
    kept = (2 * size**2 - 3 * size + 1) / (3 * size**2 - 3 * size + 1)
    assert kept.argmin() == 0
    assert kept[0] == pytest.approx(3 / 7)
    assert np.all(kept[1:] >= 10 / 19)
    assert kept[-1] == pytest.approx(2 / 3, abs=1e-4)


def brute_path(num_samples, shares):
    """E G(Q_t)/G(P) of a fair coin by the whole chain of its count."""
    count = np.arange(num_samples + 1)
    choose = np.array([math.comb(num_samples, n) for n in count], float)
    law, kept = None, []
    for share in shares:
        success = share / 2 + (1 - share) * count / num_samples
        rows = choose * success[:, None] ** count * (1 - success[:, None]) ** (num_samples - count)
        start = choose * 0.5**num_samples
        law = start if law is None else law @ rows
        frequency = count / num_samples
        kept.append(float(law @ (4 * frequency * (1 - frequency))))
    return np.array(kept)


def test_bursts_by_the_chain_of_counts():
    shares = np.zeros(16)
    shares[[0, 1, 3, 7, 15]] = 0.4
    np.testing.assert_allclose(bursts._kept_path(10, shares), brute_path(10, shares), atol=1e-12)


def test_bursts_of_the_worked_examples():
    theta = {"N": 100, "r": Fraction(1), "beta": Fraction(1, 2)}
    path = bursts._last_period(100, 50, Fraction(1, 2))
    assert claim("critics-bursts-regular").value(theta) == pytest.approx(0.691, abs=5e-4)
    assert path.min() == pytest.approx(0.535, abs=5e-4)
    assert path.argmin() == path.size - 2
    # By hand in continuous time: f falls to a quarter in a burst and relaxes to 1 at rate 1/N between bursts.
    before = (1 - math.exp(-0.5)) / (1 - 0.25 * math.exp(-0.5))
    mean = (1 - 0.25 * before) * (1 - math.exp(-0.5)) / 0.5
    assert path.mean() == pytest.approx(mean, abs=6e-3)
    doubling = {"N": 200, "k": 10, "r": Fraction(1)}
    kept = bursts._doubling(doubling)
    np.testing.assert_allclose([kept.mean(), kept.min(), kept[-1]], [0.452, 0.060, 0.728], atol=5e-4)


@pytest.mark.parametrize(("tpr", "fpr", "rounds"), [(99, 1, 4), (90, 10, 7), (55, 45, 69), (100, 90, 132), (11, 1, 6)])
def test_rounds_by_powers_of_the_odds_ratio(tpr, fpr, rounds):
    theta = {"TPR, FPR": (Fraction(tpr, 100), Fraction(fpr, 100)), "x": Fraction(1, 2), "epsilon": Fraction(1, 10**6)}
    ratio = Fraction(tpr, fpr)
    assert ratio ** (rounds - 1) < 10**6 - 1 <= ratio**rounds
    assert claim("critics-verifier-rounds").value(theta) == rounds == claim("critics-verifier-rounds").bound(theta)


@pytest.mark.parametrize(("tpr", "fpr"), [(0.55, 0.45), (0.9, 0.1)])
def test_lost_verdicts_by_powers_of_the_chain(tpr, fpr):
    size, good = 5, 0.2
    count = np.arange(size + 1)
    accepted = count * tpr / (count * tpr + (size - count) * fpr)
    choose = np.array([math.comb(size, n) for n in count], float)
    matrix = choose * accepted[:, None] ** count * (1 - accepted[:, None]) ** (size - count)
    first = good * tpr / (good * tpr + (1 - good) * fpr)
    law = choose * first**count * (1 - first) ** (size - count) @ np.linalg.matrix_power(matrix, 2**12)
    theta = {"N": size, "x": good, "TPR, FPR": (tpr, fpr)}
    entry = claim("critics-verifier-finite-sample")
    assert entry.value(theta) == pytest.approx(law[0], rel=1e-9)
    # One generation of the supermartingale, state by state.
    ratio = fpr / tpr
    assert np.all(matrix @ ratio**count <= ratio**count + 1e-12)
    assert law[0] <= entry.bound(theta)


def test_variance_of_the_walk_for_one_and_two_features(monkeypatch):
    # d = 1: S = 1/chi^2_T, so that E S^2 = 1/((T-2)(T-4)) and the risk is S chi^2_1, E chi^4_1 = 3.
    rows = 9
    monkeypatch.setattr(predicted_outcomes, "WEIGHTS", (1.0,))
    variance = 3 / ((rows - 2) * (rows - 4)) - 1 / (rows - 2) ** 2
    assert predicted_outcomes._risk_tail({"T": rows}).variance == pytest.approx(variance, rel=1e-12)
    # d = 2: S_11 = 1/chi^2_{T-1} and det S = 1/(chi^2_T chi^2_{T-1}) by Bartlett, and E S_11^2 = E S_11 S_22 +
    # 2 E S_12^2 by rotation through 45 degrees.
    monkeypatch.setattr(predicted_outcomes, "WEIGHTS", (1.0, 2.0))
    square, determinant = 1 / ((rows - 3) * (rows - 5)), 1 / ((rows - 2) * (rows - 3))
    cross = (square - determinant) / 3
    product = determinant + cross
    variance = (2 * square + 2 * product) + 2 * (2 * square + 2 * cross) - (2 / (rows - 3)) ** 2
    assert predicted_outcomes._risk_tail({"T": rows}).variance == pytest.approx(variance, rel=1e-12)


def test_predictions_are_fitted_by_themselves_in_floating_point():
    abscissas = np.array([0.0, 1.0, 3.0, 7.0])
    design = np.stack([np.ones(4), abscissas], axis=1)
    labels = np.array([1, -2, 3 / 7, 5])
    weights = np.linalg.lstsq(design, labels, rcond=None)[0]
    again = np.linalg.lstsq(design, design @ weights, rcond=None)[0]
    np.testing.assert_allclose(again, weights, atol=1e-12)
    value = claim("critics-regression-predicted").value({"x": (0, 1, 3, 7), "n": 5})
    np.testing.assert_allclose([float(w) for w in value], weights, atol=1e-12)
