"""Loops of models that are trained by gradients, first closed and then open, and the fixation law fitted to them.

From Q_0 = P, with G(q) = 1 - sum q^2, a loop loses diversity within its models and gains it between them:

    within_t = 1 - E G(Q_t) / G(P),        between_t = sum_k Var Q_t(k) / G(P).

Both equal f_t where the empirical measure is the next model; they differ by (sum E[Q_t(k)]^2 - sum P(k)^2) / G(P), so
that they are equal if the models' mean stays at P.

What a model does that moves only a share lambda of the way, q' = q + lambda (frequencies - q), is known: its mean stays
at P, and with Cov(frequencies | q) = (diag m - m m^T) / N at m = alpha P + (1 - alpha) q

    f' = lambda^2 / N (1 - (1 - alpha)^2 f) + (1 - lambda alpha)^2 f.

That is the fixation law with N_eff = N / lambda^2 and (1 - 1/N_eff)(1 - alpha_eff)^2 = (1 - lambda alpha)^2
- (1 - alpha)^2 / N_eff, exactly. Gradients move parameters of a model and not its probabilities.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float

import zenil_dynamics as zd

NUM_TOKENS = 3
NUM_TYPES = 2**NUM_TOKENS
CLOSED, MIDDLE, HORIZON = 8, 12, 40
"""Generations without real data; one at which the law is tested after them; all."""

Paths = Float[np.ndarray, "*rows generations"]
Laws = Float[np.ndarray, "replicates generations types"]


def annealed_signs(learning_rate: Array) -> optax.GradientTransformation:
    """Signs of the gradient, by steps that shrink: it ends at the frequencies, those that are 0 included.

    Args:
        learning_rate: of the first step.

    Returns:
        An Optax transformation.

    Source: Definition.
    """
    return optax.sign_sgd(optax.exponential_decay(learning_rate, transition_steps=1, decay_rate=0.97))


class Training(NamedTuple):
    """A way to fit: how steps are made, how long the first ones are, and whether they begin at the previous model."""

    optimizer: Callable[[Array], Any]
    learning_rate: float
    warm_start: bool

    def fit(self, num_steps: int) -> zd.GradientFit:
        """The fit with so many steps."""
        return zd.GradientFit(
            self.optimizer, learning_rate=self.learning_rate, num_steps=num_steps, warm_start=self.warm_start
        )


TRAININGS = {
    "annealed, cold": Training(annealed_signs, 0.5, False),
    "SGD, warm": Training(optax.sgd, 0.5, True),
    "Adam, warm": Training(optax.adam, 0.03, True),
    "Adam, cold": Training(optax.adam, 0.03, False),
}

_AUTOREGRESSIVE = {"autoregressive": (8, 1), "logistic": (1, 0)}
"""Width and number of hidden layers of autoregressive perceptrons."""

MODELS = ("table", "adapter", *_AUTOREGRESSIVE)


class Adapter(eqx.Module):
    """Logits that never change plus a perceptron on the bits of a type, whose last layer starts at 0.

    Attributes:
        base: static; the fixed logits.
        perceptron: NUM_TOKENS numbers +-1 in, one logit out.

    Source: Definition.
    """

    base: tuple[float, ...] = eqx.field(static=True)
    perceptron: eqx.nn.MLP

    def __init__(self, base: tuple[float, ...], *, key: Array):
        self.base = base
        untouched = eqx.nn.MLP(NUM_TOKENS, "scalar", 8, 1, activation=jnp.tanh, key=key)
        silent = jax.tree.map(jnp.zeros_like, untouched.layers[-1])
        self.perceptron = eqx.tree_at(lambda net: net.layers[-1], untouched, silent)

    def __call__(self) -> Float[Array, " types"]:
        """The logits."""
        bits = (np.arange(NUM_TYPES)[:, None] >> np.arange(NUM_TOKENS)) & 1
        scores = jax.vmap(self.perceptron)(jnp.asarray(2 * bits - 1, jnp.result_type(float)))
        return scores + jnp.asarray(self.base, scores.dtype)


@functools.cache
def model_of(name: str) -> zd.NeuralCategorical:
    """A model that knows Zipf frequencies of 8 types as well as it can: Q_0, whose own law is the target.

    Args:
        name: "table" (a softmax of free logits); "adapter" (fixed logits and a perceptron); "autoregressive" (a
            perceptron on 3 binary tokens, 8 hidden units) or "logistic" (the same without hidden units, which cannot be
            every law), both trained to the frequencies.

    Returns:
        The state. A fit without a warm start begins at the target where the model is a table or an adapter, and at the
        untrained network where it is not.

    Raises:
        ValueError: an unknown name.

    Source: Definition.
    """
    target = zd.Categorical.zipf(NUM_TYPES)
    if name == "table":
        return zd.NeuralCategorical(zd.learned.LogitTable.of(target.probs))
    key = jax.random.key(0)
    if name == "adapter":
        return zd.NeuralCategorical(Adapter(tuple(np.log(target.probs).tolist()), key=key))
    if name not in _AUTOREGRESSIVE:
        raise ValueError(f"`name` must be one of {', '.join(MODELS)}; got {name!r}. Choose one.")
    width, depth = _AUTOREGRESSIVE[name]
    untrained = zd.learned.AutoregressiveNetwork(NUM_TOKENS, width=width, depth=depth, key=key)
    fit = zd.GradientFit(optax.adam, learning_rate=0.03, num_steps=8000)
    return fit.trained_on(target, zd.NeuralCategorical(untrained), key=key)


class Probability(eqx.Module):
    """The probability of one type, as a record."""

    index: int = eqx.field(static=True)

    @property
    def __name__(self) -> str:
        return f"probability {self.index}"

    def __call__(self, state: zd.NeuralCategorical, target: Any) -> Float[Array, ""]:
        """Of the model; the target plays no part."""
        return state.probs[self.index]


def simulated_laws(
    model: str, fit: zd.GradientFit, num_samples: int, share: float, num_replicates: int, key: Array
) -> Laws:
    """The models of all replicates: from Q_0 = P without real data to generation 8, then with a share of them.

    Args:
        model: for `model_of`.
        fit: how every generation trains.
        num_samples: N.
        share: alpha in (0, 1] from generation 8 on.
        num_replicates: independent copies.
        key: of all draws.

    Returns:
        Probabilities, shape (replicates, 41, 8).

    Source: Definition.
    """
    start = model_of(model)
    probs = np.asarray(start.probs, np.float64)
    loop = zd.System(
        zd.Categorical(probs / probs.sum()),
        num_samples,
        np.where(np.arange(HORIZON) < CLOSED, 0.0, share),
        fit=fit,
        initial=start,
    )
    run = zd.simulate(
        loop,
        num_generations=HORIZON,
        num_replicates=num_replicates,
        key=key,
        record=tuple(map(Probability, range(NUM_TYPES))),
        keep="replicates",
    )
    return np.stack([run.replicates[f"probability {k}"] for k in range(NUM_TYPES)], axis=-1).astype(np.float64)


def both_faces(laws: Laws, weights: Float[np.ndarray, "rows replicates"]) -> tuple[Paths, Paths]:
    """Shares of diversity lost within models and gained between them, for weighted means over replicates.

    Args:
        laws: from `simulated_laws`.
        weights: one row per weighting, each summing to 1.

    Returns:
        (within, between), each of shape (rows, generations); `between` is unbiased for equal weights.

    Source: Definition.
    """
    num_replicates, num_times, num_types = laws.shape
    squares = np.sum(laws**2, axis=2)
    diversity = 1 - squares[0, 0]
    mean_square = weights @ squares
    mean = (weights @ laws.reshape(num_replicates, -1)).reshape(-1, num_times, num_types)
    between = (mean_square - np.sum(mean**2, axis=2)) * num_replicates / (num_replicates - 1)
    return 1 - (1 - mean_square) / diversity, between / diversity


class FittedLaw(NamedTuple):
    """The fixation law through f_8 and f_40.

    Attributes:
        size: N_eff, with which the law leads from 0 to f_8 without real data.
        share: alpha_eff, with which it leads from f_8 to f_40; nan where none in [0, 1] does.
        early_ratio: f_1 over 1 / N_eff.
        open_ratio: f_12 over what the law with alpha_eff makes of f_8.
    """

    size: Float[np.ndarray, "*rows"]
    share: Float[np.ndarray, "*rows"]
    early_ratio: Float[np.ndarray, "*rows"]
    open_ratio: Float[np.ndarray, "*rows"]


def fitted_law(path: Paths) -> FittedLaw:
    """Effective N and effective alpha of a path f_0 .. f_40, and where the path leaves the law that they make.

    Args:
        path: shares of diversity, closed up to generation 8, shape (*rows, 41); f_8 must lie between 0 and 1.

    Returns:
        Numbers of shape (*rows,).

    Source: f' = 1/N + (1 - 1/N) (1 - alpha)^2 f; bisection in (1 - 1/N) (1 - alpha)^2, in which f_40 grows.
    """
    start, end = path[..., CLOSED], path[..., HORIZON]
    first = -np.expm1(np.log1p(-start) / CLOSED)

    def after(kept: np.ndarray, num_steps: int) -> np.ndarray:
        value = start
        for _ in range(num_steps):
            value = first + kept * value
        return value

    low, high = np.zeros_like(first), 1 - first
    reached = (end >= after(low, HORIZON - CLOSED)) & (end <= after(high, HORIZON - CLOSED))
    for _ in range(60):
        middle = (low + high) / 2
        above = after(middle, HORIZON - CLOSED) > end
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    share = np.where(reached, 1 - np.sqrt(low / (1 - first)), np.nan)
    return FittedLaw(
        1 / first,
        share,
        path[..., 1] / first,
        np.where(reached, path[..., MIDDLE] / after(low, MIDDLE - CLOSED), np.nan),
    )


def relaxed_share(num_samples: float, share: float, size: Float[np.ndarray, "*rows"]) -> Float[np.ndarray, "*rows"]:
    """alpha_eff of a model that moves a share of the way to the frequencies, sqrt(N / N_eff) of it.

    Args:
        num_samples: N.
        share: alpha.
        size: N_eff.

    Returns:
        As `size`; alpha itself where N_eff = N.

    Source: derived in this file.
    """
    kept = (1 - np.sqrt(num_samples / size) * share) ** 2 - (1 - share) ** 2 / size
    return 1 - np.sqrt(kept / (1 - 1 / size))
