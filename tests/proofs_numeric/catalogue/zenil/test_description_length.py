import itertools
import math
from fractions import Fraction

import pytest

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import description_length
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(description_length.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def _accuracy_over_words(prior, chosen) -> Fraction:
    total = Fraction(0)
    for word in itertools.product((0, 1), repeat=6):
        coin = description_length.COINS[chosen[sum(word)]]
        chance = math.prod((coin if flip else 1 - coin for flip in word), start=Fraction(1))
        total += prior[chosen[sum(word)]] * chance
    return total


def test_accuracies_of_the_worked_example():
    right = description_length.PRIORS["2^-K"]
    wrong = description_length.PRIORS["2^K"]
    shortest = description_length.decoder(description_length._lengths(1))
    likeliest = description_length.decoder(description_length._lengths(0))
    found = [description_length.accuracy(p, rule) for p in (right, wrong) for rule in (likeliest, shortest)]
    assert [round(float(x), 4) for x in found] == [0.2489, 0.5991, 0.5369, 0.0175]
    assert found[1] == _accuracy_over_words(right, shortest)
    assert found[2] == _accuracy_over_words(wrong, likeliest)


def test_information_of_the_worked_example_in_bits():
    entry = claim("prop10-mdl-information")
    assert entry.value({"lambda": 1}) / math.log(2) == pytest.approx(0.1843, abs=5e-5)
    assert entry.bound({"lambda": 1}) / math.log(2) == pytest.approx(0.4311, abs=5e-5)
    assert entry.confirm({"lambda": 2}) == pytest.approx(entry.value({"lambda": 2}), abs=1e-13)


def test_bayes_is_the_sum_of_the_largest_joint_probabilities():
    for name, prior in description_length.PRIORS.items():
        joint = [
            max(
                prior[i] * description_length.likelihood(coin, sum(word))
                for i, coin in enumerate(description_length.COINS)
            )
            for word in itertools.product((0, 1), repeat=6)
        ]
        assert claim("prop10-mdl-accuracy").value({"prior": name}) == sum(joint)


def test_bits_of_dyadic_coins():
    for coin, bits in zip(description_length.COINS, description_length.BITS, strict=True):
        assert coin.denominator == 2 ** ((bits - 1) // 2)
