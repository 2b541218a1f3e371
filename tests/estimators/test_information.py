"""Mutual information: extremes, SciPy's entropies, and the inequalities that define it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from zenil_dynamics import estimators

WEIGHTS = st.sampled_from([0.0, 1e-3, 0.1, 0.5, 1.0, 3.0])
TABLES = arrays.arrays(np.float64, (4, 3), elements=WEIGHTS).filter(lambda table: table.sum() > 0)


def test_extremes():
    diagonal = np.diag([0.5, 0.25, 0.25])
    assert float(estimators.mutual_information(diagonal)) == pytest.approx(1.5 * np.log(2), rel=1e-6)
    independent = np.outer([0.25, 0.75], [0.5, 0.25, 0.25])
    assert float(estimators.mutual_information(independent)) == pytest.approx(0, abs=1e-7)
    assert float(estimators.mutual_information([[0.3, 0.7]])) == 0
    assert float(estimators.mutual_information([[0.5], [0.5]])) == 0
    assert float(estimators.mutual_information([[0.0, 0.0], [0.5, 0.5]])) == 0


def test_a_noisy_bit():
    # Binary symmetric channel: log 2 - h(0.1).
    expected = np.log(2) - stats.entropy([0.1, 0.9])
    found = estimators.mutual_information_of_laws([0.5, 0.5], [[0.9, 0.1], [0.1, 0.9]])
    assert float(found) == pytest.approx(expected, rel=1e-5)


_LAWS = jax.jit(
    lambda joint, channel: (
        estimators.mutual_information(joint),
        estimators.mutual_information(joint.T),
        estimators.mutual_information(joint[::-1, ::-1]),
        estimators.mutual_information(joint @ channel),
    )
)


@given(TABLES, arrays.arrays(np.float64, (3, 3), elements=st.sampled_from([0.125, 0.5, 1.0, 4.0])))
def test_laws_of_joint_tables(table, channel):
    joint = table / table.sum()
    found, turned, renamed, processed = map(float, _LAWS(joint, channel / channel.sum(axis=1, keepdims=True)))
    # Twelve terms of a few dozen roundings of 2^-24 of probabilities and logarithms below 10.
    slack = 2e-5
    rows, columns = stats.entropy(joint.sum(axis=1)), stats.entropy(joint.sum(axis=0))
    assert found == pytest.approx(rows + columns - stats.entropy(joint.ravel()), abs=slack)
    assert 0 <= found <= min(rows, columns) + slack
    assert turned == pytest.approx(found, abs=slack)
    assert renamed == pytest.approx(found, abs=slack)
    assert processed <= found + slack  # data processing


@given(TABLES)
def test_laws_are_the_rows_of_the_joint_table(table):
    joint = table / table.sum()
    prior = joint.sum(axis=1)
    laws = joint / np.where(prior > 0, prior, 1)[:, None]
    expected = float(_JOINT(joint))
    assert float(_OF_LAWS(prior, laws)) == pytest.approx(expected, abs=1e-6)
    # What a beginning without weight would lead to changes nothing, wherever it leads.
    laws[prior == 0] = [0.0, 0.0, 1.0]
    assert float(_OF_LAWS(prior, laws)) == pytest.approx(expected, abs=1e-6)


_JOINT = jax.jit(estimators.mutual_information)
_OF_LAWS = jax.jit(estimators.mutual_information_of_laws)


def test_a_beginning_without_weight_may_lead_where_nothing_else_does():
    found = estimators.mutual_information_of_laws([0.5, 0.5, 0.0], [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert float(found) == 0


def test_a_product_of_margins_may_underflow():
    rare = 1e-25
    joint = np.array([[1 - rare, 0.0], [0.0, rare]], np.float32)
    assert float(estimators.mutual_information(joint)) == pytest.approx(rare * (np.log(1 / rare) + 1), rel=1e-4)


def test_fixation_of_a_closed_loop_forgets_its_start_as_the_chain_says():
    """Two types, N = 4: end laws are powers of the binomial matrix; both routes by hand in NumPy."""
    counts = np.arange(5)
    step = stats.binom.pmf(counts[None, :], 4, counts[:, None] / 4)
    prior = np.full(5, 0.2)
    previous = np.inf
    for generations in (0, 1, 5, 400):
        laws = np.linalg.matrix_power(step, generations)
        information = float(estimators.mutual_information_of_laws(prior, laws))
        mixture = prior @ laws
        expected = np.sum([w * stats.entropy(law, mixture) for w, law in zip(prior, laws, strict=True)])
        assert information == pytest.approx(expected, abs=2e-6)
        assert information <= previous
        previous = information
    # In the end only the type that fixed is known; a start at count c fixes type 1 with probability c / 4.
    remaining = np.log(2) - np.mean([stats.entropy([c / 4, 1 - c / 4]) for c in counts])
    assert previous == pytest.approx(remaining, abs=2e-6)


def test_nan_stays_nan_and_dtype_follows():
    assert np.isnan(estimators.mutual_information([[np.nan, 0.5], [0.25, 0.25]]))
    with jax.enable_x64(True):
        assert estimators.mutual_information(jnp.eye(2, dtype=jnp.float64) / 2).dtype == jnp.float64


def test_bad_input():
    with pytest.raises(ValueError, match=r"`joint` must have shape \(first, second\); got shape \(3,\)"):
        estimators.mutual_information([0.2, 0.3, 0.5])
    with pytest.raises(ValueError, match=r"`laws` must have shape .* with 2 beginnings, as many.* got shape \(3, 2\)"):
        estimators.mutual_information_of_laws([0.5, 0.5], np.ones((3, 2)) / 2)
    with pytest.raises(ValueError, match=r"`prior` must have shape \(support,\)"):
        estimators.mutual_information_of_laws(0.5, np.ones((1, 2)) / 2)
