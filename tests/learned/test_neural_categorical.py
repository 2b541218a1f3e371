"""The state: what it is made of, what it refuses, what a run records of it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import zenil_dynamics as zd
from tests.learned.registry import NETWORK, TABLE, TARGET, Energy
from zenil_dynamics import blocks
from zenil_dynamics.learned import AutoregressiveNetwork, LogitTable

FIT = zd.GradientFit(optax.adam, learning_rate=0.05, num_steps=4)


def loop(**options):
    return zd.System(**({"target": TARGET, "num_samples": 9, "fit": FIT, "initial": TABLE} | options))


def run(system, num_replicates=64, **options):
    return zd.simulate(
        system,
        **(
            {"num_generations": 2, "key": jax.random.key(5), "record": tuple(system.quantities), "keep": "replicates"}
            | options
        ),
        num_replicates=num_replicates,
    )


class Indexed(eqx.Module):
    logits: jax.Array
    order: jax.Array

    def __call__(self):
        return self.logits[self.order]


class Constant(eqx.Module):
    value: jax.Array

    def __call__(self):
        return self.value


class Listed(eqx.Module):
    value: jax.Array
    shift: list = eqx.field(static=True)

    def __call__(self):
        return self.value + self.shift[0]


class Exponential(eqx.Module):
    value: jax.Array

    def __call__(self):
        return jnp.exp(self.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: zd.NeuralCategorical(jnp.zeros(3)), "`network` must be a module that returns logits"),
        (
            lambda: zd.NeuralCategorical(Indexed(jnp.zeros(3), jnp.arange(3))),
            "must hold arrays of floating-point numbers alone",
        ),
        (lambda: zd.NeuralCategorical(lambda: jnp.zeros(3)), "got nothing that can be trained"),
        (lambda: zd.NeuralCategorical(Listed(jnp.zeros(3), [1])), "hashed; got an unhashable type: 'list'. Make lists"),
        (lambda: zd.NeuralCategorical(LogitTable(np.array([0.0, np.inf]))), "must have finite parameters"),
        (
            lambda: zd.NeuralCategorical(Constant(jnp.zeros((2, 2)))),
            r"a vector of finite logits, .* got shape \(2, 2\)",
        ),
        (lambda: zd.NeuralCategorical(Constant(jnp.zeros(0))), "a vector of finite logits"),
        (lambda: zd.NeuralCategorical(LogitTable(np.full(2, 1e300))), "must have finite parameters, at most"),
        (lambda: zd.NeuralCategorical(Exponential(jnp.full(2, 1000.0))), "with 2 entries that are not finite"),
        (lambda: loop(fit=None), "`fit` MaximumLikelihood has no closed form for a neural_categorical state"),
        (lambda: loop(fit=zd.Smoothed(1.0)), "no meaning for a neural_categorical state"),
        (lambda: loop(initial=None, model=TABLE).initial_state, "Train it by `fit`=GradientFit"),
        (lambda: loop(target=zd.Categorical.uniform(4)), "same number of types; got 3 and 4"),
        (lambda: loop(target=NETWORK), "same number of types; got 4 and 3"),
        (lambda: loop(target=zd.Gaussian()), "a neural_categorical state cannot meet a gaussian one"),
        (lambda: loop(decoders=zd.decoders.TopK(2)), "cannot decode a neural_categorical state"),
    ],
)
def test_each_gets_one_clear_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_exact_answers_say_why_there_are_none():
    with pytest.raises(zd.NotReachable, match="where training by gradients ends has no closed form"):
        zd.exact(loop(), "diversity", 3)
    assert zd.numerical_slack(loop(), "diversity", 3) == np.inf
    assert zd.numerical_slack(loop(target=TABLE), "diversity", 3) == np.inf


def test_the_law_is_a_softmax_of_the_logits():
    logits = np.array([0.5, -1.0, 2.0, 0.0])
    state = zd.NeuralCategorical(LogitTable(logits))
    np.testing.assert_allclose(state.probs, np.exp(logits) / np.exp(logits).sum(), rtol=1e-6)
    np.testing.assert_array_equal(state.sample(500, key=jax.random.key(1)) < 4, True)


def test_descriptions_tell_parameters_apart():
    other = zd.NeuralCategorical(AutoregressiveNetwork(2, width=3, key=jax.random.key(1)))
    again = zd.NeuralCategorical(AutoregressiveNetwork(2, width=3, key=jax.random.key(0)))
    assert NETWORK.describe() == again.describe()
    assert NETWORK.describe()["parameters"] != other.describe()["parameters"]
    # Equal parameters that were trained from another start make another loop without a warm start.
    moved = eqx.tree_at(lambda state: state.origin, NETWORK, other.parameters)
    assert NETWORK.describe()["parameters"] != moved.describe()["parameters"]


def test_working_memory_grows_with_the_network():
    sizes = [
        zd.NeuralCategorical(AutoregressiveNetwork(3, width=width, key=jax.random.key(0))).num_bytes
        for width in (2, 8, 32)
    ]
    assert sizes[0] < sizes[1] < sizes[2]


OPEN = {"exogenous_fraction": 0.3}
LOOPS = {
    "closed": {},
    "bernoulli": OPEN,
    "stratified": {"exogenous_fraction": 0.3, "mixing": "stratified"},
    "accumulate": {"update": zd.Accumulate(), **OPEN},
    "subsample": {"update": zd.AccumulateSubsample()},
    "window": {"update": zd.Window(2)},
    "reuse": {"update": zd.ReuseReal(4)},
    "weighted": {"update": zd.Weighted(0.5), **OPEN},
    "debiased": {"update": zd.Debiased(), **OPEN},
    "population": {"update": zd.Population(), **OPEN},
    "coupled": {"ensemble": zd.Ensemble([0.7, 0.3])},
    "uncoupled": {"ensemble": zd.Ensemble([0.7, 0.3], coupled=False), **OPEN},
    "estimated": {"initial": zd.estimate(12), "model": TABLE},
    "target": {"target": TABLE, "initial": None},
    "own network": {
        "target": zd.Categorical.uniform(5),
        "initial": zd.NeuralCategorical(Energy(5, key=jax.random.key(3))),
    },
    "batches": {"fit": zd.GradientFit(optax.adam, learning_rate=0.05, num_steps=4, batch_size=5, warm_start=False)},
}


@pytest.mark.parametrize("name", LOOPS)
def test_loops_of_every_policy_keep_their_structure_and_record_everything(name):
    """Traced, not compiled: a carry whose structure changes does not trace."""
    system = loop(**LOOPS[name])
    kernel = zd.kernels.choose(system, system.table(2), (), terminal_only=False)
    recorders = tuple(system.quantities.values())
    lanes = jnp.arange(3, dtype=jnp.uint32)
    recorded = jax.eval_shape(lambda key: kernel(recorders, lanes, key=key, terminal_only=False), jax.random.key(0))
    assert {values.shape for values in recorded} == {(3, 3)}


@pytest.mark.parametrize("name", ["bernoulli", "accumulate", "population", "coupled", "estimated", "own network"])
def test_loops_stay_laws(name):
    system = loop(**LOOPS[name])
    prefix = "member_" if system.ensemble else ""
    result = run(system, record=(f"{prefix}diversity", f"{prefix}support_size"))
    assert np.isfinite(result.replicates[f"{prefix}diversity"]).all()
    np.testing.assert_allclose(result.replicates[f"{prefix}support_size"], system.target.support_size, rtol=1e-6)


def test_records_are_those_of_the_law():
    at_start = run(loop(initial=NETWORK, target=zd.Categorical([0.1, 0.2, 0.3, 0.4]))).mean
    probs, target = np.asarray(NETWORK.probs, np.float64), np.array([0.1, 0.2, 0.3, 0.4])
    assert at_start["entropy"][0] == pytest.approx(-np.sum(probs * np.log(probs)), rel=1e-5)
    assert at_start["diversity"][0] == pytest.approx(1 - np.sum(probs**2), rel=1e-5)
    assert at_start["kl_to_target"][0] == pytest.approx(np.sum(probs * np.log(probs / target)), rel=1e-4)
    assert at_start["support_size"][0] == 4


def test_a_replicate_is_the_same_bits_however_many_there_are():
    few, many = run(loop(), 3).replicates, run(loop(), 300).replicates
    for name, values in few.items():
        np.testing.assert_array_equal(values, many[name][:3])


def test_no_value_compiles_anew():
    def program(**options):
        system = loop(target=zd.Categorical.uniform(4), **options)
        run(system, record=("entropy", "total_variation"))
        return next(reversed(blocks._PROGRAMS))

    def fit(learning_rate, num_steps, optimizer=optax.adam):
        return zd.GradientFit(optimizer, learning_rate=learning_rate, num_steps=num_steps)

    other = zd.NeuralCategorical(AutoregressiveNetwork(2, width=3, key=jax.random.key(7)))
    first = program(initial=NETWORK, exogenous_fraction=0.2, fit=fit(0.1, 3))
    assert program(initial=other, exogenous_fraction=0.5, fit=fit(0.02, 9), num_samples=4) == first
    assert program(initial=NETWORK, exogenous_fraction=0.2, fit=fit(0.1, 3, optax.sgd)) != first
