import math
import pickle

import pytest

import zenil_dynamics as zd

D2 = zd.algorithmic.tree(2).completed()


def test_probabilities_and_complexities_of_the_literature():
    # D(2): .328515 and 1.606 bits, .0834428, .000985545, .00065703, .000328515.
    found = [D2.probability(string) for string in ("0", "00", "001", "000", "0000")]
    assert found == pytest.approx([0.328515, 0.0834428, 0.000985545, 0.00065703, 0.000328515], rel=1e-5)
    assert D2.complexity("0") == pytest.approx(1.606, abs=5e-4)
    d3 = zd.algorithmic.tree(3).completed()
    found = [d3.complexity(string) for string in ("0", "00", "000", "001", "010", "0011", "11111")]
    assert found == pytest.approx([1.9972, 3.3132, 6.4813, 6.5380, 6.6476, 11.6036, 13.3336], abs=5e-5)


def test_dividing_by_all_machines():
    assert (D2.num_halting, D2.num_machines) == (6088, 20_000)
    assert D2.raw_complexity("00") == pytest.approx(math.log2(20_000 / 508))
    assert sum(2**-bits for bits in D2.complexities().values()) == pytest.approx(1)
    assert sum(2**-bits for bits in D2.raw_complexities().values()) == pytest.approx(6088 / 20_000)
    assert list(D2.complexities()) == list(D2.raw_complexities()) == list(D2.counts)


def test_what_is_never_put_out():
    assert (D2.count("0001"), D2.probability("0001")) == (0, 0)
    assert D2.complexity("0001") == D2.raw_complexity("00000") == math.inf
    with pytest.raises(
        ValueError, match=r"must be an output of \(2,2\); got '0001'.* at most 4 bits; take more states"
    ):
        D2.level_set("0001")


def test_level_sets():
    assert D2.level_set("11") == ("00", "01", "10", "11")
    assert [len(level) for level in D2.level_sets()] == [2, 4, 4, 4, 8]
    assert all(D2.level_set(string) == level for level in D2.level_sets() for string in level)


def test_order_and_ties():
    found = zd.algorithmic.OutputDistribution(1, 10, {"00": 2, "1": 2, "10": 3, "0": 2})
    assert list(found.counts) == ["10", "0", "1", "00"]
    assert list(found.completed().counts.items()) == [("0", 4), ("1", 4), ("01", 3), ("10", 3), ("00", 2), ("11", 2)]
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("string", ["", "012", " 0", "O1", 10])
def test_bad_strings(string):
    for question in (D2.count, D2.probability, D2.complexity, D2.raw_complexity, D2.level_set):
        with pytest.raises(ValueError, match="`string` must be a non-empty string of 0 and 1, as '0010'; got"):
            question(string)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 36, {"0": 1}), "`num_states` must be a whole number of at least 1; got 0"),
        ((1, 36, {}), "`counts` must sum to a number from 1 to `num_machines`, 36; got 0"),
        ((1, 36, {"0": 30, "1": 7}), "`counts` must sum to a number from 1 to `num_machines`, 36; got 37"),
        ((1, 36, {"a": 1}), "`counts` must be a non-empty string of 0 and 1, as '0010'; got 'a'"),
        ((1, 36, {"1": 0}), r"`counts\['1'\]` must be a whole number of at least 1; got 0"),
    ],
)
def test_bad_distributions(arguments, message):
    with pytest.raises(ValueError, match=message):
        zd.algorithmic.OutputDistribution(*arguments)
