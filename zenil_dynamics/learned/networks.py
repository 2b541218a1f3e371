"""Networks without input whose output is one logit per type: what a `NeuralCategorical` is made of.

Any Equinox module that returns such logits when it is called will do; these two are the ends of a scale. A table has a
parameter for every type and can be every positive law. An autoregressive network shares its parameters among all
strings, so that what it learns of one string it believes of others.
"""

import functools
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from zenil_dynamics.types import HostArray, Key
from zenil_dynamics.validate import positive_integer, probabilities

LARGEST_NUM_TOKENS = 16
"""All 2^L strings are enumerated."""


class LogitTable(eqx.Module):
    """One free logit per type: the tabular softmax.

    Attributes:
        logits: shape (support,), finite.

    Source: Definition.
    """

    logits: Float[HostArray, " support"]

    @classmethod
    def of(cls, probs: Any) -> "LogitTable":
        """The table whose law is given.

        Args:
            probs: shape (support,), on the simplex, all positive.

        Returns:
            Logits log q_i.

        Raises:
            ValueError: no probabilities, or one of them 0, whose logit is not finite.

        Source: Definition.
        """
        given = probabilities(probs, name="probs")
        if np.any(given == 0):
            raise ValueError(
                f"`probs` must be positive, since a softmax is; entry {int(np.argmin(given))} is 0. Leave the type out."
            )
        return cls(np.log(given))

    def __call__(self) -> Float[Array, " support"]:
        """The logits."""
        return jnp.asarray(self.logits)


class AutoregressiveNetwork(eqx.Module):
    """Strings of L binary tokens, written one token after another by a multi-layer perceptron.

    log q(x) = sum_i log sigmoid(s_i h(x_1 .. x_{i-1}, i)),   s_i = +1 where x_i = 1 and -1 where x_i = 0

    h is one perceptron for all positions. It sees the tokens before i as +-1, zeros in their place from i on, and the
    position as a unit vector. Strings are the types: x_1 is the most significant bit of a type's index. A width of 2^L
    is enough for every positive law on strings, since h has 2^L - 1 prefixes to tell apart.

    Attributes:
        perceptron: h, 2 L numbers in and one logit out.
        num_tokens: static; L.

    Source: Bengio and Bengio, "Modeling high-dimensional discrete data with multi-layer neural networks", NIPS 12
    (1999), with parameters shared among positions.
    """

    perceptron: eqx.nn.MLP
    num_tokens: int = eqx.field(static=True)

    def __init__(self, num_tokens: int, *, width: int, depth: int = 1, key: Key):
        """Random parameters.

        Args:
            num_tokens: L, at most 16.
            width: of the hidden layers.
            depth: number of hidden layers; 0 is logistic regression on the tokens before.
            key: consumed.

        Raises:
            ValueError: numbers that are not whole or out of range.
        """
        self.num_tokens = positive_integer(num_tokens, name="num_tokens")
        if self.num_tokens > LARGEST_NUM_TOKENS:
            raise ValueError(
                f"`num_tokens` must be at most {LARGEST_NUM_TOKENS}, because all strings are enumerated; got "
                f"{num_tokens}."
            )
        self.perceptron = eqx.nn.MLP(
            in_size=2 * self.num_tokens,
            out_size="scalar",
            width_size=positive_integer(width, name="width"),
            depth=positive_integer(depth, name="depth", smallest=0),
            activation=jnp.tanh,
            key=key,
        )

    def __call__(self) -> Float[Array, " support"]:
        """Log-probabilities of all 2^L strings, by a walk through the tree of their prefixes."""
        prefixes = jnp.asarray(_prefixes(self.num_tokens), jnp.result_type(float))
        scores = jax.vmap(self.perceptron)(prefixes)
        log_probs = jnp.zeros_like(scores[:1])
        for position in range(self.num_tokens):
            here = scores[2**position - 1 : 2 ** (position + 1) - 1]
            both = jnp.stack([jax.nn.log_sigmoid(-here), jax.nn.log_sigmoid(here)], axis=1)
            log_probs = (log_probs[:, None] + both).reshape(-1)
        return log_probs


@functools.cache
def _prefixes(num_tokens: int) -> Float[np.ndarray, "prefixes features"]:
    """Every proper prefix of a string, shorter ones first, then in the order of their indices."""
    rows = []
    for position in range(num_tokens):
        bits = (np.arange(2**position)[:, None] >> np.arange(position)[::-1]) & 1
        row = np.zeros((2**position, 2 * num_tokens))
        row[:, :position] = 2 * bits - 1
        row[:, num_tokens + position] = 1
        rows.append(row)
    return np.concatenate(rows)
