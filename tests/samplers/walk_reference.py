"""Laws of walks by enumeration of every sequence of edges, in plain NumPy."""

import itertools

import numpy as np


def law_of_counts(graph, weights, num_steps, lost_goes_anywhere=True):
    """Probability of every vector of counts, by enumeration of all sequences of edges."""
    contexts = np.repeat(np.arange(graph.num_contexts), np.diff(graph.first))
    weights = np.asarray(weights, np.float64)
    masses = np.bincount(contexts, weights, graph.num_contexts)
    anywhere = weights / weights.sum()
    given = np.zeros((graph.num_contexts, graph.num_edges))
    for context in range(graph.num_contexts):
        of_context = np.where(contexts == context, weights, 0)
        given[context] = of_context / masses[context] if masses[context] else anywhere
        if masses[context] == 0 and not lost_goes_anywhere:
            given[context] = np.where(contexts == 0, weights, 0) / masses[0]
    law = {}
    for edges in itertools.product(range(graph.num_edges), repeat=num_steps):
        prob, inside = 1.0, None
        for edge in edges:
            prob *= anywhere[edge] if inside is None else given[inside][edge]
            inside = graph.following[edge]
        counts = tuple(np.bincount(edges, minlength=graph.num_edges).tolist())
        law[counts] = law.get(counts, 0.0) + prob
    return law


def tallied(drawn, law):
    """How often each vector of counts of a law was drawn; what the law does not know stands last."""
    places = {counts: place for place, counts in enumerate(law)}
    return np.bincount([places.get(tuple(row), len(law)) for row in drawn.tolist()], minlength=len(law) + 1)
