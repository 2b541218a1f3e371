"""Splitting computed, not sampled: first entrances of a small chain by matrices, in NumPy, with nothing of ours.

A chain of generations 0 .. T has values[t] (what the score is) at its states of generation t and transitions[t] from
these to those of t + 1. All pairs (generation, state) in one row are the space that entrances live in.
"""

import itertools

import numpy as np
from scipy import stats


class Chain:
    def __init__(self, values, transitions, start):
        self.values, self.transitions = values, transitions
        self.offsets = np.concatenate([[0], np.cumsum([len(v) for v in values])])
        self.start = np.zeros(self.offsets[-1])
        self.start[: len(start)] = start

    def entrances(self, level):
        """M[i, j]: probability that from i the first state of value >= level is j; rows lose what comes too late."""
        size, last = self.offsets[-1], len(self.values) - 1
        matrix = np.zeros((size, size))
        for generation in range(last, -1, -1):
            here = slice(self.offsets[generation], self.offsets[generation + 1])
            if generation < last:
                after = slice(self.offsets[generation + 1], self.offsets[generation + 2])
                matrix[here] = self.transitions[generation] @ matrix[after]
            there = np.arange(size)[here][self.values[generation] >= level]
            matrix[there] = np.eye(size)[there]
        return matrix

    def probability(self, level):
        return float((self.start @ self.entrances(level)).sum())

    def second_moment(self, levels, num_particles):
        """E of the squared estimate, by a recursion of S(f, g) = E[g_k(f) g_k(g)] over the levels.

        Given stage k - 1 the n particles are independent, so with p the product of fractions so far

            S_k(f, g) = S_{k-1}(M f, M g) (1 - 1/n) + S_{k-1}(1, M(f g)) / n.
        """
        moments = np.outer(self.start, self.start)
        for level in levels:
            matrix = self.entrances(level)
            same = moments.sum(axis=0) @ matrix
            moments = (1 - 1 / num_particles) * matrix.T @ moments @ matrix + np.diag(same) / num_particles
        return float(moments.sum())

    def variance(self, levels, num_particles):
        return self.second_moment(levels, num_particles) - self.probability(levels[-1]) ** 2

    def law_of_two(self, levels, resampling="independent"):
        """Law of (number entered at each level) with two particles a stage; what died out has entered 0 from there on.

        "each once" is the mutant in which two entrances are continued once each, instead of being drawn independently.
        """
        law = {}
        pools = {(): None}
        for position, level in enumerate(levels):
            matrix, later = self.entrances(level), {}
            for history, pool in pools.items():
                none, one, two = self._stage(pool, matrix, resampling)
                law[(*history, *(0,) * (len(levels) - position))] = none
                later[(*history, 1)] = np.diag(one)
                later[(*history, 2)] = two
            pools = later
        law.update({history: float(pool.sum()) for history, pool in pools.items()})
        return law

    def _stage(self, pool, matrix, resampling):
        """Chances that 0, 1 or 2 enter, the last two with the law of where; `pool[i, j]` is that of two entrances."""
        if pool is None:
            enters = self.start @ matrix
            return (1 - enters.sum()) ** 2, 2 * (1 - enters.sum()) * enters, np.outer(enters, enters)
        none, one, two = 0.0, np.zeros(len(matrix)), np.zeros_like(matrix)
        for i, j in zip(*np.nonzero(pool), strict=True):
            if resampling == "independent":
                first = second = (matrix[i] + matrix[j]) / 2
            else:
                first, second = matrix[i], matrix[j]
            chance, p, q = pool[i, j], first.sum(), second.sum()
            none += chance * (1 - p) * (1 - q)
            one += chance * (first * (1 - q) + second * (1 - p))
            two += chance * np.outer(first, second)
        return none, one, two


def two_types(num_samples, exogenous_fraction, prob, initial):
    """Relative frequency of one of two types under `Replace` and Bernoulli mixing; it starts at `initial`."""
    values = [np.array([initial]), *(np.arange(n + 1) / n for n in num_samples)]
    transitions = [
        stats.binom.pmf(np.arange(n + 1)[None, :], n, (a * prob + (1 - a) * v)[:, None])
        for n, a, v in zip(num_samples, exogenous_fraction, values[:-1], strict=True)
    ]
    return Chain(values, transitions, [1.0])


def urn(num_generations, num_initial, prob):
    """Polya's urn: one draw a generation joins all before it; the first `num_initial` are real."""
    values = [np.arange(num_initial + t + 1) / (num_initial + t) for t in range(num_generations + 1)]
    transitions = []
    for shares in values[:-1]:
        step = np.zeros((len(shares), len(shares) + 1))
        where = np.arange(len(shares))
        step[where, where], step[where, where + 1] = 1 - shares, shares
        transitions.append(step)
    return Chain(values, transitions, stats.binom.pmf(np.arange(num_initial + 1), num_initial, prob))


def outcomes(levels):
    """Every tuple of numbers entered, with two particles a stage."""
    for history in itertools.product((0, 1, 2), repeat=len(levels)):
        dead = [position for position, number in enumerate(history) if number == 0]
        if not dead or not any(history[dead[0] :]):
            yield history
