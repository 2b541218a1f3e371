"""A model and fits that several tests share, with values that differ from defaults."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

import zenil_dynamics as zd

TARGET = zd.Categorical([0.5, 0.3, 0.2])
TABLE = zd.NeuralCategorical(zd.learned.LogitTable.of(TARGET.probs))
NETWORK = zd.NeuralCategorical(zd.learned.AutoregressiveNetwork(2, width=3, key=jax.random.key(0)))


class Energy(eqx.Module):
    """A network of a user's own: a perceptron gives each type a score that depends on its features."""

    perceptron: eqx.nn.MLP
    num_types: int = eqx.field(static=True)

    def __init__(self, num_types, *, key):
        self.perceptron = eqx.nn.MLP(1, "scalar", 4, 1, key=key)
        self.num_types = num_types

    def __call__(self):
        features = jnp.linspace(-1, 1, self.num_types)[:, None]
        return jax.vmap(self.perceptron)(features)


def annealed(learning_rate):
    """Signs of the gradient, by steps that shrink: arrives at frequencies of 0 as well, within 16 units of a logit."""
    return optax.sign_sgd(optax.exponential_decay(learning_rate, transition_steps=1, decay_rate=0.97))


CONVERGED = zd.GradientFit(annealed, learning_rate=0.5, num_steps=500, warm_start=False)
HASTY = zd.GradientFit(annealed, learning_rate=0.5, num_steps=3, warm_start=False)


def count_vectors(num_types, num_samples):
    """Every table of counts of so many draws."""
    every = itertools.product(range(num_samples + 1), repeat=num_types)
    return np.array([counts for counts in every if sum(counts) == num_samples], np.int32)


@jax.jit
def trained(fit, start, counts, *, key):
    """What a fit makes of one table of counts; compiled once per structure."""
    return fit(zd.statistics.Counts(counts), start, key=key)


@jax.jit
def _fitted_probs(fit, start, counts, key):
    return jax.vmap(lambda row: fit(zd.statistics.Counts(row), start, key=key).probs)(counts)


def fitted_probs(fit, start, counts):
    """Probabilities that a fit makes of each row of counts."""
    return np.asarray(_fitted_probs(fit, start, counts, jax.random.key(0)), np.float64)
