"""What can be recorded of an n-gram model."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from zenil_dynamics import estimators
from zenil_dynamics.estimators.base import relative_entropy_term
from zenil_dynamics.states.base import Observed, Quantity

INTERPOLATION = 0.1
"""Weight of single words in the interpolated law."""


def context_counts(state: Any) -> Int[Array, " contexts"]:
    """How often each context was left."""
    before = jnp.zeros(1, jnp.int32)
    sums = jnp.concatenate([before, jnp.cumsum(jnp.asarray(state.counts), dtype=jnp.int32)])
    return jnp.diff(sums[state.graph.first])


def type_counts(state: Any) -> Int[Array, " types"]:
    """How often each type was written."""
    counts = jnp.asarray(state.counts)
    return jnp.zeros(state.graph.num_labels, counts.dtype).at[state.graph.labels].add(counts)


def _of_edges(state: Any) -> tuple[Int[Array, " edges"], Int[Array, " edges"]]:
    """Counts of the edges, and of the contexts that they leave."""
    return jnp.asarray(state.counts), context_counts(state)[state.graph.contexts]


def _num_positive(counts: Int[Array, " places"]) -> Float[Array, ""]:
    return jnp.sum(counts > 0, dtype=jnp.int32).astype(jnp.result_type(float))


def _entropy_rate(state: Any, observed: Observed) -> Float[Array, ""]:
    return estimators.entropy_rate(*_of_edges(state))


def _edges_alive(state: Any, observed: Observed) -> Float[Array, ""]:
    return _num_positive(jnp.asarray(state.counts))


def _contexts_alive(state: Any, observed: Observed) -> Float[Array, ""]:
    return _num_positive(context_counts(state))


def _vocabulary_alive(state: Any, observed: Observed) -> Float[Array, ""]:
    return _num_positive(type_counts(state))


def _missing_mass(state: Any, observed: Observed) -> Float[Array, ""]:
    return estimators.missing_mass(state.expected().shares, observed.target.expected().shares)


def _kl_to_target(state: Any, observed: Observed) -> Float[Array, ""]:
    return estimators.kl_rate(*_of_edges(state), *_of_edges(observed.target))


def _kl_from_target(state: Any, observed: Observed) -> Float[Array, ""]:
    return estimators.kl_rate(*_of_edges(observed.target), *_of_edges(state))


def _successive_kl(state: Any, observed: Observed) -> Float[Array, ""]:
    return estimators.kl_rate(*_of_edges(state), *_of_edges(observed.previous))


def _rare_edges(state: Any, observed: Observed) -> Any:
    """Shares of the target's edges where they end in a rare type, else 0; and which do."""
    target = observed.target
    frequencies = type_counts(target)[target.graph.labels].astype(jnp.result_type(float))
    rare = frequencies / jnp.sum(jnp.asarray(target.counts)).astype(frequencies.dtype) < jnp.asarray(
        observed.rare_threshold, frequencies.dtype
    )
    return jnp.where(rare, target.expected().shares, jnp.zeros_like(frequencies)), rare


def _rare_coverage(state: Any, observed: Observed) -> Float[Array, ""]:
    """Of the target's transitions into rare types, the share that the model can still make."""
    shares, _ = _rare_edges(state, observed)
    return jnp.sum(jnp.where(jnp.asarray(state.counts) > 0, shares, jnp.zeros_like(shares))) / jnp.sum(shares)


def _rare_perplexity(state: Any, observed: Observed) -> Float[Array, ""]:
    """Perplexity of the smoothed model on the target's transitions into rare types."""
    shares, _ = _rare_edges(state, observed)
    return estimators.perplexity(jnp.log(smoothed_probs(state)), weights=shares)


def _smoothed_successive_kl(state: Any, observed: Observed) -> Float[Array, ""]:
    """Divergence of the smoothed law from the one before, in the model's own contexts.

    All types that the text never has in a context are one event there.
    """
    terms = relative_entropy_term(smoothed_probs(state), smoothed_probs(observed.previous))
    others = relative_entropy_term(_smoothed_rest(state), _smoothed_rest(observed.previous))
    counts = context_counts(state).astype(terms.dtype)
    total = jnp.sum(counts)
    return jnp.sum(counts[state.graph.contexts] / total * terms) + jnp.sum(counts / total * others)


def smoothed_probs(state: Any) -> Float[Array, " edges"]:
    """The law of an n-gram model on the edges of its graph, interpolated so that none of them has probability 0.

    (1 - s) q(w | c) + s u(w) with s = 0.1 and u(w) = (n_w + 1) / (n + K), n_w of n tokens being w, K types; u(w) alone
    in a context that the model has never left.

    Args:
        state: an `NGram`.

    Returns:
        Positive numbers, shape (edges,).

    Source: Jelinek and Mercer 1980 (interpolation of orders), with Laplace's rule for single words.
    """
    alone = _single_words(state)
    counts, contexts = (number.astype(alone.dtype) for number in _of_edges(state))
    given = counts / jnp.maximum(contexts, jnp.ones_like(contexts))
    return jnp.where(contexts > 0, (1 - INTERPOLATION) * given + INTERPOLATION * alone, alone)


def _single_words(state: Any) -> Float[Array, " edges"]:
    """u(w) at every edge."""
    types = type_counts(state).astype(jnp.result_type(float))
    return (types[state.graph.labels] + 1) / (jnp.sum(types) + state.graph.num_labels)


def _smoothed_rest(state: Any) -> Float[Array, " contexts"]:
    """What the smoothed law gives, in each context, to types that no edge leads to."""
    alone = _single_words(state)
    reached = jnp.zeros(state.graph.num_contexts, alone.dtype).at[state.graph.contexts].add(alone)
    rest = jnp.maximum(1 - reached, jnp.zeros_like(reached))
    return jnp.where(context_counts(state) > 0, INTERPOLATION * rest, rest)


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "entropy_rate": _entropy_rate,
        "edges_alive": _edges_alive,
        "contexts_alive": _contexts_alive,
        "vocabulary_alive": _vocabulary_alive,
        "missing_mass": _missing_mass,
        "kl_to_target": _kl_to_target,
        "kl_from_target": _kl_from_target,
        "successive_kl": _successive_kl,
        "smoothed_successive_kl": _smoothed_successive_kl,
        "rare_perplexity": _rare_perplexity,
        "rare_coverage": _rare_coverage,
    }
)
