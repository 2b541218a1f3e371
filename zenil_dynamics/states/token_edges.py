"""From a sequence of tokens to the graph of its contexts."""

from typing import Any

import numpy as np
from jaxtyping import Int, Int32

from zenil_dynamics.samplers.edge_graph import EdgeGraph
from zenil_dynamics.validate import positive_integer


def token_edges(tokens: Any, order: int, num_types: int | None = None) -> tuple[EdgeGraph, Int32[np.ndarray, " edges"]]:
    """The distinct (context, next token) pairs of a text, and how often each occurs.

    Contexts are runs of `order` tokens, ordered by their tokens; so are the edges of a context.

    Args:
        tokens: indices of types, shape (tokens,), whole numbers of at least 0; more than `order` of them.
        order: k, previous tokens that decide the next one, at least 0.
        num_types: size of the vocabulary; None means the largest index and one.

    Returns:
        The graph, whose labels are types, and int32 counts of its edges.

    Raises:
        ValueError: tokens that are no such numbers or too few, an order that is no whole number, or a vocabulary that
            does not hold them.

    Source: Definition.
    """
    order = positive_integer(order, name="order", smallest=0)
    types = np.asarray(tokens)
    if types.ndim != 1 or not np.issubdtype(types.dtype, np.integer):
        raise ValueError(
            f"`tokens` must be a vector of whole numbers; got {types.dtype} of shape {types.shape}. "
            "Number words by zd.corpora.number_tokens."
        )
    if types.size <= order:
        raise ValueError(f"`tokens` must be more than `order`, {order}; got {types.size}. Give a longer text.")
    types = types.astype(np.int64)
    largest = int(types.max())
    num_types = largest + 1 if num_types is None else positive_integer(num_types, name="num_types")
    if types.min() < 0 or largest >= num_types or num_types > np.iinfo(np.int32).max:
        raise ValueError(
            f"`tokens` must lie in 0 to {num_types - 1}, the last of `num_types`; got {types.min()} to {largest}."
        )
    contexts = _context_numbers(types, order, num_types)
    last_of_each = contexts[: types.size - order] * num_types + types[order:]
    _, places, counts = np.unique(last_of_each, return_index=True, return_counts=True)
    first = np.searchsorted(contexts[places], np.arange(contexts.max() + 2))
    graph = EdgeGraph(first, contexts[places + 1], types[places + order], num_types)
    return graph, counts.astype(np.int32)


def _context_numbers(types: Int[np.ndarray, " tokens"], order: int, num_types: int) -> Int[np.ndarray, " contexts"]:
    """Number of the context that starts at each place: rank among the distinct ones, in lexicographic order.

    One token is appended at a time, so that no product exceeds the number of places times that of types.
    """
    numbers = np.zeros(types.size + 1, np.int64)
    for length in range(order):
        ends = types[length:]
        numbers = np.unique(numbers[: ends.size] * num_types + ends, return_inverse=True)[1]
    return numbers
