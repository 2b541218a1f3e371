from itertools import product
from math import comb, factorial, log, prod

import numpy as np
import pytest

from proofs_numeric.catalogue.zenil import entropies

LAW = (0.5, 0.3, 0.2)


def enumerated(num_samples, statistic):
    """Mean of a statistic over all count vectors of three types, written without the functions under test."""
    total = 0.0
    for counts in product(range(num_samples + 1), repeat=3):
        if sum(counts) == num_samples:
            weight = (
                factorial(num_samples)
                / prod(map(factorial, counts))
                * prod(p**c for p, c in zip(LAW, counts, strict=True))
            )
            total += weight * statistic([c / num_samples for c in counts])
    return total


@pytest.mark.parametrize("num_samples", [1, 2, 5, 9])
def test_marginals_agree_with_enumeration(num_samples):
    entropy = enumerated(num_samples, lambda q: -sum(x * log(x) for x in q if x))
    loss = enumerated(num_samples, lambda q: sum(x * log(x / p) for x, p in zip(q, LAW, strict=True) if x))
    laws = np.array([LAW])
    assert entropies.expected_entropy(num_samples, laws)[0] == pytest.approx(entropy, rel=1e-12, abs=1e-14)
    assert entropies.expected_loss(num_samples, laws)[0] == pytest.approx(loss, rel=1e-12)


def test_contraction_rates():
    rates = {2: 0.5, 3: 0.311278, 5: 0.167553, 10: 0.076501, 20: 0.037039, 50: 0.014575, 100: 0.007250, 200: 0.003616}
    for num_samples, rate in rates.items():
        assert entropies.contraction_rate(num_samples) == pytest.approx(rate, abs=5e-7)
    assert entropies.contraction_rate(1) == 1.0
    assert 1000 * entropies.contraction_rate(1000) == pytest.approx(0.7217, abs=5e-5)


def test_positive_laws_are_laws_with_every_type():
    for num_types in range(2, 7):
        laws = entropies.positive_laws(num_types)
        np.testing.assert_allclose(laws.sum(axis=1), 1, rtol=1e-14)
        assert laws.min() > 0
        assert laws.shape[1] == num_types
    # Partitions of 12 into 3 parts, and the two laws with rare types.
    assert len(entropies.positive_laws(3)) == 12 + 2


def test_count_law_counts_types():
    law = entropies.count_law(4, np.array(LAW))
    assert law.sum() == pytest.approx(3)
    assert law[4] == pytest.approx(sum(p**4 for p in LAW))
    assert law[1] == pytest.approx(sum(comb(4, 1) * p * (1 - p) ** 3 for p in LAW))


def test_entropy_path_of_two_items():
    # N = 2 from one coin: E H(Q_1) = log 2 / 2, and each further generation halves it.
    path = entropies.expected_entropies(2, entropies.count_law(2, np.array([0.5, 0.5])), 5)
    np.testing.assert_allclose(path, log(2) * 0.5 ** np.arange(1, 6), rtol=1e-12)
