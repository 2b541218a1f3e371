"""Both enumerations judge each other; machines run one at a time, published numbers and symmetries judge both."""

import functools
import math

import numpy as np
import pytest

import zenil_dynamics as zd
from zenil_dynamics.algorithmic.exhaustive import _codes, _string
from zenil_dynamics.algorithmic.tree import census

LONGEST_RUN = {1: 1, 2: 6, 3: 21, 4: 107}
COMPLEMENT = str.maketrans("01", "10")

D2 = {
    2000: "0 1", 508: "00 01 10 11", 6: "001 011 100 110", 4: "000 010 101 111",
    2: "0000 0010 0100 0110 1001 1011 1101 1111",
}  # fmt: skip
TOP_OF_D3 = {
    1_075_648: "0 1", 432_040: "00 01 10 11", 48_064: "000 111", 46_212: "001 011 100 110", 42_832: "010 101",
    4156: "0000 1111", 3000: "0010 0100 1011 1101", 2796: "0101 1010", 2262: "0001 0111 1000 1110",
    2192: "0110 1001", 1380: "0011 1100", 416: "00000 11111",
}  # fmt: skip

FIRST_OF_OEIS_A141474 = (
    "010100011011001011100110000010101111000000100100011010011011110111110100011011000111001011100110010101000"
)
"""D(1), D(2), D(3), each output once, from frequent to rare."""


@functools.cache
def one_blank(num_states):
    return zd.algorithmic.tree(num_states)


def completed(num_states):
    return one_blank(num_states).completed()


@functools.cache
def by_single_runs(num_states, blank):
    """Output -> machines, and None -> machines that never halt."""
    runs = [
        zd.algorithmic.run_machine(index, num_states, blank=blank)
        for index in range(zd.algorithmic.num_machines(num_states))
    ]
    return {output: runs.count(output) for output in set(runs)}


@pytest.mark.parametrize("num_states", [1, 2, 3])
def test_both_enumerations_agree(num_states):
    assert zd.algorithmic.exhaustive(num_states) == one_blank(num_states)


@pytest.mark.parametrize("num_states", [1, 2])
def test_machines_run_one_at_a_time_agree(num_states):
    single = dict(by_single_runs(num_states, 0))
    never = single.pop(None)
    assert single == one_blank(num_states).counts
    assert never == census(num_states, LONGEST_RUN[num_states]).never


def test_every_lane_is_the_machine_of_its_number():
    # Counts alone cannot tell left from right.
    lanes = [_string(int(code)) if code else None for code in np.asarray(_codes(2, 6))]
    assert lanes == [zd.algorithmic.run_machine(index, 2) for index in range(10_000)]


@pytest.mark.parametrize(
    ("num_states", "halting", "strings", "longest"),
    [(1, 12, 2, 1), (2, 3044, 22, 4), (3, 2_147_184, 128, 7), (4, 2_985_384_480, 1832, 16)],
)
def test_published_totals(num_states, halting, strings, longest):
    # 24, 6088, 4 294 368 and 5 970 768 960 with both blanks: Delahaye and Zenil (2012), Soler-Toscano et al. (2014).
    assert one_blank(num_states).num_halting == halting
    both = completed(num_states)
    assert both.num_halting == 2 * halting
    assert both.num_machines == 2 * zd.algorithmic.num_machines(num_states)
    assert (len(both.counts), both.longest_output) == (strings, longest)


@pytest.mark.parametrize(("num_states", "table"), [(2, D2), (3, TOP_OF_D3)])
def test_published_tables(num_states, table):
    both = completed(num_states)
    levels = both.level_sets()[: len(table)]
    assert {both.counts[level[0]]: " ".join(sorted(level)) for level in levels} == {
        count: " ".join(sorted(strings.split())) for count, strings in table.items()
    }
    assert (len(both.level_sets()) == len(table)) is (num_states == 2)


