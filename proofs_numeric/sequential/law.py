"""Known laws, cut into ordered cells whose probabilities are known exactly.

A continuous law is cut by its own distribution function, F(X) being uniform; a discrete one has its values as cells.
Where F has atoms, F(X) is not uniform, and the randomised transform is:

    U = F(X-) + V (F(X) - F(X-)),   V uniform on [0, 1], independent of X,

is uniform again. V has to come with the sample, in a second column, so that whoever holds the key of X holds it too.

Source: Rosenblatt 1952; randomised form Ferguson 1967 (Definition here, for U of the formula: P(U <= u) = u).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from jaxtyping import Float, Int

Function = Callable[[Float[np.ndarray, " samples"]], Float[np.ndarray, " samples"]]

NUM_CELLS = 1024
LARGEST_JUMP = 1e-3
"""Jump of a distribution function that is taken for an atom: about a cell."""

MATCHING = 1e-6
"""Relative distance within which a draw is one of the values of a discrete law: float32 rounds them by 6e-8."""


class KnownLaw(Protocol):
    """A law with ordered cells. Definition."""

    @property
    def columns(self) -> int:
        """Columns of the samples: 1, or 2 with a uniform number for the randomised transform. Definition."""
        ...

    @property
    def probs(self) -> Float[np.ndarray, " cells"]:
        """Probability of each cell, in the order of the line. Definition."""
        ...

    @property
    def resolution(self) -> float:
        """Largest Kolmogorov distance that the cells cannot see. Definition."""
        ...

    def cell(self, samples: Float[np.ndarray, "samples ..."]) -> Int[np.ndarray, " samples"]:
        """Cell of each sample; the number of cells where the law does not know the value. Definition."""
        ...


def _uniform_cells(uniform: Float[np.ndarray, " samples"], num_cells: int) -> Int[np.ndarray, " samples"]:
    if uniform.size and not (np.min(uniform) >= 0.0 and np.max(uniform) <= 1.0):
        raise ValueError(
            f"`cdf` must have values in [0, 1]; got {np.min(uniform)} to {np.max(uniform)}. "
            "Give the distribution function of the law, not its density."
        )
    return np.minimum((uniform * num_cells).astype(np.int64), num_cells - 1)


@dataclass(frozen=True)
class ContinuousLaw:
    """A law without atoms, known by its distribution function; samples of shape (n,). Definition.

    Args:
        cdf: F, from an array of values to an array of probabilities.
        num_cells: equally probable cells.
    """

    cdf: Function
    num_cells: int = NUM_CELLS

    @property
    def columns(self) -> int:
        """1. Definition."""
        return 1

    @property
    def probs(self) -> Float[np.ndarray, " cells"]:
        """All equal. Definition."""
        return np.full(self.num_cells, 1.0 / self.num_cells)

    @property
    def resolution(self) -> float:
        """The probability of a cell. Definition."""
        return 1.0 / self.num_cells

    def refuse_atoms(self, samples: Float[np.ndarray, " samples"]) -> None:
        """Refuse a distribution function that jumps at one of these values.

        Definition. F of a value and of the next smaller float64 differ by more than `LARGEST_JUMP`.

        Args:
            samples: values, shape (n,).

        Raises:
            ValueError: it jumps, so that F(X) is not uniform although the law of X is F.
        """
        jumps = np.asarray(self.cdf(samples)) - np.asarray(self.cdf(np.nextafter(samples, -np.inf)))
        if samples.size and float(np.max(jumps)) > LARGEST_JUMP:
            at = int(np.argmax(jumps))
            raise ValueError(
                f"`cdf` of a ContinuousLaw must not jump; it does so by {jumps[at]:.3g} at the draw {samples[at]:.6g}. "
                "Give a DiscreteLaw, or a LawWithAtoms and a uniform number beside each draw."
            )

    def cell(self, samples: Float[np.ndarray, " samples"]) -> Int[np.ndarray, " samples"]:
        """Cell of each sample.

        Definition.

        Args:
            samples: values, shape (n,).

        Returns:
            Indices of cells.

        Raises:
            ValueError: F leaves [0, 1].
        """
        return _uniform_cells(np.asarray(self.cdf(samples), np.float64), self.num_cells)


@dataclass(frozen=True)
class LawWithAtoms:
    """A law with atoms, known by its distribution function and its left limits; samples of shape (n, 2).

    The second column is a uniform number in [0, 1), drawn from the same key as the value and independent of it. Atoms
    must be numbers that the sampler's dtype represents exactly: a draw of float32(.1) is no atom at .1.

    Definition. The randomised transform of the module docstring.

    Args:
        cdf: F(x) = P(X <= x).
        below: F(x-) = P(X < x).
        num_cells: equally probable cells.
    """

    cdf: Function
    below: Function
    num_cells: int = NUM_CELLS

    @property
    def columns(self) -> int:
        """2. Definition."""
        return 2

    @property
    def probs(self) -> Float[np.ndarray, " cells"]:
        """All equal. Definition."""
        return np.full(self.num_cells, 1.0 / self.num_cells)

    @property
    def resolution(self) -> float:
        """The probability of a cell. Definition."""
        return 1.0 / self.num_cells

    def cell(self, samples: Float[np.ndarray, "samples 2"]) -> Int[np.ndarray, " samples"]:
        """Cell of each sample.

        Definition.

        Args:
            samples: values and uniform numbers, shape (n, 2).

        Returns:
            Indices of cells.

        Raises:
            ValueError: one column only, a second column outside [0, 1], F below its left limit or outside [0, 1].
        """
        if samples.ndim != 2 or samples.shape[1] != 2:
            raise ValueError(
                f"`samples` of a law with atoms must have shape (n, 2); got {samples.shape}. "
                "Let the sampler draw a uniform number beside each value."
            )
        values, uniform = samples[:, 0], samples[:, 1]
        if uniform.size and not (np.min(uniform) >= 0.0 and np.max(uniform) <= 1.0):
            raise ValueError(
                f"the second column of `samples` must lie in [0, 1]; got {np.min(uniform)} to {np.max(uniform)}. "
                "Draw it with `jax.random.uniform`."
            )
        low, high = np.asarray(self.below(values), np.float64), np.asarray(self.cdf(values), np.float64)
        if np.any(low > high):
            raise ValueError("`below` must not exceed `cdf`; it does at a sample. Give the left limits P(X < x).")
        return _uniform_cells(low + uniform * (high - low), self.num_cells)


@dataclass(frozen=True)
class DiscreteLaw:
    """A law on finitely many values with exact probabilities; samples of shape (n,).

    Definition. A draw belongs to a value within a relative distance of 1e-6; elsewhere the law does not know it. Lump
    the tail of a law on all integers into one value, in the sampler as well as here.

    Args:
        values: distinct values, any order.
        probs_of: their probabilities, same order; they sum to 1 within 1e-9.
    """

    values: tuple[float, ...]
    probs_of: tuple[float, ...]

    def __post_init__(self):
        values, probs = np.asarray(self.values, np.float64), np.asarray(self.probs_of, np.float64)
        if values.ndim != 1 or values.shape != probs.shape or not values.size:
            raise ValueError(
                f"`values` and `probs_of` must be equally long; got shapes {values.shape} and {probs.shape}. "
                "Give one probability per value."
            )
        if np.min(probs) < 0 or not abs(float(np.sum(probs)) - 1.0) <= 1e-9:
            raise ValueError(
                f"`probs_of` must be nonnegative and sum to 1; got sum {float(np.sum(probs))}. "
                "Lump what is missing into one value."
            )
        if np.any(np.diff(np.sort(values)) <= 4 * MATCHING * (1.0 + np.max(np.abs(values)))):
            raise ValueError("`values` must be further apart than float32 can blur; two are not. Scale the statistic.")

    @cached_property
    def _sorted(self) -> tuple[np.ndarray, np.ndarray]:
        values, probs = np.asarray(self.values, np.float64), np.asarray(self.probs_of, np.float64)
        possible = np.flatnonzero(probs > 0)
        order = possible[np.argsort(values[possible])]
        return values[order], probs[order]

    @property
    def columns(self) -> int:
        """1. Definition."""
        return 1

    @property
    def probs(self) -> Float[np.ndarray, " cells"]:
        """Probabilities of the values that have any, in ascending order of the values. Definition."""
        return self._sorted[1]

    @property
    def resolution(self) -> float:
        """0: the distance to a law on the same values is seen exactly. Definition."""
        return 0.0

    def cell(self, samples: Float[np.ndarray, " samples"]) -> Int[np.ndarray, " samples"]:
        """Cell of each sample.

        Definition.

        Args:
            samples: values, shape (n,).

        Returns:
            Position among the values in ascending order; their number where the law gives the value no probability.
        """
        values = self._sorted[0]
        middles = 0.5 * (values[1:] + values[:-1])
        nearest = np.searchsorted(middles, samples)
        known = np.abs(samples - values[nearest]) <= MATCHING * (1.0 + np.abs(values[nearest]))
        return np.where(known, nearest, values.size)
