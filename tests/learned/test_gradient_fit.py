"""The fit: its steps against formulas, where it ends, what it refuses."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import zenil_dynamics as zd
from tests.learned import registry
from tests.learned.registry import CONVERGED, HASTY, NETWORK, TABLE, TARGET, Energy, count_vectors, fitted_probs

KEY = jax.random.key(0)
COUNTS = np.array([1, 0, 6], np.int32)
FREQUENCIES = COUNTS / 7


def sgd(num_steps, learning_rate=0.8, **options):
    return zd.GradientFit(optax.sgd, learning_rate=learning_rate, num_steps=num_steps, **options)


def trained(fit, state=TABLE, counts=COUNTS, key=KEY):
    return registry.trained(fit, state, counts, key=key)


def logits(state):
    return np.asarray(state.parameters.logits, np.float64)


def test_a_step_on_a_table_is_frequencies_minus_probabilities():
    values = np.log(TARGET.probs)
    for _ in range(3):
        values = values + 0.8 * (FREQUENCIES - np.exp(values) / np.exp(values).sum())
    np.testing.assert_allclose(logits(trained(sgd(3))), values, rtol=1e-5)


def test_a_step_on_a_network_goes_down_the_gradient_by_finite_differences():
    counts = np.array([3, 0, 2, 4], np.int32)
    rate = 1e-3
    leaves, treedef = jax.tree.flatten(NETWORK.parameters)

    with jax.enable_x64(True):
        moved = jax.tree.leaves(trained(sgd(1, rate), NETWORK, counts).parameters)

        def loss(leaves):
            return -np.sum(counts / 9 * np.asarray(jax.nn.log_softmax(NETWORK.logits(treedef.unflatten(leaves)))))

        for place, leaf in enumerate(leaves):
            nudge = np.zeros_like(leaf)
            nudge.flat[0] = 1e-6
            up, down = ([*leaves[:place], leaf + sign * nudge, *leaves[place + 1 :]] for sign in (1, -1))
            slope = (loss(up) - loss(down)) / 2e-6
            np.testing.assert_allclose((leaf - np.asarray(moved[place])).flat[0], rate * slope, rtol=1e-5, atol=1e-11)


def test_steps_add_up_where_the_optimizer_remembers_nothing():
    halfway = trained(sgd(4))
    np.testing.assert_allclose(logits(trained(sgd(3), halfway)), logits(trained(sgd(7))), rtol=1e-5)


def test_the_memory_of_an_optimizer_starts_anew_with_every_fit():
    adam = functools.partial(zd.GradientFit, optax.adam, learning_rate=0.1)
    halfway = trained(adam(num_steps=4))
    assert np.abs(logits(trained(adam(num_steps=3), halfway)) - logits(trained(adam(num_steps=7)))).max() > 1e-3


def test_without_a_warm_start_the_previous_state_is_forgotten():
    elsewhere = trained(sgd(5), counts=np.array([7, 0, 0], np.int32))
    cold, warm = sgd(2, warm_start=False), sgd(2)
    np.testing.assert_array_equal(logits(trained(cold, elsewhere)), logits(trained(cold)))
    assert np.abs(logits(trained(warm, elsewhere)) - logits(trained(warm))).max() > 0.1


def test_the_truth_stays_where_it_is():
    for state in (TABLE, NETWORK):
        after = jax.jit(lambda state: sgd(5)(state.expected(), state, key=KEY))(state)
        np.testing.assert_allclose(after.probs, state.probs, rtol=1e-5)


@pytest.mark.parametrize("num_samples", [1, 8])
def test_long_training_ends_at_the_frequencies_and_short_training_does_not(num_samples):
    counts = count_vectors(3, num_samples)
    assert np.abs(fitted_probs(CONVERGED, TABLE, counts) - counts / num_samples).sum(axis=1).max() < 2e-6
    assert np.abs(fitted_probs(HASTY, TABLE, counts) - counts / num_samples).sum(axis=1).max() > 0.1


def test_batches_are_drawn_from_the_set():
    step = trained(sgd(1, 1.0, batch_size=5))
    seen = (logits(step) - np.log(TARGET.probs) + np.asarray(TARGET.probs)) * 5
    np.testing.assert_allclose(seen, np.round(seen), atol=1e-4)
    assert np.round(seen).sum() == 5
    assert round(seen[1]) == 0, "a type that is not in the set"
    others = [tuple(np.round(logits(trained(sgd(1, 1.0, batch_size=5), key=jax.random.key(k))), 3)) for k in range(60)]
    assert len(set(others)) > 1, "equal by chance with probability 0.47^59 < 1e-19: no batch is likelier than 0.47"


def test_steps_of_one_fit_see_batches_of_their_own():
    once = logits(trained(sgd(1, 1e-6, batch_size=5))) - np.log(TARGET.probs)
    many = (logits(trained(sgd(200, 1.0 / 200, batch_size=5))) - np.log(TARGET.probs)).round(3)
    whole = (logits(trained(sgd(200, 1.0 / 200))) - np.log(TARGET.probs)).round(3)
    assert np.abs(once).max() < 1e-4, "a small learning rate"
    assert np.abs(many - whole).max() > 0, "batches differ from the whole set"
    # A mean of 200 values in [0, 1] is 0.3 off with probability 2 exp(-36) at most (Hoeffding).
    assert np.abs(many - whole).max() < 0.3, "and average out over steps"


def test_training_on_a_target_finds_it():
    fit = zd.GradientFit(optax.adam, learning_rate=0.05, num_steps=3000)
    target = zd.Categorical([0.1, 0.2, 0.3, 0.4])
    state = fit.trained_on(target, NETWORK, key=KEY)
    np.testing.assert_allclose(state.probs, target.probs, atol=1e-3)
    for before, after in zip(jax.tree.leaves(NETWORK.origin), jax.tree.leaves(state.origin), strict=True):
        np.testing.assert_array_equal(before, after)
    assert all(isinstance(leaf, np.ndarray) for leaf in jax.tree.leaves(state))


def test_a_rate_that_is_far_too_large_is_a_result_and_not_a_hang():
    target, network = zd.Categorical.zipf(5), zd.NeuralCategorical(Energy(5, key=jax.random.key(3)))
    fit = sgd(50, 1e30 if jnp.result_type(float) == jnp.float32 else 1e250)
    with pytest.raises(ValueError, match="training left the finite numbers at `learning_rate` 1e\\+[0-9]+. Lower it"):
        fit.trained_on(target, network, key=KEY)
    run = zd.simulate(
        zd.System(target, 9, fit=fit, initial=network),
        num_generations=3,
        num_replicates=8,
        key=KEY,
        record=("entropy",),
        keep="replicates",
    )
    assert np.isnan(run.replicates["entropy"][:, -1]).all()


def decayed(learning_rate):
    return optax.adamw(learning_rate, weight_decay=0.1)


def test_descriptions_name_the_optimizer_and_hold_no_address():
    assert zd.GradientFit(decayed, learning_rate=0.5, num_steps=2).describe() == {
        "fit": "gradient",
        "optimizer": "decayed",
        "learning_rate": 0.5,
        "num_steps": 2,
        "warm_start": True,
        "batch_size": None,
    }
    partly = functools.partial(optax.sgd, momentum=0.9)
    fit = zd.GradientFit(partly, learning_rate=0.5, num_steps=2, batch_size=4)
    assert fit.describe()["optimizer"] == "sgd(momentum=0.9)"
    assert fit.describe()["batch_size"] == 4
    assert np.isfinite(logits(trained(fit))).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: zd.GradientFit(optax.adam(0.1), learning_rate=0.1, num_steps=3), "must be a function of the learning"),
        (lambda: sgd(0), "`num_steps` must be a whole number of at least 1; got 0"),
        (lambda: sgd(2**31), "`num_steps` must be below 2\\^31"),
        (lambda: sgd(3, 0.0), "`learning_rate` must be positive; got 0"),
        (lambda: sgd(3, float("nan")), "`learning_rate` must be one finite number"),
        (lambda: sgd(3, batch_size=0), "`batch_size` must be a whole number of at least 1"),
        (lambda: sgd(3, warm_start=1), "`warm_start` must be True or False; got 1"),
        (lambda: zd.System(zd.Gaussian(), 5, fit=sgd(3)), "GradientFit trains a network and has no meaning for a gau"),
        (lambda: zd.System(TARGET, 5, fit=sgd(3)), "no meaning for a categorical state. Give `model` a NeuralCateg"),
        (lambda: sgd(3).trained_on(zd.Categorical.uniform(4), TABLE, key=KEY), "same number of types; got 3 and 4"),
    ],
)
def test_each_gets_one_clear_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_parameters_keep_their_precision():
    after = trained(zd.GradientFit(optax.adam, learning_rate=0.1, num_steps=3))
    assert {leaf.dtype for leaf in jax.tree.leaves(after.parameters)} == {jnp.dtype(jnp.result_type(float))}
