"""Discrete laws as alias tables: one random word and one look-up per number, whatever the law.

A table holds many laws, one per row, each on 2^bits consecutive integers. The leading bits of a word choose a column,
the rest are compared with the column's threshold: below it the column itself is the result, otherwise its alias. A
column packs threshold and alias into one word, so that a draw touches memory once. Tables are made on the host in
float64 and exact integers; a kernel reads them as arrays, so that another law of the same size never recompiles.
"""

import functools
from collections.abc import Callable, Sequence

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, Int32, UInt32

from zenil_dynamics.types import HostArray

TOTAL = 1 << 32
"""Mass of a row: probabilities are integers over it."""

LARGEST_POISSON_MEAN = 16384.0
LARGEST_BINOMIAL_TRIALS = 2048
_BINOMIAL_COLUMNS = 512
"""At least 22 standard deviations of so many trials."""

LARGEST_ROWS = 1 << 13
"""Rows of the greatest width that the 17 bits of a row's first column can address."""

_SMALLEST_BITS = 7
_COLUMN_BITS = ((64, _SMALLEST_BITS), (256, 8), (1024, 9), (4096, 10), (int(LARGEST_POISSON_MEAN), 11))
"""(largest mean, bits): a window of 2^bits integers around such a mean leaves out less than 2^-34 of a Poisson law."""


class AliasTable(eqx.Module):
    """Laws on the integers, one per row.

    Attributes:
        entries: columns of all rows, threshold above alias in one word.
        rows: where a row starts and what it covers, in one word, shape (rows,): from the top 17 bits the first column
            in units of 128, 12 bits the smallest integer in units of 4, 3 bits the number of column bits minus 7.
    """

    entries: UInt32[HostArray, " columns"]
    rows: UInt32[HostArray, " rows"]

    def draw(self, row: Int[Array, "*#shape"], word: UInt32[Array, "*#shape"]) -> Int32[Array, "*shape"]:
        """Look up numbers of the laws of `row`, one word each.

        The words should come out of memory, not out of an expression: XLA's CPU loops make a gather scalar, and with
        it everything that is fused into it, which makes a random word five times as dear.

        Args:
            row: index of a law, in range.
            word: random word, consumed.

        Returns:
            int32 numbers.

        Source: Walker, "An efficient method for generating discrete random variables with general distributions",
        ACM TOMS 3 (1977).
        """
        described = jnp.asarray(self.rows).at[row].get(mode="promise_in_bounds")
        bits = (described & np.uint32(7)) + np.uint32(_SMALLEST_BITS)
        lowest = (described >> np.uint32(3 - 2)) & np.uint32(0xFFF << 2)
        column = word >> (np.uint32(32) - bits)
        position = ((described >> np.uint32(15)) << np.uint32(_SMALLEST_BITS)) + column
        entry = jnp.asarray(self.entries).at[position].get(mode="promise_in_bounds")
        fraction = word & (np.uint32(0xFFFFFFFF) >> bits)
        alias = entry & ((np.uint32(1) << bits) - np.uint32(1))
        return (lowest + jnp.where(fraction < (entry >> bits), column, alias)).astype(jnp.int32)

    @property
    def num_bytes(self) -> int:
        """Of the table."""
        return self.entries.nbytes + self.rows.nbytes


def poisson(means: Sequence[float] | np.ndarray) -> AliasTable:
    """Tabulate Poisson laws.

    Every row is within 2^-21 in total variation of its law, and within 2^-25 where the mean is below 64: rounding a
    probability to 2^-32 costs half of that per column, and what lies outside the window less than 2^-34.

    Args:
        means: at least 0, at most 16384, one row each; at most 2^13 of them.

    Returns:
        The table.

    Raises:
        ValueError: a mean that is negative, not finite, or above 16384; more than 2^13 means.

    Law: tests/samplers/test_alias.py.
    """
    means = np.asarray(means, np.float64).reshape(-1)
    if means.size == 0 or not np.all((means >= 0) & (means <= LARGEST_POISSON_MEAN)):
        raise ValueError(f"`means` must lie in [0, {LARGEST_POISSON_MEAN:g}]; got {means[:5]} ...")
    if means.size > LARGEST_ROWS:
        raise ValueError(f"`means` must be at most {LARGEST_ROWS}; got {means.size}.")
    return _poisson(means.tobytes())


def binomial(num_trials: int, probabilities: Sequence[float] | np.ndarray) -> AliasTable:
    """Tabulate binomial laws of one number of trials.

    Every row is within 2^-22 in total variation of its law, for the reasons given at `poisson`.

    Args:
        num_trials: n, from 1 to 2048.
        probabilities: in [0, 1], one row each; at most 2^13 of them.

    Returns:
        The table.

    Raises:
        ValueError: arguments out of range.

    Law: tests/samplers/test_alias.py.
    """
    probabilities = np.asarray(probabilities, np.float64).reshape(-1)
    if not 1 <= num_trials <= LARGEST_BINOMIAL_TRIALS:
        raise ValueError(f"`num_trials` must lie in [1, {LARGEST_BINOMIAL_TRIALS}]; got {num_trials}.")
    if probabilities.size == 0 or not np.all((probabilities >= 0) & (probabilities <= 1)):
        raise ValueError(f"`probabilities` must lie in [0, 1]; got {probabilities[:5]} ...")
    if probabilities.size > LARGEST_ROWS:
        raise ValueError(f"`probabilities` must be at most {LARGEST_ROWS}; got {probabilities.size}.")
    return _binomial(num_trials, probabilities.tobytes())


