"""Alias tables are integers, so their laws are read off and compared exactly: no draw, no statistics."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from zenil_dynamics.samplers import alias

WHOLE = 1 << 32
LARGEST = 16384
EPSILON = 2.0**-45
"""Allowance for the longdouble reference: log(k!) up to 2^18 in 64 bits, even where longdouble has only 53."""


class Row(NamedTuple):
    """One row, read as its documentation says, in Python's own integers: column c means lowest + c."""

    lowest: int
    bits: int
    threshold: np.ndarray
    other: np.ndarray

    def masses(self):
        """Words that give each number of the window."""
        capacity = WHOLE >> self.bits
        assert np.all(self.threshold <= capacity)
        masses = self.threshold.copy()
        np.add.at(masses, self.other, capacity - self.threshold)
        return masses

    def number(self, word):
        """What one word gives."""
        column, fraction = divmod(word, WHOLE >> self.bits)
        return self.lowest + (column if fraction < self.threshold[column] else int(self.other[column]))


def unpacked(entries, bits):
    entries = np.asarray(entries).astype(np.int64)
    return entries >> bits, entries & ((1 << bits) - 1)


def read(table, index):
    described = int(table.rows[index])
    bits = 7 + (described & 7)
    start = (described >> 15) * 128
    return Row(described >> 3 << 2 & 0x3FFF, bits, *unpacked(table.entries[start : start + (1 << bits)], bits))


LOG_FACTORIAL = np.concatenate([[0], np.cumsum(np.log(np.arange(1, 2 * LARGEST, dtype=np.longdouble)))])


def total_variation(row, mean):
    """(distance between a row and the Poisson law of `mean`, mass of that law outside the row's window)."""
    numbers = np.arange(row.lowest, row.lowest + (1 << row.bits))
    if mean == 0:
        law = (numbers == 0).astype(np.longdouble)
    else:
        law = np.exp(numbers * np.log(np.longdouble(mean)) - np.longdouble(mean) - LOG_FACTORIAL[numbers])
    outside = max(1 - law.sum(), 0)
    return float(np.abs(row.masses() / np.longdouble(WHOLE) - law).sum() + outside) / 2, float(outside)


def documented(mean):
    return 2.0**-25 if mean < 64 else 2.0**-21


def worst(table, means):
    """Largest total variation of any row, in units of what is documented."""
    rows = [(read(table, index), mean) for index, mean in enumerate(means)]
    return max(total_variation(row, mean)[0] / (documented(mean) + EPSILON) for row, mean in rows)


def below(limits):
    return [np.nextafter(limit, 0) for limit in limits]


MEANS = {
    **{f"own counts at alpha {alpha:g}": (1 - alpha) * np.arange(1024.0) for alpha in (0.0, 1e-9, 0.013, 0.5, 0.997)},
    "no own count at all": np.zeros(4),
    "multiples of 1024": 1024.0 * np.arange(17),
    "multiples of 1024 at alpha .37": 0.63 * 1024 * np.arange(17),
    "fresh draws of a long tail": 300 * np.arange(1, 401) ** -1.7,
    "tiny": np.array([0.0, 5e-324, 1e-300, 1e-12, 2.0**-33, 2.0**-32, 1e-6, 0.1, 1 - 2.0**-53]),
    "boundaries of the widths": np.array([64.0, 256, 1024, 4096, LARGEST, *below([64, 256, 1024, 4096, LARGEST])]),
    "largest": np.linspace(16000, LARGEST, 25),
}


@pytest.mark.parametrize("name", MEANS)
def test_every_row_is_its_law(name):
    means = MEANS[name]
    table = alias.poisson(means)
    assert worst(table, means) <= 1
    for index, mean in enumerate(means):
        row = read(table, index)
        assert row.masses().sum() == WHOLE
        assert total_variation(row, mean)[1] <= 2.0**-34 + EPSILON


