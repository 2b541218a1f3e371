import functools
import itertools
import math
from fractions import Fraction

import pytest

import zenil_dynamics as zd
from zenil_dynamics.algorithmic import bdm, blocks, kraft_code_length

TABLE = {"00": 3.0, "11": 4.0, "01": 5.0, "10": 6.5, "0110": 9.0}


@functools.cache
def distribution(num_states):
    return zd.algorithmic.tree(num_states).completed()


def strings(num_blocks, block_length):
    return map("".join, itertools.product("01", repeat=num_blocks * block_length))


def test_blocks_by_hand():
    assert blocks("0011001", 2) == {"00": 2, "11": 1}
    assert blocks("00110", 2, boundary="sliding") == {"00": 1, "01": 1, "11": 1, "10": 1}
    assert blocks("0000", 2, boundary="sliding") == {"00": 3}


def test_bdm_by_hand():
    assert bdm("00110000", TABLE, 2) == pytest.approx(3 + math.log2(3) + 4)
    assert bdm("001", TABLE, 2) == bdm("00", TABLE, 2) == 3
    assert bdm("00110", TABLE, 2, boundary="sliding") == pytest.approx(3 + 5 + 4 + 6.5)
    assert bdm("00000", TABLE, 2, boundary="sliding") == pytest.approx(3 + 2)


def test_bdm_does_not_see_the_order():
    assert bdm("00110011", TABLE, 2) == pytest.approx(bdm("00001111", TABLE, 2))


def test_code_length_by_hand():
    # Four blocks, two distinct, one of 3 ways to write 4 as a sum of two numbers, one of 6 orders.
    assert kraft_code_length("00110011", TABLE, 2) == pytest.approx(2 + 3 + 4 + math.log2(3) + math.log2(6))
    assert kraft_code_length("0110", TABLE, 4) == pytest.approx(9)
    assert kraft_code_length("0" * 16, TABLE, 2) == pytest.approx(3 + 3)


@pytest.mark.parametrize("num_blocks", [1, 2, 3, 4, 5])
def test_code_lengths_obey_kraft_with_the_sum_that_the_proof_says(num_blocks):
    table = distribution(2).complexities()
    masses = [2.0 ** -table[block] for block in strings(1, 2)]
    sets = [math.fsum(map(math.prod, itertools.combinations(masses, size))) for size in range(1, num_blocks + 1)]
    total = math.fsum(2 ** -kraft_code_length(string, table, 2) for string in strings(num_blocks, 2))
    assert total == pytest.approx(math.fsum(sets) / num_blocks, rel=1e-11)
    assert total <= 1


def sum_of_scores(masses, num_blocks):
    """Sum of 2^-BDM over all strings of k blocks: k! [z^k] prod_u (1 + m_u sum_j z^j/(j j!))."""
    series = [Fraction(1)] + [Fraction(0)] * num_blocks
    for mass in masses:
        factor = [Fraction(1)] + [mass / (j * math.factorial(j)) for j in range(1, num_blocks + 1)]
        series = [sum(series[i] * factor[k - i] for i in range(k + 1)) for k in range(num_blocks + 1)]
    return math.factorial(num_blocks) * series[num_blocks]


def masses(found, block_length, total):
    return [Fraction(count, total) for string, count in found.counts.items() if len(string) == block_length]


@pytest.mark.parametrize(("num_blocks", "total"), [(1, 0.4024), (5, 0.6201), (6, 1.0014)])
def test_powers_of_bdm_are_no_probabilities(num_blocks, total):
    table = distribution(3).complexities()
    found = math.fsum(2 ** -bdm(string, table, 2) for string in strings(num_blocks, 2))
    assert found == pytest.approx(total, abs=5e-5)
    assert found == pytest.approx(
        float(sum_of_scores(masses(distribution(3), 2, distribution(3).num_halting), num_blocks)), rel=1e-12
    )


def test_sums_of_scores_with_four_states():
    d4 = distribution(4)
    bytes_in_all = sum(count for string, count in d4.counts.items() if len(string) == 8)
    conditional = [float(sum_of_scores(masses(d4, 8, bytes_in_all), k)) for k in (1, 2, 3, 4, 8)]
    assert conditional == pytest.approx([1, 1.4926, 2.8003, 6.2087, 473.52], rel=5e-5)
    assert float(sum_of_scores(masses(d4, 4, d4.num_halting), 16)) == pytest.approx(2.62, abs=5e-3)


def test_what_the_order_of_two_blocks_costs():
    table = distribution(3).complexities()
    string = ("0000" + "1111") * 512
    assert bdm(string, table, 4) == pytest.approx(2 * table["0000"] + 2 * 9)
    assert kraft_code_length(string, table, 4) > math.log2(math.comb(1024, 512)) > 1018


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (lambda: bdm("0a", TABLE, 2), "`string` must be a non-empty string of 0 and 1, as '0010'; got '0a'"),
        (lambda: bdm("00", TABLE, 0), "`block_length` must be a whole number of at least 1; got 0"),
        (lambda: bdm("00", TABLE, 3), "`block_length` must be at most the length of `string`, 2 bits; got 3"),
        (lambda: bdm("000", TABLE, 3), "`table` must hold the bits of every block; got none for '000'"),
        (lambda: bdm("00", {"00": math.inf}, 2), "`table` must hold the bits of every block; got none for '00'"),
        (lambda: bdm("00", TABLE, 2, boundary="slide"), "one of ignore, sliding; got 'slide'; nearest: sliding"),
        (lambda: kraft_code_length("000", TABLE, 2), "`string` must have a multiple of 2 bits, since each"),
        (
            lambda: kraft_code_length("00", {"00": 0.5, "11": 1.0}, 2),
            "sum 2.-K at most 1 over blocks of 2 bits; got 1.2",
        ),
    ],
)
def test_bad_input(question, message):
    with pytest.raises(ValueError, match=message):
        question()
