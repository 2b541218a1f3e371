"""Laws of the abstract classes, over the registry."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from tests.dynamics.registry import FITS, LISTS, STATES, TRAINED, UPDATES
from zenil_dynamics.mixing import TrainingSource
from zenil_dynamics.schedule_table import Row
from zenil_dynamics.states.base import AbstractSource

KEY = jax.random.key(3)


def float_leaves(tree):
    return [np.asarray(leaf, np.float64) for leaf in jax.tree.leaves(tree)]


def close(first, second):
    for one, other in zip(float_leaves(first), float_leaves(second), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def as_floats(tree):
    """What a state looks like inside the kernel: default-float arrays."""
    return jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.result_type(float)), tree)


def as_state(state):
    """The same for states whose leaves are not all floats."""
    return jax.tree.map(lambda leaf: jnp.asarray(leaf, leaf.dtype if leaf.dtype != np.float64 else None), state)


def refitted(name, state, statistics):
    """The maximum-likelihood state, or where there is no such rule what training makes of it."""
    return TRAINED[name](statistics, state, key=KEY) if name in TRAINED else state.matched(statistics)


def as_moments(statistics):
    """Second moments instead of rows, whose signs mean nothing."""
    if isinstance(statistics, zd.statistics.ExpectedLeastSquares):
        return statistics.rows.T @ statistics.rows, statistics.rows.T @ statistics.labels
    return statistics


def as_set(statistics):
    """What is left of statistics when order, signs and empty places mean nothing."""
    if isinstance(statistics, zd.statistics.Particles):
        values = np.asarray(statistics.values, np.float64)[: int(statistics.count)]
        return values[np.lexsort(values.reshape(len(values), -1).T)]
    if isinstance(statistics, zd.statistics.LeastSquares):
        rows = np.asarray(statistics.rows, np.float64)
        return rows.T @ rows, rows.T @ np.asarray(statistics.labels, np.float64)
    return statistics


def open_source(state, num_samples):
    """The training source of a generation a third of which is real, and its row of the schedule table."""
    row = Row(
        jnp.uint32(0), jnp.int32(num_samples), jnp.asarray(1 / 3, jnp.result_type(float)), jnp.int32(num_samples // 3)
    )
    return TrainingSource(state, state, row, "stratified", False), row


@pytest.mark.parametrize("name", [name for name in STATES if name not in LISTS])
def test_a_state_matches_its_own_expectation(name):
    state = as_floats(STATES[name])
    close(refitted(name, state, state.expected()), state)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_infinitely_many_draws_is_refused(name):
    with pytest.raises(ValueError, match="Use an update that draws"):
        STATES[name].expected()
    with pytest.raises(ValueError, match="Use a family of parameters"):
        STATES[name].empty.as_expected()


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("num_samples", [0, 1, 2, 17, 1000])
def test_totals_are_what_was_asked_for(name, num_samples):
    drawn = jax.jit(lambda n: STATES[name].draw(n, key=KEY))(num_samples)
    assert int(drawn.total) == num_samples


@pytest.mark.parametrize("name", STATES)
def test_draws_look_like_the_empty_set(name):
    state = as_state(STATES[name])
    drawn = jax.eval_shape(lambda: state.draw(jnp.int32(3), key=KEY))
    assert jax.eval_shape(lambda: state.empty) == drawn
    assert int(state.empty.total) == 0


@pytest.mark.parametrize("name", STATES)
def test_statistics_are_a_commutative_monoid(name):
    state, sizes = as_state(STATES[name]), (5, 12, 1)
    if state.one_source:  # Sets add where they have one design, which has one number of rows.
        sizes = (12, 12, 12)
        state = state.matched(state.draw(jnp.int32(12), key=KEY))
    one, two, three = (state.draw(jnp.int32(n), key=jax.random.key(place)) for place, n in enumerate(sizes, start=1))
    close(as_set((one + two) + three), as_set(one + (two + three)))
    close(as_set(one + two), as_set(two + one))
    close(as_set(one + one.zero()), as_set(one))
    close(as_set(one.zero() + one), as_set(one))
    assert int((one + two).total) == sum(sizes[:2])


@pytest.mark.parametrize("name", [name for name in STATES if type(STATES[name]).sample is not AbstractSource.sample])
def test_items_can_be_included_one_after_another(name):
    state = as_state(STATES[name])
    items = state.sample(6, key=KEY)
    at_once = state.empty.including(items, jnp.arange(6) != 2)
    in_parts = state.empty.including(items[:2], jnp.ones(2, bool)).including(items[3:], jnp.ones(3, bool))
    assert int(at_once.total) == 5
    close(as_set(at_once), as_set(in_parts))


def test_moments_merge_as_the_pooled_sample():
    rng = np.random.default_rng(0)
    samples = [rng.normal(size=n) + n for n in (3, 8)]
    parts = [
        zd.statistics.Moments(jnp.int32(x.size), jnp.float32(x.mean()), jnp.float32(((x - x.mean()) ** 2).sum()))
        for x in samples
    ]
    pooled = np.concatenate(samples)
    merged = parts[0] + parts[1]
    close(
        (merged.count, merged.mean, merged.scatter),
        (np.int32(11), pooled.mean(), ((pooled - pooled.mean()) ** 2).sum()),
    )


@pytest.mark.parametrize("name", [name for name in STATES if name not in LISTS])
def test_mixtures_end_at_their_parts(name):
    state = as_floats(STATES[name])
    changes = (lambda leaf: leaf + 1, lambda leaf: leaf[::-1], lambda leaf: 2 * leaf)
    other = jax.tree.map(lambda leaf: changes[leaf.ndim](leaf), state)
    close(
        as_moments(state.mixed_with(other, jnp.zeros((), jnp.result_type(float))).expected()),
        as_moments(state.expected()),
    )
    close(
        as_moments(state.mixed_with(other, jnp.ones((), jnp.result_type(float))).expected()),
        as_moments(other.expected()),
    )


@pytest.mark.parametrize("fit_name", FITS)
def test_infinitely_many_draws_leave_nothing_to_correct(fit_name):
    fit = FITS[fit_name]
    state = as_floats(STATES["gaussian" if fit_name == "unbiased" else "zipf"])
    close(fit(state.expected(), state, key=KEY), state)


def test_smoothing_is_add_beta():
    state = as_floats(STATES["categorical"])
    counts = zd.statistics.Counts(jnp.array([4, 0, 3, 0], jnp.int32))
    smoothed = zd.Smoothed(pseudocount=0.3)(counts, state, key=KEY)
    np.testing.assert_allclose(smoothed.probs, np.array([4.3, 0.3, 3.3, 0.3]) / (7 + 4 * 0.3), rtol=1e-6)


def test_unbiased_divides_by_one_less():
    state = as_floats(STATES["gaussian"])
    moments = zd.statistics.Moments(jnp.int32(5), jnp.float32(2.0), jnp.float32(8.0))
    assert float(zd.Unbiased()(moments, state, key=KEY).variance) == pytest.approx(2.0)
    assert float(zd.MaximumLikelihood()(moments, state, key=KEY).variance) == pytest.approx(1.6)


@pytest.mark.parametrize("update_name", UPDATES)
@pytest.mark.parametrize("state_name", STATES)
def test_updates_keep_the_structure_of_their_memory(update_name, state_name):
    state, update = as_state(STATES[state_name]), UPDATES[update_name]
    try:
        update.check_state(state)
    except ValueError:
        return  # Refused with a reason, which has a test of its own.

    def start(key):
        return update.init(state.empty, None, state, key=key)

    def step(memory, key):
        source, row = open_source(state, 9)
        statistics, after = update(memory, source, row, key=key)
        return statistics, after

    memory = jax.eval_shape(start, KEY)
    statistics, after = jax.eval_shape(step, memory, KEY)
    assert after == memory
    assert jax.eval_shape(lambda s: refitted(state_name, state, s), statistics) == jax.eval_shape(lambda: state)


def test_full_exogenous_forgets_the_state():
    start = zd.Categorical([1.0, 0.0, 0.0, 0.0])
    options = {"num_generations": 1, "num_replicates": 64, "key": KEY, "record": ("entropy",), "keep": "replicates"}
    far = zd.simulate(zd.System(STATES["categorical"], 50, 1.0, initial=start), **options)
    near = zd.simulate(zd.System(STATES["categorical"], 50, 1.0), **options)
    np.testing.assert_array_equal(far.replicates["entropy"][:, 1], near.replicates["entropy"][:, 1])
