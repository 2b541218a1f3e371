"""Kernel K8: the law of X is F. Refuted by counts in cells, supported within a Kolmogorov distance.

Refuting. With B cells of probabilities p_b and a Dirichlet(1/2, ..., 1/2) prior over their probabilities,

    log e_B = lgamma(B/2) - lgamma(n + B/2) + sum_b [lgamma(n_b + 1/2) - lgamma(1/2) - n_b log p_b]

is a mixture of likelihood ratios, so e_B is a test martingale; e averages over the cuts B = 2, 4, 8, 16, 32 (groups of
adjacent cells of about equal mass) and, for a law on few values, over its values. A value that the law does not know
refutes at once. If F is known up to a Kolmogorov distance eta only, a cell has probability at most p_b + 2 eta, and
with that in place of p_b every factor still has mean at most 1. Values that F does not know are then a cell more: K
values leave K - 1 gaps between them, of probability at most 2 eta each, and two ends of at most eta, 2 K eta in all.

Supporting. If the law of X is further than m from F, then some edge x of a cell has |P(X <= x) - F(x)| >= m - r, r the
probability that the cells cannot see (exact, 0, for a discrete law). So the smallest of the e-values against these
hypotheses, two per edge, and against "a value that F does not know has probability m - r or more", which is the only
other way, is an e-value against "distance at least m": one bet on a coin each, K1 of `lower_bounded`, no union bound.

Source: Krichevsky & Trofimov 1981 for the mixture; Definition of the intersection of the coins' tests.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float
from scipy import special

from proofs_numeric.sequential.law import DiscreteLaw, KnownLaw
from proofs_numeric.sequential.log_sums import log_mean_exp_along
from proofs_numeric.sequential.lower_bounded import FRACTIONS

CUTS = (2, 4, 8, 16, 32)
MOST_VALUES = 256
"""Laws on no more values are also cut into each single one."""


def cell_counts(law: KnownLaw, samples: Float[np.ndarray, "samples ..."]) -> Float[np.ndarray, " cells_and_unknown"]:
    """Samples in each cell of a law; the last entry counts values that it does not know. Definition."""
    return np.bincount(law.cell(samples), minlength=law.probs.size + 1).astype(np.float64)


@dataclass(frozen=True)
class LawTest:
    """Null hypothesis: the law of X is within a Kolmogorov distance `slack` of a known one.

    Definition. State: samples in each cell, and those of no cell.

    Args:
        law: F, with its cells.
        slack: largest Kolmogorov distance that rounding and the generator may cause, in [0, 1).
    """

    law: KnownLaw
    slack: float = 0.0

    @property
    def licensed(self) -> bool:
        """True: a known law needs no tail fact. Definition."""
        return True

    @cached_property
    def _cuts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Starts of the groups of each distinct cut, and the logarithm of the largest probability of each group."""
        probs = self.law.probs
        middles = np.cumsum(probs) - 0.5 * probs
        starts = [np.flatnonzero(np.diff(np.floor(middles * cut), prepend=-1.0)) for cut in CUTS]
        if probs.size <= MOST_VALUES:
            starts.append(np.arange(probs.size))
        distinct = {tuple(start): start for start in starts if start.size > 1}
        cuts = list(distinct.values()) or [np.zeros(1, np.int64)]
        return [(cut, np.log(np.minimum(1.0, np.add.reduceat(probs, cut) + 2 * self.slack))) for cut in cuts]

    @cached_property
    def _allowed_elsewhere(self) -> float:
        """Largest probability of values that a discrete law does not know; other laws know all."""
        return min(1.0, 2 * self.law.probs.size * self.slack) if isinstance(self.law, DiscreteLaw) else 0.0

    def zero(self) -> Float[np.ndarray, " cells_and_unknown"]:
        """State before any sample. Definition."""
        return np.zeros(self.law.probs.size + 1)

    def step(self, samples: Float[np.ndarray, "samples ..."]) -> Float[np.ndarray, " cells_and_unknown"]:
        """What these samples add to the state.

        Definition.

        Args:
            samples: draws, shape (n,), or (n, 2) for a law with atoms.

        Returns:
            Counts.
        """
        return cell_counts(self.law, samples)

    def log_e(self, state: Float[np.ndarray, " cells_and_unknown"]) -> float:
        """Evidence against the null, nats; without a slack infinite once an unknown value came. Definition."""
        return float(self.log_evidence(state))

    def log_evidence(self, states: Float[np.ndarray, "*looks cells_and_unknown"]) -> Float[np.ndarray, "*looks"]:
        """Evidence of many states at once, nats. Definition."""
        logs, unknown = [], states[..., -1:]
        for starts, known_probs in self._cuts:
            counts, log_probs = np.add.reduceat(states[..., :-1], starts, axis=-1), known_probs
            if self._allowed_elsewhere > 0:
                counts = np.concatenate([counts, unknown], axis=-1)
                log_probs = np.append(known_probs, math.log(self._allowed_elsewhere))
            half = 0.5 * log_probs.size
            terms = special.gammaln(counts + 0.5) - special.gammaln(0.5) - counts * log_probs
            total = special.gammaln(half) - special.gammaln(np.sum(counts, axis=-1) + half)
            logs.append(total + np.sum(terms, axis=-1))
        evidence = log_mean_exp_along(np.stack(logs), 0)
        return evidence if self._allowed_elsewhere > 0 else np.where(unknown[..., 0] > 0, np.inf, evidence)


