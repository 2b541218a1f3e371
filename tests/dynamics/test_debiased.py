"""The estimator that subtracts the model: unbiased under both mixings, also where shares are rounded to whole draws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds
from zenil_dynamics.mixing import TrainingSource
from zenil_dynamics.schedule_table import Row
from zenil_dynamics.updates.debiased import nearest_on_simplex

TARGET, MODEL = np.array([0.5, 0.5]), np.array([1.0, 0.0])
NUM_SAMPLES, SHARE, NUM_REAL, REPLICATES = 15, 0.3, 5, 200_000


@pytest.mark.stat(delta=2e-9)
@pytest.mark.parametrize("mixing", ["bernoulli", "stratified"])
def test_one_generation_estimates_the_target_without_bias(mixing):
    target, model = zd.Categorical(TARGET), zd.Categorical(MODEL)
    dtype = jnp.result_type(float)
    row = Row(jnp.uint32(0), jnp.int32(NUM_SAMPLES), jnp.asarray(SHARE, dtype), jnp.int32(NUM_REAL))
    source, update = TrainingSource(target, model, row, mixing, False), zd.Debiased()

    def estimate(key):
        memory = update.init(target.empty, None, target, key=key)
        return update(memory, source, row, key=key)[1].estimate[0]

    mean = float(jnp.mean(jax.jit(jax.vmap(estimate))(jax.random.split(jax.random.key(4), REPLICATES))))
    share = SHARE if mixing == "bernoulli" else NUM_REAL / NUM_SAMPLES
    # A frequency lies in [0, 1] and is divided by the share.
    allowed = bounds.hoeffding(REPLICATES, 2e-9, 1 / share)
    assert abs(mean - TARGET[0]) < allowed
    # Taking alpha for 5 of 15, or leaving the model in, would be seen.
    assert abs((share / SHARE - 1) * (TARGET - MODEL)[0]) > allowed or mixing == "bernoulli"
    assert abs((1 - share) * (MODEL - TARGET)[0]) > allowed


@pytest.mark.parametrize(
    ("point", "nearest"),
    [([0.2, 0.8], [0.2, 0.8]), ([1.3, -0.3], [1.0, 0.0]), ([0.7, 0.7, -0.4], [0.5, 0.5, 0.0]), ([5.0], [1.0])],
)
def test_the_nearest_point_of_the_simplex(point, nearest):
    np.testing.assert_allclose(nearest_on_simplex(jnp.asarray(point)), nearest, atol=1e-6)
