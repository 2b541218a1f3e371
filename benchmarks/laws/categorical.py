"""Exact mean and variance of the diversity of a resampled distribution, by following four lineages backwards.

Let Q_t be refitted to N draws of alpha P + (1 - alpha) Q_{t-1}, with Q_0 = P. Four draws from Q_t pick four of the N
samples, with replacement; samples picked twice are one lineage. Each lineage then is exogenous with probability alpha
(its type comes from P and it never merges again) or goes on into Q_{t-1}. What is left at Q_0 draws from P. Hence

    E sum_i q_i^2     = P(X1 = X2),
    E (sum_i q_i^2)^2 = P(X1 = X2 and X3 = X4),

and both are read off a Markov chain on the set partitions of {1, 2, 3, 4} with living and finished blocks. The first
is the fixation law f' = 1/N + (1 - 1/N)(1 - alpha)^2 f of population genetics: E diversity = (1 - f_t)(1 - sum P^2).
"""

import functools
import itertools
import math

import numpy as np

# A state: blocks of lineages, each with whether it is still alive.
_State = frozenset[tuple[frozenset[int], bool]]


def _set_partitions(items: tuple[frozenset[int], ...]) -> list[list[list[frozenset[int]]]]:
    """All ways to group items."""
    if not items:
        return [[]]
    first, rest = items[0], items[1:]
    grouped = []
    for partition in _set_partitions(rest):
        grouped.append([[first], *partition])
        for i in range(len(partition)):
            grouped.append([*partition[:i], [first, *partition[i]], *partition[i + 1 :]])
    return grouped


def _successors(state: _State, num_samples: int, exogenous_fraction: float) -> dict[_State, float]:
    """One generation back: living blocks pick samples, which are exogenous or not."""
    finished = [(block, False) for block, alive in state if not alive]
    living = tuple(block for block, alive in state if alive)
    reached: dict[_State, float] = {}
    for partition in _set_partitions(living):
        merged = [frozenset().union(*group) for group in partition]
        picks = math.prod(num_samples - i for i in range(len(merged))) / float(num_samples) ** len(living)
        for fates in itertools.product((True, False), repeat=len(merged)):
            weight = picks
            for alive in fates:
                weight *= 1.0 - exogenous_fraction if alive else exogenous_fraction
            if weight > 0.0:
                successor = frozenset([*finished, *zip(merged, fates, strict=True)])
                reached[successor] = reached.get(successor, 0.0) + weight
    return reached


def _payoff(state: _State, power_sums: dict[int, float], pairs: tuple[tuple[int, int], ...]) -> float:
    """Probability that the pairs agree when every block draws its type from P."""
    components = [{block} for block, _ in state]
    for one, other in pairs:
        left = next(c for c in components if any(one in block for block in c))
        right = next(c for c in components if any(other in block for block in c))
        if left is not right:
            components.remove(right)
            left |= right
    return math.prod(power_sums[len(component)] for component in components)


@functools.lru_cache(maxsize=64)
def _moments(
    target: tuple[float, ...], num_samples: int, exogenous_fraction: float, num_generations: int
) -> tuple[np.ndarray, np.ndarray]:
    start: _State = frozenset((frozenset([i]), True) for i in range(4))
    transitions: dict[_State, dict[_State, float]] = {}
    queue = [start]
    while queue:
        state = queue.pop()
        if state not in transitions:
            transitions[state] = _successors(state, num_samples, exogenous_fraction)
            queue.extend(transitions[state])
    states = list(transitions)
    index = {state: i for i, state in enumerate(states)}
    matrix = np.zeros((len(states), len(states)))
    for state, reached in transitions.items():
        for successor, weight in reached.items():
            matrix[index[state], index[successor]] += weight
    probs = np.array(target)
    power_sums = {m: float(np.sum(probs**m)) for m in range(1, 5)}
    homozygosity = np.array([_payoff(state, power_sums, ((0, 1),)) for state in states])
    both = np.array([_payoff(state, power_sums, ((0, 1), (2, 3))) for state in states])
    law = np.zeros(len(states))
    law[index[start]] = 1.0
    mean, variance = np.empty(num_generations + 1), np.empty(num_generations + 1)
    for generation in range(num_generations + 1):
        first, second = law @ homozygosity, law @ both
        mean[generation], variance[generation] = 1.0 - first, max(second - first**2, 0.0)
        law = law @ matrix
    return mean, variance


def diversity_moments(
    target: np.ndarray, num_samples: int, exogenous_fraction: float, num_generations: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact mean and variance of 1 - sum q^2 at generations 0 .. T, each of shape (T + 1,).

    Args:
        target: P, shape (K,).
        num_samples: N, constant.
        exogenous_fraction: alpha, constant; each sample is real with this probability.
        num_generations: T.
    """
    return _moments(tuple(float(p) for p in target), num_samples, float(exogenous_fraction), num_generations)