def test_a_mean_of_nothing_gives_zero_for_sure():
    """Types that have died stay dead, and padding never comes alive."""
    row = read(alias.poisson([3.0, 0.0]), 1)
    masses = row.masses()
    assert row.lowest == 0
    assert masses[0] == WHOLE
    assert not masses[1:].any()


@pytest.mark.parametrize("mean", [1e-12, 0.3, 63.999, 1024 * 0.63, 4096.0, float(LARGEST)])
def test_the_reference_agrees_with_forty_digits(mean):
    """Second method for `total_variation`: mpmath, term by term."""
    row = read(alias.poisson([mean]), 0)
    with mpmath.workdps(40):
        numbers = range(row.lowest, row.lowest + (1 << row.bits))
        law = [mpmath.exp(k * mpmath.log(mean) - mean - mpmath.loggamma(k + 1)) for k in numbers]
        outside = 1 - mpmath.fsum(law)
        masses = row.masses()
        inside = mpmath.fsum(abs(int(m) / mpmath.mpf(WHOLE) - p) for m, p in zip(masses, law, strict=True))
        distance = (inside + outside) / 2
    expected, left_out = total_variation(row, mean)
    assert abs(float(distance) - expected) <= EPSILON
    assert abs(float(outside) - left_out) <= EPSILON


@pytest.mark.parametrize("spoilt", [3, 300, 900])
def test_one_wrong_row_is_caught(spoilt):
    """A total variation of 1e-3, moved within one row of 1024."""
    means = np.arange(1024.0)
    table = alias.poisson(means)
    assert worst(table, means) <= 1
    row = read(table, spoilt)
    masses = row.masses()
    mode, moved = int(np.argmax(masses)), round(1e-3 * WHOLE)
    masses[mode] -= moved
    masses[mode + 1] += moved
    start = (int(table.rows[spoilt]) >> 15) * 128
    entries = table.entries.copy()
    entries[start : start + (1 << row.bits)] = alias.pack(masses[None])[0]
    mutant = alias.AliasTable(entries, table.rows)
    assert worst(mutant, means) > 1000
    assert abs(total_variation(read(mutant, spoilt), means[spoilt])[0] - 1e-3) < 1e-6


