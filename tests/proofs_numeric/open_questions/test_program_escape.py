from fractions import Fraction

import numpy as np
import pytest

from proofs_numeric.catalogue.zenil import program_loop
from proofs_numeric.open_questions import dyadic_loop, program_escape
from proofs_numeric.open_questions.dyadic_loop import (
    EVERY_DEPTH,
    HALF,
    escape_time,
    fitted_coins,
    leaving_time,
    simulated_escapes,
)
from proofs_numeric.open_questions.run import ask
from proofs_numeric.proportion import clopper_pearson

DEEP = tuple(Fraction(k, 2**7) for k in range(2**7 + 1))
"""All coins of depth at most 7."""


@pytest.mark.parametrize("weight", [1, 2])
@pytest.mark.parametrize("num_flips", [7, 20, 40])
def test_fits_of_depth_four_by_whole_numbers(num_flips, weight):
    expected = [program_loop.COINS[index] for index in program_loop.decoded_exactly(num_flips, weight)]
    assert list(fitted_coins(num_flips, float(weight), 4)) == expected


@pytest.mark.parametrize("weight", [0.25, 1.0, 2.0])
@pytest.mark.parametrize("num_flips", [9, 40])
def test_fits_of_every_depth_by_trying_all_coins(num_flips, weight):
    fitted = fitted_coins(num_flips, weight)
    # Depth 7 costs 15 lambda bits; nothing deeper was chosen, so a larger class would not change these fits.
    assert max(coin.denominator for coin in fitted) < 2**7
    assert list(fitted) == [DEEP[index] for index in program_loop.decoded(num_flips, weight, DEEP)]


@pytest.mark.parametrize("weight", program_escape.WEIGHTS)
@pytest.mark.parametrize("num_flips", [160, 640])
def test_no_fit_hangs_on_rounding(monkeypatch, num_flips, weight):
    # No two lengths differ by more than 1e-11 and less than 1e-6 nats where it matters, and rounding is below 1e-11.
    fits = []
    for tie in (1e-11, 1e-6):
        monkeypatch.setattr(dyadic_loop, "_TIE", tie)
        fits.append(fitted_coins.__wrapped__(num_flips, weight))
    assert fits[0] == fits[1]
    assert [1 - coin for coin in fits[0]] == list(fits[0][::-1])


@pytest.mark.parametrize(("num_flips", "weight", "generations"), [(10, 2.0, 310), (20, 2.0, 1.56e4), (40, 2.0, 8.26e4)])
def test_escape_times_of_the_known_chain(num_flips, weight, generations):
    matrix = program_loop.transition(num_flips, weight)
    inside = slice(1, -1)
    times = np.linalg.solve(np.eye(15) - matrix[inside, inside], np.ones(15))
    found = float(escape_time(num_flips, weight, 4))
    assert found == pytest.approx(times[7], rel=1e-8)
    assert found == pytest.approx(generations, rel=5e-3)


def test_escape_times_of_every_depth_by_a_larger_chain():
    matrix = program_loop.transition(40, 0.5, DEEP)
    inside = slice(1, -1)
    times = np.linalg.solve(np.eye(127) - matrix[inside, inside], np.ones(127))
    assert float(escape_time(40, 0.5)) == pytest.approx(times[63], rel=1e-9)
    assert float(leaving_time(40, 0.5)) == pytest.approx(1 / (1 - matrix[64, 64]), rel=1e-9)
    # Depth 4 holds longer: its neighbours of 1/2 are further away.
    assert float(escape_time(160, 0.5, 4)) > 100 * float(escape_time(160, 0.5))
    assert float(escape_time(10, 2.0)) == float(escape_time(10, 2.0, 4))


def test_maximum_likelihood_of_two_flips_by_hand():
    # Heads 0, 1, 2 fit 0, 1/2, 1: from 1/2 the loop ends with probability 1/2 per generation.
    assert fitted_coins(2, 0.01) == (0, HALF, 1)
    assert float(escape_time(2, 0.01)) == pytest.approx(2)
    assert float(leaving_time(2, 0.01, EVERY_DEPTH)) == pytest.approx(2)


def escaped_by(num_flips, weight, num_generations):
    matrix = np.linalg.matrix_power(program_loop.transition(num_flips, weight), num_generations)
    return matrix[8, 0] + matrix[8, -1]


LOOPS, GENERATIONS, DELTA = 20_000, 100, 1e-9


def escaped_share(weight):
    times = simulated_escapes(10, weight, GENERATIONS, LOOPS, np.random.default_rng(7))
    assert times.shape == (LOOPS,)
    assert times.min() >= 1
    assert set(times[times > GENERATIONS]) <= {GENERATIONS + 1}
    return clopper_pearson(int(np.sum(times <= GENERATIONS)), LOOPS, DELTA)


@pytest.mark.stat(delta=DELTA)
def test_simulated_loops_escape_like_the_chain():
    """Sees a wrong probability of escape from .022 on: half an interval is 6.1 standard deviations of at most .0036."""
    low, high = escaped_share(2.0)
    assert low <= escaped_by(10, 2.0, GENERATIONS) <= high
    assert high - low < 0.05


@pytest.mark.stat(delta=DELTA)
def test_another_penalty_is_seen():
    low, high = escaped_share(1.0)
    assert not low <= escaped_by(10, 2.0, GENERATIONS) <= high


def test_the_same_root_gives_the_same_bits(monkeypatch):
    monkeypatch.setitem(program_escape.DOUBLINGS, "quick", range(1, 4))
    monkeypatch.setitem(program_escape.SIMULATED, "quick", (500, 50))
    first, again = (ask(program_escape.PROGRAM_ESCAPE, "quick", "5eed").estimates for _ in range(2))
    assert first == again
    other = ask(program_escape.PROGRAM_ESCAPE, "quick", "5eee").estimates
    changed = {one.quantity for one, two in zip(first, other, strict=True) if one != two}
    assert changed == {program_escape.ESCAPED}
