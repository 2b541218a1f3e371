from fractions import Fraction

import numpy as np
import pytest

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import program_loop
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict

HALF = Fraction(1, 2)


@pytest.mark.parametrize("entry", cases(program_loop.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_program_lengths():
    lengths = {0: 1, 8: 3, 4: 5, 2: 7, 6: 7, 1: 9, 7: 9, 16: 1}
    for numerator, bits in lengths.items():
        assert program_loop.program_bits(Fraction(numerator, 16)) == bits


@pytest.mark.parametrize("weight", [0, 1, 2])
@pytest.mark.parametrize("num_flips", [1, 10, 40, 100])
def test_decoder_in_floats_is_the_one_in_whole_numbers(num_flips, weight):
    assert program_loop.decoded(num_flips, weight) == program_loop.decoded_exactly(num_flips, weight)


def test_decoder_by_hand():
    # Two flips at lambda = 0: no, one, two heads are fitted by 0, 1/2, 1; at lambda = 2 by the same, all simple.
    for weight in (0, 2):
        assert [program_loop.COINS[i] for i in program_loop.decoded(2, weight)] == [0, HALF, 1]
    # Three heads of four: 3/4 at lambda = 0; at lambda = 2, 1/2 loses 4 log 2 - h = .53 nats and saves 4 bits.
    assert program_loop.COINS[program_loop.decoded(4, 0)[3]] == Fraction(3, 4)
    assert program_loop.COINS[program_loop.decoded(4, 2)[3]] == HALF


def _mean_time(num_flips: int, weight: float) -> float:
    inner = program_loop.transition(num_flips, weight)[1:-1, 1:-1]
    times = np.linalg.solve(np.eye(15) - inner, np.ones(15))
    return float(times[7])


@pytest.mark.parametrize(
    ("num_flips", "weight", "generations", "rel"),
    [(10, 2, 310, 2e-3), (20, 2, 1.56e4, 5e-3), (40, 2, 8.26e4, 1e-3), (10, 0, 13.5, 5e-3), (40, 0, 86.1, 1e-3)],
)
def test_mean_times_to_a_point_mass(num_flips, weight, generations, rel):
    assert _mean_time(num_flips, weight) == pytest.approx(generations, rel=rel)


@pytest.mark.parametrize(
    ("claim_id", "num_flips", "weight", "truth", "probability"),
    [
        ("eq26-grid-alone", 100, 0, HALF, 0.070),
        ("eq26-grid-alone", 400, 0, HALF, 0.119),
        ("eq26-grid-alone", 4000, 0, HALF, 0.996),
        ("eq26-grid-alone", 100, 1, HALF, 0.757),
        ("eq26-complex-truth", 100, 1, Fraction(3, 8), 0.019),
        ("eq26-complex-truth", 1000, 1, Fraction(3, 8), 0.542),
        ("eq26-complex-truth", 2000, 1, Fraction(3, 8), 0.925),
    ],
)
def test_probabilities_of_staying_at_the_truth(claim_id, num_flips, weight, truth, probability):
    theta = {"N": num_flips, "lambda": weight, "truth": truth, "t": 50}
    assert claim(claim_id).value(theta) == pytest.approx(probability, abs=5e-4)


def test_alive_is_not_at_the_truth():
    theta = {"N": 100, "lambda": 0, "truth": HALF, "t": 50}
    assert 1 - claim("eq26-no-collapse").value(theta) == pytest.approx(0.993, abs=5e-4)


def test_absorption_of_forty_flips():
    theta = {"N": 40, "lambda": 2, "truth": HALF, "t": 100_000}
    assert claim("eq26-asymptotic").value(theta) == pytest.approx(0.702, abs=5e-4)