def masses_of(name, columns):
    rng = np.random.default_rng(columns)
    masses = np.zeros(columns, np.int64)
    if name == "one column":
        masses[columns // 3] = WHOLE
    elif name == "first column":
        masses[0] = WHOLE
    elif name == "last column":
        masses[-1] = WHOLE
    elif name == "uniform":
        masses[:] = WHOLE // columns
    elif name == "uniform but for one word":
        masses[:] = WHOLE // columns
        masses[0], masses[-1] = masses[0] - 1, masses[-1] + 1
    elif name == "two columns":
        masses[0], masses[-1] = 1, WHOLE - 1
    elif name == "two halves":
        masses[columns // 2 - 1], masses[columns // 2] = WHOLE // 2, WHOLE // 2
    elif name == "all heavy but one":
        masses[1:] = WHOLE // (columns - 1)
        masses[0] = WHOLE - masses.sum()
    else:
        weights = rng.exponential(size=columns) ** 8 * (rng.random(columns) < 0.2)
        weights[rng.integers(columns)] += 1.0
        masses = np.floor(weights / weights.sum() * (WHOLE - columns)).astype(np.int64)
        masses[rng.integers(columns)] += WHOLE - masses.sum()
    return masses


ADVERSARIES = (
    "one column",
    "first column",
    "last column",
    "uniform",
    "uniform but for one word",
    "two columns",
    "two halves",
    "all heavy but one",
    "random with many zeros",
)


@pytest.mark.parametrize("columns", [2, 4, 128, 512, 2048])
def test_packing_keeps_every_mass_exactly(columns):
    masses = np.stack([masses_of(name, columns) for name in ADVERSARIES])
    assert np.all(masses.sum(axis=1) == WHOLE)
    bits = columns.bit_length() - 1
    for given, packed in zip(masses, alias.pack(masses), strict=True):
        np.testing.assert_array_equal(Row(0, bits, *unpacked(packed, bits)).masses(), given)


def test_packing_many_random_rows_keeps_every_mass_exactly():
    """Rows of one call do not disturb each other: all sparsities from one column to all of them."""
    rng = np.random.default_rng(0)
    weights = rng.exponential(size=(3000, 64)) ** rng.uniform(0, 12, (3000, 1))
    weights *= rng.random((3000, 64)) < rng.uniform(0, 1, (3000, 1))
    weights[:, 7] += 1e-9
    masses = np.floor(weights / weights.sum(axis=1, keepdims=True) * (WHOLE - 64)).astype(np.int64)
    masses[np.arange(3000), rng.integers(64, size=3000)] += WHOLE - masses.sum(axis=1)
    for given, packed in zip(masses, alias.pack(masses), strict=True):
        np.testing.assert_array_equal(Row(0, 6, *unpacked(packed, 6)).masses(), given)


look_up = jax.jit(lambda table, row, word: table.draw(row, word))


def test_the_device_reads_the_table_as_the_host_does():
    """Every column of rows of all widths, at both ends of the column and on both sides of its threshold."""
    means = np.array([0.0, 1e-12, 0.7, 63.5, 64.0, 255.5, 700.0, 1024.0, 4095.0, 4096.0, 9999.9, LARGEST])
    table = alias.poisson(means)
    indices, words, expected = [], [], []
    for index in range(len(means)):
        row = read(table, index)
        capacity = WHOLE >> row.bits
        for column, threshold in enumerate(row.threshold.tolist()):
            for fraction in {0, threshold - 1, threshold, threshold + 1, capacity - 1}:
                if not 0 <= fraction < capacity:
                    continue
                word = column * capacity + fraction
                indices.append(index)
                words.append(word)
                expected.append(row.number(word))
    assert 0 in words
    assert WHOLE - 1 in words
    drawn = look_up(table, jnp.asarray(np.array(indices, np.int32)), jnp.asarray(np.array(words, np.uint32)))
    assert drawn.dtype == jnp.int32
    np.testing.assert_array_equal(drawn, expected)


def test_rows_and_words_broadcast():
    table = alias.poisson(np.arange(6.0))
    row, word = jnp.arange(6)[:, None], jnp.asarray(np.geomspace(1, WHOLE - 1, 5).astype(np.uint32))[None]
    drawn = look_up(table, row, word)
    assert drawn.shape == (6, 5)
    for index in range(6):
        np.testing.assert_array_equal(drawn[index], look_up(table, jnp.full(5, index), word[0]))


def test_the_last_row_of_a_large_table_is_addressed():
    """8192 rows, the most there may be, and the last one of the greatest width."""
    means = np.append(np.zeros(alias.LARGEST_ROWS - 1), LARGEST)
    table = alias.poisson(means)
    row = read(table, alias.LARGEST_ROWS - 1)
    words = np.array([0, 12345678, 2**31, WHOLE - 1], np.uint32)
    drawn = look_up(table, jnp.full(4, alias.LARGEST_ROWS - 1), jnp.asarray(words))
    np.testing.assert_array_equal(drawn, [row.number(int(word)) for word in words])


@pytest.mark.parametrize("means", [[-1e-9], [1.0, np.nan], [np.inf], [np.nextafter(16384, 2e4)], [-np.inf, 3.0], []])
def test_bad_means_are_refused(means):
    with pytest.raises(ValueError, match=r"`means` must lie in \[0, 16384\]; got \["):
        alias.poisson(means)


def test_too_many_means_are_refused():
    with pytest.raises(ValueError, match="`means` must be at most 8192; got 8193"):
        alias.poisson(np.zeros(8193))
