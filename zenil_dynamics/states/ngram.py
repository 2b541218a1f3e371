"""Markov models of text: the next token given the few before it, for the contexts that a real text has."""

from collections.abc import Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, Int32

from zenil_dynamics.samplers import EdgeGraph, walk, walk_counts
from zenil_dynamics.states.base import AbstractState, Quantity
from zenil_dynamics.states.ngram_quantities import QUANTITIES
from zenil_dynamics.states.token_edges import token_edges
from zenil_dynamics.statistics import AbstractTransitions, ExpectedTransitions, TransitionCounts
from zenil_dynamics.types import HostArray, Key
from zenil_dynamics.validate import positive_integer

_LARGEST_TOTAL = 2**31 - 1


class NGram(AbstractState):
    """A Markov model of order k over a vocabulary: q(w | c) = n_cw / n_c, c the k tokens before w.

    Sparse: its edges are the pairs (c, w) of one text, fixed in a graph; its numbers are counts n_cw, known up to a
    factor, of which laws and records are made. What real text never says the model never says.

    A training set is a path of N tokens, and its statistics are the transitions of that path. The path starts, with
    probability n_c / n, in a context of the training set: one path hardly tells more about where texts start, and its
    own first context alone would make all later generations start with the same words. The fit is that of maximum
    likelihood given the start. A context without transitions, such as the last one of a path, has no law; a path that
    arrives there goes on from a new start. Real and synthetic data are paths of their own, without a transition between
    them.

    Shares of transitions are kept in the mean, E[n_cw / N] = f_cw, where the training path is closed, that is ends in
    the context that it starts from; an open one is off by the transition that it lacks.

    A draw takes O(N) time, one token after another.

    Attributes:
        counts: n_cw, shape (edges,), int32, at least 0, with a sum from 1 to 2^31 - 1.
        graph: static; contexts, and where edges lead and what they write. Labels are types of the vocabulary.
        order: static; k. Order 0 draws tokens independently.

    Raises:
        ValueError: counts that are no such numbers or not one for each edge, or an order that is no whole number.

    Example:
        >>> state = NGram.from_tokens([0, 1, 0, 2, 0, 1], order=1)
        >>> state.graph.num_contexts, np.asarray(state.counts).tolist()
        (3, [2, 1, 1, 1])

    Source: Shannon 1948, section 3; maximum likelihood of Markov chains: Billingsley, Ann. Math. Statist. 32 (1961).
    """

    counts: Int32[HostArray, " edges"]
    graph: EdgeGraph = eqx.field(static=True)
    order: int = eqx.field(static=True)

    family: ClassVar[str] = "ngram"
    quantities: ClassVar[Mapping[str, Quantity]] = QUANTITIES
    comparisons: ClassVar[frozenset[str]] = frozenset(
        {"missing_mass", "kl_to_target", "kl_from_target", "rare_perplexity", "rare_coverage"}
    )
    sequential: ClassVar[bool] = True

    def __init__(self, counts: Any, graph: EdgeGraph, order: int):
        if not isinstance(graph, EdgeGraph):
            raise ValueError(f"`graph` must be an EdgeGraph, such as that of NGram.from_tokens; got {graph!r}.")
        given = np.asarray(counts)
        if given.shape != (graph.num_edges,) or not np.issubdtype(given.dtype, np.integer):
            raise ValueError(
                f"`counts` must be {graph.num_edges} whole numbers, one for each edge of `graph`; got {given.dtype} of "
                f"shape {given.shape}."
            )
        total = int(given.sum(dtype=np.int64))
        if given.min() < 0 or not 1 <= total <= _LARGEST_TOTAL:
            raise ValueError(
                f"`counts` must be at least 0 and sum to 1 to {_LARGEST_TOTAL}; got {given.min()} and {total}."
            )
        self.counts = given.astype(np.int32)
        self.graph = graph
        self.order = positive_integer(order, name="order", smallest=0)

    @classmethod
    def from_tokens(cls, tokens: Any, order: int, num_types: int | None = None) -> "NGram":
        """The model of a text: transitions of its tokens.

        Args:
            tokens: indices of types, shape (tokens,), more than `order` of them; `zd.corpora.read_tokens` makes them.
            order: k, previous tokens that decide the next one: 1 counts pairs of tokens, 2 counts triples.
            num_types: size of the vocabulary; None means the largest index and one.

        Returns:
            The fitted state; its edges are those of the text.

        Raises:
            ValueError: tokens that are no whole numbers of at least 0 or too few, or an order that is no such number.

        Source: Definition.
        """
        graph, counts = token_edges(tokens, order, num_types)
        return cls(counts, graph, order)

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> TransitionCounts:
        """Transitions of a path of `num_samples` tokens."""
        return TransitionCounts(walk_counts(self.graph, self.counts, num_samples, key=key))

    def path(self, num_tokens: int, *, key: Key) -> Int32[Array, " tokens"]:
        """A text that the model writes.

        Args:
            num_tokens: its length, static.
            key: consumed; the transitions of this very path are what `draw` counts for the same key.

        Returns:
            int32 indices of types, shape (num_tokens,). The k tokens before the first one, and those before a new
            start, are not part of it.

        Raises:
            ValueError: `key` is not a typed threefry key.

        Source: Definition.
        """
        return jnp.asarray(self.graph.labels)[walk(self.graph, self.counts, num_tokens, key=key)]

    def expected(self) -> ExpectedTransitions:
        """Shares of the transitions."""
        return TransitionCounts(jnp.asarray(self.counts)).as_expected()

    @property
    def empty(self) -> TransitionCounts:
        """No transition."""
        return TransitionCounts(jnp.zeros(self.counts.shape, jnp.int32))

    def matched(self, statistics: AbstractTransitions) -> "NGram":
        """The model of a training set; shares of infinitely many transitions are taken in units of 2^-30."""
        return eqx.tree_at(lambda state: state.counts, self, statistics.weights)

    def check_space(self, other: "NGram") -> None:
        """Refuse the model of another text."""
        if other.graph != self.graph or other.order != self.order:
            raise ValueError(
                f"both n-gram states must have the contexts of one text; got orders {self.order} and {other.order}, "
                f"{self.graph.num_edges} and {other.graph.num_edges} edges. Make the second one as "
                "NGram(counts, first.graph, first.order)."
            )

    def describe(self) -> dict[str, Any]:
        """Family, sizes, entropy rate, and what tells one graph from another."""
        counts = np.asarray(self.counts, np.float64)
        contexts = np.add.reduceat(np.append(counts, 0.0), self.graph.first)[:-1] * (np.diff(self.graph.first) > 0)
        positive = counts > 0
        information = np.log(contexts[self.graph.contexts][positive] / counts[positive])
        return {
            "family": self.family,
            "order": self.order,
            "vocabulary_size": self.graph.num_labels,
            "num_contexts": self.graph.num_contexts,
            "num_edges": self.graph.num_edges,
            "num_tokens": int(counts.sum()),
            "entropy_rate": float(np.sum(counts[positive] * information) / counts.sum()),
            "graph": self.graph.digest[:16],
        }

    @property
    def num_bytes(self) -> int:
        """Counts of the model, of the one before and of two paths; partial sums, and arrays of a record."""
        return 4 * (8 * self.graph.num_edges + 2 * self.graph.num_contexts)
