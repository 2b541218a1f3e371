"""Expected entropy of an empirical measure: the arithmetic that the claims on Theorem 2 share.

Entropy is a sum over types and each count is binomial, so no enumeration of count vectors is needed. All in nats.
"""

import functools
import itertools
import math

import numpy as np
from jaxtyping import Float
from scipy.special import entr

from proofs_numeric.catalogue.loops.recursions import binomial_matrix

Laws = Float[np.ndarray, "laws support"]


def entropy(laws: Float[np.ndarray, "... support"]) -> Float[np.ndarray, "..."]:
    """H(q) = -sum q log q, nats. Definition."""
    return entr(laws).sum(axis=-1)


def binary_entropy(q: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """h(q) = -q log q - (1 - q) log(1 - q), nats. Definition."""
    return entr(q) + entr(1 - np.asarray(q))


def expected_entropy(num_samples: int, laws: Laws) -> Float[np.ndarray, " laws"]:
    """E H(Qhat), Qhat the empirical measure of N draws from each law.

    E H = sum_i E[-(n_i/N) log(n_i/N)],  n_i ~ Bin(N, q_i).

    Args:
        num_samples: N.
        laws: probability vectors, one per row.

    Returns:
        Nats, one per law.

    Source: linearity of expectation.
    """
    terms = entr(np.arange(num_samples + 1) / num_samples)
    return (binomial_matrix(num_samples, laws.ravel()) @ terms).reshape(laws.shape).sum(axis=-1)


def loss_per_type(num_samples: int, probs: Float[np.ndarray, " types"]) -> Float[np.ndarray, " types"]:
    """E[x log(x/q)], x = n/N, n ~ Bin(N, q): what one type adds to E KL(Qhat || q).

    Args:
        num_samples: N.
        probs: q of each type; 0 adds 0, because such a type is never drawn.

    Returns:
        Nats, one per type.

    Source: Definition of KL.
    """
    shares = np.arange(num_samples + 1)[None, :] / num_samples
    drawn = (shares > 0) & (probs[:, None] > 0)
    ratios = np.divide(shares, probs[:, None], out=np.ones(drawn.shape), where=drawn)
    return (binomial_matrix(num_samples, probs) * shares * np.log(ratios)).sum(axis=-1)


def expected_loss(num_samples: int, laws: Laws) -> Float[np.ndarray, " laws"]:
    """E KL(Qhat || q) for the empirical measure Qhat of N draws from each law, summed directly, without entropies.

    Args:
        num_samples: N.
        laws: probability vectors, one per row.

    Returns:
        Nats, one per law.

    Source: `loss_per_type` and linearity of expectation.
    """
    return loss_per_type(num_samples, laws.ravel()).reshape(laws.shape).sum(axis=-1)


def count_law(num_samples: int, probs: Float[np.ndarray, " types"]) -> Float[np.ndarray, " counts"]:
    """Expected number of types with each count among N draws.

    Args:
        num_samples: N.
        probs: one law.

    Returns:
        Shape (N + 1,); the sum is the number of types.

    Source: linearity of expectation.
    """
    return binomial_matrix(num_samples, probs).sum(axis=0)


def expected_entropies(
    num_samples: int, law: Float[np.ndarray, " counts"], num_generations: int
) -> Float[np.ndarray, " generations"]:
    """E H(Q_1) .. E H(Q_T) of the closed loop, every type's count being a Markov chain of its own.

    Args:
        num_samples: N, the same at every generation.
        law: expected number of types with each count in Q_1.
        num_generations: T.

    Returns:
        Nats, shape (T,).

    Source: marginal of the multinomial chain.
    """
    lattice = np.arange(num_samples + 1) / num_samples
    matrix, terms, path = binomial_matrix(num_samples, lattice), entr(lattice), []
    for _ in range(num_generations):
        path.append(float(law @ terms))
        law = law @ matrix
    return np.array(path)


@functools.lru_cache(maxsize=64)
def positive_laws(num_types: int, resolution: int = 12) -> Laws:
    """All laws with K positive multiples of 1/resolution, up to order, then two with a rare type of 1e-2 and of 1e-4.

    Args:
        num_types: K, at most `resolution`.
        resolution: denominator.

    Returns:
        Laws in rows; the entries sum to 1 within rounding.

    Source: Definition.
    """
    counts = [
        parts
        for parts in itertools.combinations_with_replacement(range(resolution - num_types + 1, 0, -1), num_types)
        if sum(parts) == resolution
    ]
    rare = [(1 - (num_types - 1) * p, *(p,) * (num_types - 1)) for p in (1e-2, 1e-4)]
    return np.concatenate([np.array(counts) / resolution, np.array(rare)])


@functools.lru_cache(maxsize=512)
def contraction_rate(num_samples: int) -> float:
    """c_N = E KL(Bin(N, 1/2)/N || 1/2) / log 2, the share of entropy lost by a fair coin in one generation.

    Args:
        num_samples: N.

    Returns:
        Dimensionless, in (0, 1].

    Source: master result M2; that it is the infimum over all coins is the claim `thm2-cn-argmin-half`.
    """
    weights = [math.comb(num_samples, n) / 2**num_samples for n in range(num_samples + 1)]
    shares = np.arange(num_samples + 1) / num_samples
    return 1 - math.fsum(weights * binary_entropy(shares)) / math.log(2)