@dataclass(frozen=True)
class LawDistanceTest:
    """Null hypothesis: the Kolmogorov distance between the law of X and a known one is at least `margin`.

    Definition. State: as of `LawTest`. Values that the law does not know count against the rejection on both sides.

    Args:
        law: F, with its cells.
        margin: smallest distance of the null, in (0, 1); a licence needs more than the resolution of the cells.
    """

    law: KnownLaw
    margin: float

    @property
    def licensed(self) -> bool:
        """Whether the cells can see the distance. Definition."""
        return self.law.resolution < self.margin < 1.0

    def zero(self) -> Float[np.ndarray, " cells_and_unknown"]:
        """State before any sample. Definition."""
        return np.zeros(self.law.probs.size + 1)

    def step(self, samples: Float[np.ndarray, "samples ..."]) -> Float[np.ndarray, " cells_and_unknown"]:
        """What these samples add to the state. Definition."""
        return cell_counts(self.law, samples)

    def log_e(self, state: Float[np.ndarray, " cells_and_unknown"]) -> float:
        """Evidence against the null, nats; 0 without a licence. Definition."""
        return float(self.log_evidence(state))

    def log_evidence(self, states: Float[np.ndarray, "*looks cells_and_unknown"]) -> Float[np.ndarray, "*looks"]:
        """Evidence of many states at once, nats. Definition."""
        if not self.licensed:
            return np.zeros(states.shape[:-1])
        edges = np.cumsum(self.law.probs)[:-1]
        counts, unknown = states[..., :-1], states[..., -1:]
        known = np.sum(counts, axis=-1, keepdims=True)
        below = np.cumsum(counts, axis=-1)[..., :-1]
        above = known - below
        distance = self.margin - self.law.resolution
        too_much_below = _log_coin(above, below + unknown, 1.0 - edges - distance)
        too_little_below = _log_coin(below, above + unknown, edges - distance)
        # Beyond the smallest and the largest value the distance is a probability of values that F does not know.
        elsewhere = _log_coin(known, unknown, np.array([1.0 - distance]))
        return np.min(np.concatenate([too_much_below, too_little_below, elsewhere], axis=-1), axis=-1)


def _log_coin(
    heads: Float[np.ndarray, "*looks edges"],
    tails: Float[np.ndarray, "*looks edges"],
    most: Float[np.ndarray, " edges"],
) -> Float[np.ndarray, "*looks edges"]:
    """Evidence against P(heads) <= most, K1 with lower end 0; infinite where no probability is that small."""
    possible = most > 0
    null = np.where(possible, most, 0.5)[:, None]
    gain, loss = np.log1p(FRACTIONS * (1.0 - null) / null), np.log1p(-FRACTIONS)
    evidence = log_mean_exp_along(heads[..., None] * gain + tails[..., None] * loss, -1)
    return np.where(possible, evidence, np.where((most < 0) | (heads > 0), np.inf, 0.0))
