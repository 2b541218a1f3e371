"""What splitting promises beside its law: bits, other loops, certain and impossible events, messages."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from zenil_dynamics.rare_events import splitting


def first(state, target):
    return state.probs[0]


def log_precision(state, target):
    return -jnp.log(state.variance)


def never_a_number(state, target):
    return jnp.where(state.probs[0] == target.probs[0], 0.0, jnp.nan)


def two_numbers(state, target):
    return state.probs[:2]


def complex_number(state, target):
    return jax.lax.complex(state.probs[0], state.probs[1])


LOOP = zd.System(zd.Categorical([0.25, 0.5, 0.25]), 8, 0.1)
OPTIONS = {"score": first, "levels": (0.4, 0.6, 0.8), "num_generations": 5, "num_particles": 20}


def run(system=LOOP, seed=3, **changes):
    return splitting(system, key=jax.random.key(seed), **{**OPTIONS, **changes})


@pytest.fixture(scope="module")
def reference():
    return run(num_repetitions=200)


@pytest.mark.parametrize("num_repetitions", [2, 51, 52])
def test_fewer_repetitions_are_a_prefix(reference, num_repetitions):
    # A block here is 51 repetitions wide: 1024 lanes of 20 particles.
    found = run(num_repetitions=num_repetitions)
    np.testing.assert_array_equal(found.fractions, reference.fractions[:num_repetitions])
    np.testing.assert_array_equal(found.estimates, reference.estimates[:num_repetitions])


def test_earlier_levels_do_not_depend_on_later_ones(reference):
    found = run(num_repetitions=60, levels=(0.4, 0.6))
    np.testing.assert_array_equal(found.fractions, reference.fractions[:60, :2])


def test_repetitions_and_seeds_differ(reference):
    assert len(np.unique(reference.estimates)) > 20
    assert np.any(run(num_repetitions=200, seed=4).fractions != reference.fractions)


def test_the_parts_of_a_result_fit_together(reference):
    np.testing.assert_array_equal(reference.estimates, np.prod(reference.fractions, axis=1))
    assert reference.probability == reference.estimates.mean()
    assert reference.fractions.shape == (200, 3)
    np.testing.assert_array_equal(reference.extinct, reference.fractions[:, -1] == 0)
    dead = np.minimum.accumulate(reference.fractions, axis=1) == 0
    assert np.all(reference.fractions[dead] == 0)
    assert np.all((reference.fractions * 20) % 1 == 0)


def test_certain_and_impossible_events():
    certain = run(levels=(-1.0, 0.0, 0.25), num_repetitions=3)
    assert certain.probability == 1
    assert certain.variance == 0
    impossible = run(levels=(0.4, 0.6, 1.5), num_repetitions=3)
    assert impossible.probability == 0
    assert impossible.extinct.tolist() == [True] * 3


def test_generation_zero_and_the_last_one_count():
    # Q_0 has 0.25; the event is there at once. With one step and population updates the last one is all there is.
    assert run(levels=(0.25,), num_generations=1, num_repetitions=2).probability == 1
    start = zd.Categorical([0.0, 0.5, 0.5])
    loop = zd.System(zd.Categorical([1.0, 0.0, 0.0]), 8, 0.5, update=zd.Population(), initial=start)
    assert run(loop, levels=(0.49,), num_generations=1, num_repetitions=2).probability == 1
    assert run(loop, levels=(0.51,), num_generations=1, num_repetitions=2).probability == 0
    assert run(loop, levels=(0.51,), num_generations=2, num_repetitions=2).probability == 1


def test_other_families_need_no_more_than_a_score():
    loop = zd.System(zd.Gaussian(), 6, 0.05, fit=zd.Unbiased())
    found = run(loop, score=log_precision, levels=(1.0, 2.0, 3.0), num_generations=4, num_repetitions=60)
    assert found.probability > 0
    assert np.all(np.diff(np.cumprod(found.fractions.mean(axis=0))) < 0)


def test_it_is_part_of_the_package():
    assert zd.splitting is splitting


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"system": "loop"}, "`system` must be a System; got str"),
        ({"score": "entropy"}, r"`score` must be a function of \(state, target\); got 'entropy'"),
        ({"score": two_numbers}, "`score` must return one real number; got .*Reduce it, for instance by jnp.max"),
        ({"score": complex_number}, "`score` must return one real number"),
        ({"score": never_a_number}, "`score` must be a number at every state; it was nan in repetition 0"),
        ({"levels": ()}, r"`levels` must be finite numbers that increase, the event last; got \(\)"),
        ({"levels": (0.5, 0.5)}, "`levels` must be finite numbers that increase"),
        ({"levels": (0.5, np.inf)}, "`levels` must be finite numbers that increase"),
        ({"levels": 0.5}, "`levels` must be finite numbers that increase"),
        ({"num_generations": 0}, "`num_generations` must be a whole number of at least 1; got 0"),
        ({"num_particles": 0}, "`num_particles` must be a whole number of at least 1; got 0"),
        ({"num_particles": 2**31}, r"`num_particles` must be below 2\^31; got 2147483648"),
        ({"num_repetitions": 1}, "`num_repetitions` must be a whole number of at least 2; got 1"),
    ],
)
def test_bad_input(changes, message):
    with pytest.raises(ValueError, match=message):
        run(**changes)


def test_keys_of_another_generator_are_refused():
    with pytest.raises(ValueError, match="`key` must be a typed key"):
        splitting(LOOP, key=jax.random.PRNGKey(0), **OPTIONS)
