import numpy as np
import pytest
from scipy import stats

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import named_schedules, recursions


def test_binomial_rows():
    found = recursions.binomial_matrix(7, [0.0, 0.25, 1.0])
    np.testing.assert_allclose(found, stats.binom.pmf(np.arange(8), 7, np.array([[0.0], [0.25], [1.0]])), atol=1e-15)


@pytest.mark.parametrize("share", ["0", "0.2", "1/(t+1)", "2^-(t+1)"])
def test_count_chain_agrees_with_enumeration(share):
    row = named_schedules.shares(share, 3)
    laws = zd.oracles.enumerate_laws([0.5, 0.3, 0.2], [4] * 3, row.tolist(), initial=[0.1, 0.2, 0.7], rational=False)
    chain = recursions.count_laws(4, 0.3, 0.2, share, 3)
    for generation, law in enumerate(laws[1:]):
        marginal = np.zeros(5)
        for probs, weight in zip(law.probs, law.weights, strict=True):
            marginal[round(4 * probs[1])] += weight
        np.testing.assert_allclose(chain[generation], marginal, atol=1e-13)


@pytest.mark.parametrize(("share", "size"), [("1/(t+2)", "t+5"), ("0.1", "20"), ("(t+10)^-2", "(t+10)^2")])
def test_pair_probability_is_the_fixation_index(share, size):
    shares, sizes = named_schedules.shares(share, 200), named_schedules.sizes(size, 200)
    path = recursions.affine_path(*recursions.pair_probability(sizes, shares))
    np.testing.assert_allclose(path, zd.oracles.fixation_index(sizes, shares), rtol=1e-12)
    assert recursions.pair_probability_at(share, size, 200) == path[-1]


@pytest.mark.parametrize("name", named_schedules.SHARES)
def test_shares_are_shares(name):
    row = named_schedules.shares(name, 5000)
    assert row.shape == (5000,)
    assert np.all((row >= 0) & (row <= 1))


@pytest.mark.parametrize("name", named_schedules.SIZES)
def test_sizes_are_whole_and_not_rounded_up_by_an_ulp(name):
    row = named_schedules.sizes(name, 5000)
    assert np.all((row >= 1) & (row == np.floor(row)))
    exact = named_schedules.SIZES[name](np.arange(5000.0))
    assert np.all(row - exact < 1)
    if name == "20(t+1)^1.5":
        assert row[3] == 160
    if name == "(t+4)^1/2":
        assert row[5] == 3


def test_bursts_fall_on_powers_of_two():
    row = named_schedules.shares("1 into t=2^k, else 0", 70)
    assert np.flatnonzero(row).tolist() == [0, 1, 3, 7, 15, 31, 63]
    sparse = named_schedules.shares("1/(k+1) at t=2^k, else 0", 70)
    assert np.flatnonzero(sparse).tolist() == [1, 2, 4, 8, 16, 32, 64]
    np.testing.assert_allclose(sparse[[1, 2, 4, 64]], [1, 1 / 2, 1 / 3, 1 / 7])