def test_the_sequence_of_oeis():
    sequence = "".join(output for num_states in (1, 2, 3) for output in completed(num_states).counts)
    assert len(sequence) == 736
    assert sequence.startswith(FIRST_OF_OEIS_A141474)


def test_what_four_states_put_out():
    # arXiv:1101.4795: all strings of 8 bits, some longer ones.
    lengths = [len(output) for output in completed(4).counts]
    assert [lengths.count(length) for length in (8, 9)] == [256, 486]


@pytest.mark.parametrize("num_states", LONGEST_RUN)
def test_every_machine_is_counted_once(num_states):
    found = census(num_states, LONGEST_RUN[num_states])
    assert sum(found.counts.values()) + found.never == zd.algorithmic.num_machines(num_states)
    assert found.longest_run == LONGEST_RUN[num_states]


@pytest.mark.parametrize("num_states", [2, 3])
def test_more_steps_change_nothing_and_fewer_do(num_states):
    exact = census(num_states, LONGEST_RUN[num_states])
    assert census(num_states, 5 * LONGEST_RUN[num_states]) == exact
    cut = census(num_states, LONGEST_RUN[num_states] - 1)
    assert sum(cut.counts.values()) < sum(exact.counts.values())
    codes = _codes(num_states, LONGEST_RUN[num_states])
    assert np.array_equal(codes, _codes(num_states, 31))
    assert not np.array_equal(codes, _codes(num_states, LONGEST_RUN[num_states] - 1))


@pytest.mark.parametrize("num_states", [1, 2])
def test_the_other_blank_puts_out_the_complements(num_states):
    other = dict(by_single_runs(num_states, 1))
    other.pop(None)
    assert other == {output.translate(COMPLEMENT): count for output, count in one_blank(num_states).counts.items()}
    both = {
        output: by_single_runs(num_states, 0).get(output, 0) + other.get(output, 0)
        for output in {*one_blank(num_states).counts, *other}
    }
    assert both == completed(num_states).counts


@pytest.mark.parametrize("num_states", LONGEST_RUN)
def test_mirror_images_and_complements(num_states):
    single, both = one_blank(num_states).counts, completed(num_states).counts
    assert all(single[output[::-1]] == count for output, count in single.items())
    assert all(both[output.translate(COMPLEMENT)] == count for output, count in both.items())
    # One blank alone does not treat 0 and 1 alike, but for n = 1.
    fair = all(single.get(output.translate(COMPLEMENT)) == count for output, count in single.items())
    assert fair is (num_states == 1)


def entries_read(table):
    """Of a run on blank 0 that halts, else None; written for this test alone."""
    cells, at, state, read = {}, 0, 0, set()
    for _ in range(6):
        symbol = cells.get(at, 0)
        read.add((state, symbol))
        cells[at], move, state = table[2 * state + symbol]
        if state is None:
            return len(read)
        at += move
    return None


def test_no_complexity_exceeds_the_shortest_program():
    both = completed(2)
    shortest = dict.fromkeys(both.counts, math.inf)
    for index in range(10_000):
        if (output := zd.algorithmic.run_machine(index, 2)) is not None:
            bits = entries_read(zd.algorithmic.instruction_table(index, 2)) * math.log2(10) + 1
            for string in (output, output.translate(COMPLEMENT)):
                shortest[string] = min(shortest[string], bits)
    gaps = {string: shortest[string] - both.raw_complexity(string) for string in both.counts}
    assert min(gaps.values()) > -1e-12
    assert max(gaps.values()) > 2


def test_bad_input():
    with pytest.raises(ValueError, match="`num_states` must be at most 3 to run every machine; got 4. Use `tree`"):
        zd.algorithmic.exhaustive(4)
    for enumeration in (zd.algorithmic.exhaustive, zd.algorithmic.tree):
        with pytest.raises(ValueError, match="`num_states` must be at most 4; got 5"):
            enumeration(5)
        with pytest.raises(ValueError, match="`num_states` must be a whole number of at least 1; got 2.5"):
            enumeration(2.5)
