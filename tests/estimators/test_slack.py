"""The declared rounding bounds hold against float64, are attained within reason, and their premises are measured."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import kl_div

from zenil_dynamics import estimators
from zenil_dynamics.estimators import slack

U = slack.FLOAT32_ROUNDOFF
THRESHOLD = 0.03

# Record name -> (float32 value of the model, float64 formula).
CATEGORICAL = {
    "entropy": (lambda q, p: estimators.entropy_plugin(q), lambda q, p: -np.sum(q * np.log(np.where(q > 0, q, 1)))),
    "diversity": (lambda q, p: estimators.diversity(q), lambda q, p: np.sum(q * (1 - q))),
    "support_size": (lambda q, p: estimators.support_size(q), lambda q, p: np.sum(q > 0)),
    "rare_mass": (lambda q, p: estimators.rare_mass(q, p, THRESHOLD), lambda q, p: np.sum(q[p < THRESHOLD])),
    "missing_mass": (estimators.missing_mass, lambda q, p: np.sum(p[q == 0])),
    "kl_to_target": (estimators.kl_divergence, lambda q, p: np.sum(kl_div(q, p))),
    "kl_from_target": (lambda q, p: estimators.kl_divergence(p, q), lambda q, p: np.sum(kl_div(p, q))),
    "successive_kl": (estimators.kl_divergence, lambda q, p: np.sum(kl_div(q, p))),
    "total_variation": (estimators.total_variation, lambda q, p: 0.5 * np.sum(np.abs(q - p))),
    "chi_square": (estimators.chi_square, lambda q, p: np.sum((q - p) ** 2 / p)),
}
GAUSSIAN = {
    "mean": (lambda m, v, a, b: m, lambda m, v, a, b: m),
    "variance": (lambda m, v, a, b: v, lambda m, v, a, b: v),
    "log_variance": (lambda m, v, a, b: estimators.log_variance(v), lambda m, v, a, b: np.log(v)),
    "differential_entropy": (
        lambda m, v, a, b: estimators.differential_entropy(v),
        lambda m, v, a, b: 0.5 * np.log(2 * np.pi * np.e * v),
    ),
    "wasserstein2": (
        estimators.wasserstein2_squared,
        lambda m, v, a, b: (m - a) ** 2 + (np.sqrt(v) - np.sqrt(b)) ** 2,
    ),
    "kl_to_target": (
        estimators.kl_divergence_gaussian,
        lambda m, v, a, b: 0.5 * (v / b - 1 - np.log(v / b) + (m - a) ** 2 / b),
    ),
    "kl_from_target": (
        lambda m, v, a, b: estimators.kl_divergence_gaussian(a, b, m, v),
        lambda m, v, a, b: 0.5 * (b / v - 1 - np.log(b / v) + (m - a) ** 2 / v),
    ),
    "successive_kl": (
        estimators.kl_divergence_gaussian,
        lambda m, v, a, b: 0.5 * (v / b - 1 - np.log(v / b) + (m - a) ** 2 / b),
    ),
}
_CATEGORICAL_JIT = jax.jit(
    lambda q, p: {name: jnp.asarray(functions[0](q, p), jnp.float32) for name, functions in CATEGORICAL.items()}
)
_GAUSSIAN_JIT = jax.jit(lambda *state: {name: functions[0](*state) for name, functions in GAUSSIAN.items()})


def _zipf(support_size):
    weights = 1 / np.arange(1, support_size + 1)
    return weights / weights.sum()


def _violations(q, p, num_samples):
    """Names of records whose float32 value leaves the declared bound for one value."""
    scale = slack.CategoricalScale(p, 1 / num_samples, THRESHOLD, block_size=1)
    values = _CATEGORICAL_JIT(q.astype(np.float32), p.astype(np.float32))
    wrong = set()
    for name, (_, formula) in CATEGORICAL.items():
        exact, value = float(formula(q, p)), float(values[name])
        if np.isinf(exact) or np.isinf(value):
            assert exact == value
        elif abs(value - exact) > slack.CATEGORICAL[name](scale):
            wrong.add(name)
    return wrong


def test_every_record_has_a_bound_and_a_formula():
    assert set(CATEGORICAL) == set(slack.CATEGORICAL)
    assert set(GAUSSIAN) == set(slack.GAUSSIAN)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([1, 2, 3, 33, 1000]), st.integers(1, 10**6), st.integers(0, 2**32 - 1), st.booleans())
def test_frequencies_of_samples_stay_within_the_bounds(support_size, num_samples, seed, closed):
    rng = np.random.default_rng(seed)
    target = _zipf(support_size)
    source = rng.dirichlet(np.full(support_size, 0.05)) if closed else target
    counts = rng.multinomial(num_samples, source)
    assert not _violations(counts / num_samples, target, num_samples)


@pytest.mark.parametrize("support_size", [2, 3, 100, 1000])
def test_extreme_states_stay_within_the_bounds(support_size):
    target = _zipf(support_size)
    vertices = [np.eye(support_size)[0], np.eye(support_size)[-1]]
    nearly = [(1 - 1e-6) * vertex + 1e-6 * target for vertex in vertices]
    close = [target * (1 + 1e-7 * (-1) ** np.arange(support_size))]
    uniform = [np.full(support_size, 1 / support_size)]
    for state in vertices + nearly + close + uniform + [target]:
        assert not _violations(state / state.sum(), target, 10**12)


def test_the_cancelling_forms_would_be_caught():
    # The mutant 1 - sum q^2 next to a vertex: its relative digits are lost.
    rest = np.float32(2.0**-14 + 2.0**-24)  # 1 - rest is exact, its square is not
    near = jnp.array([1 - rest, rest])
    exact = 1 - np.sum(np.asarray(near, np.float64) ** 2)
    careless = 1 - jnp.sum(near * near)
    assert abs(float(estimators.diversity(near)) - exact) <= 4 * U * exact
    assert abs(float(careless) - exact) > 4 * U * exact


@settings(deadline=None, max_examples=200)
@given(st.floats(-5, 5), st.floats(1e-3, 10), st.floats(-5, 5), st.floats(1e-3, 10))
def test_gaussian_states_stay_within_the_bounds(mean, variance, other_mean, other_variance):
    scale = slack.GaussianScale(5.0, 1e-3, 10.0, block_size=1)
    state = (mean, variance, other_mean, other_variance)
    values = _GAUSSIAN_JIT(*(np.float32(number) for number in state))
    for name, (_, formula) in GAUSSIAN.items():
        assert abs(float(values[name]) - float(formula(*state))) <= slack.GAUSSIAN[name](scale), name


def test_bounds_are_small_where_the_problem_is():
    scale = slack.CategoricalScale(_zipf(3), 1e-3, 0.1, block_size=1)
    assert slack.CATEGORICAL["entropy"](scale) < 3e-6
    assert slack.CATEGORICAL["diversity"](scale) < 1e-6
    assert slack.CATEGORICAL["total_variation"](scale) < 1.5e-6
    assert slack.CATEGORICAL["kl_to_target"](scale) < 1e-5
    assert slack.CATEGORICAL["support_size"](scale) < 2e-6
    assert slack.CATEGORICAL["entropy"](slack.CategoricalScale(_zipf(1000), block_size=4096)) < 2e-4


@pytest.mark.parametrize("name", sorted(slack.CATEGORICAL))
def test_categorical_bounds_scale_with_the_roundoff(name):
    single = slack.CategoricalScale(_zipf(10), 1e-3, 0.1)
    double = single._replace(unit_roundoff=slack.FLOAT64_ROUNDOFF)
    assert slack.CATEGORICAL[name](double) < 1e-8 * slack.CATEGORICAL[name](single)
    assert slack.CATEGORICAL[name](single._replace(block_size=4096)) >= slack.CATEGORICAL[name](single)
    assert slack.CATEGORICAL[name](double._replace(num_blocks=10_000)) > slack.CATEGORICAL[name](double)


@pytest.mark.parametrize("name", sorted(slack.GAUSSIAN))
def test_gaussian_bounds_scale_with_the_roundoff(name):
    single = slack.GaussianScale(3.0, 0.01, 2.0)
    double = single._replace(unit_roundoff=slack.FLOAT64_ROUNDOFF)
    assert slack.GAUSSIAN[name](double) < 1e-8 * slack.GAUSSIAN[name](single)


def test_type_that_rounding_moves_across_the_threshold_costs_its_whole_mass():
    threshold = 0.25 + 1e-9  # 0.25 in float32, so that 0.25 is rare in float64 alone
    scale = slack.CategoricalScale(np.full(4, 0.25), None, threshold)
    assert slack.CATEGORICAL["rare_mass"](scale) > 1
    assert slack.CATEGORICAL["rare_mass"](scale._replace(rare_threshold=0.25)) < 1e-5


def test_rare_mass_needs_its_threshold():
    with pytest.raises(ValueError, match="`rare_threshold` must be a number for the slack of rare_mass; got None"):
        slack.CATEGORICAL["rare_mass"](slack.CategoricalScale(_zipf(3)))


def test_target_below_the_normal_numbers_has_no_bound():
    scale = slack.CategoricalScale(np.array([1.0, 1e-40]))
    assert slack.CATEGORICAL["kl_to_target"](scale) == np.inf
    assert slack.CATEGORICAL["chi_square"](scale) == np.inf


@pytest.mark.parametrize("num_terms", [1, 2, 3, 16, 32, 33, 100, 257, 1000, 1025, 20_000])
@pytest.mark.parametrize("batched", [False, True])
def test_summation_depth(num_terms, batched):
    # Beside a 1 every addition of less than half an ulp is lost, so the loss counts the additions that the 1 meets.
    places = sorted({0, 1 % num_terms, num_terms // 2, num_terms - 1, *range(0, num_terms, max(1, num_terms // 40))})
    small = U * (1 - 2.0**-20)
    terms = np.full((len(places), num_terms), small, np.float32)
    terms[np.arange(len(places)), places] = 1
    exact = terms.astype(np.float64).sum(axis=1)
    total = jax.jit(lambda row: jnp.sum(row * jnp.ones_like(row)))
    sums = jax.jit(jax.vmap(total))(terms) if batched else np.array([total(row) for row in terms])
    assert np.max(np.abs(np.asarray(sums, np.float64) - exact)) / U <= slack.summation_depth(num_terms)


def test_summation_depth_by_hand():
    assert [slack.summation_depth(n) for n in (1, 2, 32, 33, 1000, 1025)] == [0, 1, 31, 32, 64, 96]


def test_elementary_functions_err_by_less_than_declared():
    rng = np.random.default_rng(1)
    wide = 2.0 ** rng.uniform(-126, 126, 500_000)
    arguments = np.concatenate([wide, rng.uniform(0.5, 2, 500_000), 1 + rng.uniform(-1e-3, 1e-3, 100_000)])
    arguments = arguments.astype(np.float32)
    exact = np.log(arguments.astype(np.float64))
    error = np.abs(np.asarray(jax.jit(jnp.log)(arguments), np.float64) - exact)
    assert np.all(error <= slack.LOG_ROUNDINGS * U * np.abs(exact))
    divisors = rng.uniform(0.5, 2, arguments.size).astype(np.float32)
    exact = arguments.astype(np.float64) / divisors
    normal = exact >= 2.0**-126
    error = np.abs(np.asarray(jax.jit(jnp.divide)(arguments, divisors), np.float64) - exact)
    assert np.all(error[normal] <= slack.QUOTIENT_ROUNDINGS * U * exact[normal])
    exact = np.sqrt(arguments.astype(np.float64))
    error = np.abs(np.asarray(jax.jit(jnp.sqrt)(arguments), np.float64) - exact)
    assert np.all(error <= 2 * U * exact)


@pytest.mark.parametrize("block_size", [1, 64, 128, 4096])
def test_mean_over_a_block_stays_within_its_bound(block_size):
    values = np.random.default_rng(2).uniform(0, 7, (200, block_size)).astype(np.float32)

    @jax.jit
    def block_mean(row):
        deviation = row - row[0]
        return row[0] + jnp.sum(deviation) / jnp.asarray(block_size, row.dtype)

    error = np.abs(np.asarray(jax.vmap(block_mean)(values), np.float64) - values.astype(np.float64).mean(axis=1))
    scale = slack.CategoricalScale(_zipf(3), block_size=block_size)
    assert np.all(error <= slack.mean_over_blocks(7.0, 7.0, scale))