# Cached by value: property tests build the same few tables again and again.


@functools.lru_cache(maxsize=16)
def _poisson(means_as_bytes: bytes) -> AliasTable:
    from scipy.special import gammaln, xlogy

    means = np.frombuffer(means_as_bytes, np.float64)
    bits = np.full(means.shape, _COLUMN_BITS[-1][1])
    for limit, width in reversed(_COLUMN_BITS):
        bits = np.where(means < limit, width, bits)

    def probabilities(rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        mean = means[rows][:, None]
        return np.exp(xlogy(values, mean) - mean - gammaln(values + 1.0))

    return _table(means, bits, probabilities)


@functools.lru_cache(maxsize=16)
def _binomial(num_trials: int, probabilities_as_bytes: bytes) -> AliasTable:
    from scipy.special import gammaln, xlog1py, xlogy

    success = np.frombuffer(probabilities_as_bytes, np.float64)
    width = max(_SMALLEST_BITS, min((num_trials + 1) - 1, _BINOMIAL_COLUMNS - 1).bit_length())

    def probabilities(rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        p, inside = success[rows][:, None], values <= num_trials
        count = np.where(inside, values, 0)
        ways = gammaln(num_trials + 1.0) - gammaln(count + 1.0) - gammaln(num_trials - count + 1.0)
        return np.where(inside, np.exp(ways + xlogy(count, p) + xlog1py(num_trials - count, -p)), 0.0)

    return _table(num_trials * success, np.full(success.shape, width), probabilities)


def _table(
    means: np.ndarray, bits: np.ndarray, probabilities: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> AliasTable:
    """Windows of 2^bits integers around the means; `probabilities` of (rows, values) fills them."""
    lowest = np.maximum(np.floor(means) - 2 ** (bits - 1.0) + 1, 0).astype(np.int64) // 4 * 4
    start = np.concatenate([[0], np.cumsum(1 << bits)])
    # Powers of two, so that tables of similar laws share a compilation; what is added is never read.
    entries = np.zeros(_power_of_two(int(start[-1])), np.uint32)
    for width in np.unique(bits):
        rows = np.flatnonzero(bits == width)
        columns = np.arange(1 << int(width))
        entries[start[rows][:, None] + columns] = pack(_masses(probabilities(rows, lowest[rows][:, None] + columns)))
    described = np.zeros(_power_of_two(means.size), np.uint32)
    described[: means.size] = (start[:-1] >> _SMALLEST_BITS << 15) | (lowest // 4 << 3) | (bits - _SMALLEST_BITS)
    return AliasTable(entries, described)


def _power_of_two(number: int) -> int:
    """Smallest one that is not below `number`."""
    return 1 << (number - 1).bit_length()


def _masses(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities over 2^-32 as integers, shape (rows, columns); each row sums to 2^32."""
    masses = np.rint(probabilities * TOTAL).astype(np.int64)
    # The mode can bear what rounding left over.
    masses[np.arange(len(masses)), np.argmax(masses, axis=1)] += TOTAL - masses.sum(axis=1)
    return masses


def pack(masses: np.ndarray) -> np.ndarray:
    """Alias columns of all rows at once, in exact integers.

    Args:
        masses: int64, shape (rows, columns), columns a power of two below 2^16, each row summing to 2^32.

    Returns:
        uint32 of the same shape: threshold above alias.

    Source: Huebschle-Schneider and Sanders, "Parallel weighted random sampling", ACM TOMS 48 (2022), section 4.1 (the
    sweep: one pointer over the light columns, one over the heavy ones, and what is left of the current heavy one).
    """
    rows, columns = masses.shape
    bits = columns.bit_length() - 1
    capacity = TOTAL >> bits
    order = np.argsort(masses > capacity, axis=1, kind="stable")  # the light columns, then the heavy ones
    num_light = np.sum(masses <= capacity, axis=1)
    every = np.arange(rows)
    threshold, alias = np.zeros_like(masses), np.broadcast_to(np.arange(columns), masses.shape).copy()
    light, heavy = np.zeros(rows, np.int64), num_light.copy()
    left = np.where(heavy < columns, masses[every, order[every, np.minimum(heavy, columns - 1)]], 0)
    for _ in range(columns):
        # Either the heavy column still gives to a light one, or it has become light itself and takes from the next.
        giving = (left > capacity) & (light < num_light)
        closing = ~giving & (heavy < columns - 1)
        current = order[every, np.minimum(heavy, columns - 1)]
        following = order[every, np.minimum(heavy + 1, columns - 1)]
        taker = np.where(giving, order[every, np.minimum(light, columns - 1)], current)
        active = giving | closing
        held = np.where(giving, masses[every, taker], left)
        row = every[active]
        threshold[row, taker[active]] = held[active]
        alias[row, taker[active]] = np.where(giving, current, following)[active]
        left = np.where(
            giving, left + held - capacity, np.where(closing, masses[every, following] + left - capacity, left)
        )
        light, heavy = light + giving, heavy + closing
    # A full column is its own alias, whatever the comparison says; its threshold would not fit into the word.
    full = (threshold >= capacity) | (alias == np.arange(columns))
    alias = np.where(full, np.arange(columns), alias)
    threshold = np.where(full, 0, threshold)
    return ((threshold << bits) | alias).astype(np.uint32)
