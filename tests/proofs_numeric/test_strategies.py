"""Strategies shrink to the simplest value; intervals enclose."""

import math
from fractions import Fraction

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs_numeric import strategies
from proofs_numeric.intervals import Interval

SETTINGS = hypothesis.settings(
    deadline=None, database=None, derandomize=True, max_examples=200, suppress_health_check=(), print_blob=False
)


def simplest(strategy, condition=lambda x: True):
    return hypothesis.find(strategy, condition, settings=SETTINGS)


def test_grids_shrink_to_the_first_value():
    assert simplest(strategies.grid(("simple", "harder", "hardest"))) == "simple"
    assert simplest(strategies.grid((0.5, 3.0, 0.1, 7.0)), lambda x: x < 0.4 or x > 5) == 0.1


def test_examples_shrink_coordinate_by_coordinate():
    domain = {"a": tuple(range(50)), "b": tuple(range(50))}
    assert simplest(strategies.examples(domain), lambda theta: theta["a"] >= 7 and theta["b"] >= 3) == {"a": 7, "b": 3}


def test_distributions_shrink_to_the_uniform_law():
    assert simplest(strategies.distributions((2, 5))) == (0.5, 0.5)
    assert simplest(strategies.distributions((2, 5)), lambda p: len(p) == 5) == (0.2,) * 5


def test_schedules_shrink_to_the_first_constant():
    assert simplest(strategies.schedules()) == ("constant", 0.0)
    assert simplest(strategies.schedules(), lambda s: s[0] == "power_law") == ("power_law", 0.1, 0.5)


def test_empty_grid_is_refused():
    with pytest.raises(ValueError, match="at least one value"):
        strategies.grid(())


@SETTINGS
@given(strategies.distributions())
def test_distributions_are_laws(probs):
    assert all(p > 0 for p in probs)
    assert math.fsum(probs) == pytest.approx(1.0, abs=1e-15)


rationals = st.fractions(-8, 8, max_denominator=50)


@SETTINGS
@given(rationals, rationals)
def test_intervals_enclose_rational_arithmetic(a, b):
    x, y = Interval.of(a), Interval.of(b)
    results = [
        (x + y, a + b),
        (x - y, a - b),
        (x * y, a * b),
        (x**3, a**3),
        (x**2, a**2),
        (x.abs(), abs(a)),
        (2 - x, 2 - a),
    ]
    if b != 0:
        results.append((x / y, a / b))
    for interval, exact in results:
        assert Fraction(float(interval.lower)) <= exact <= Fraction(float(interval.upper))


def test_intervals_enclose_log_exp_and_root():
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(40):
        for a in (Fraction(1, 3), Fraction(7, 5), Fraction(19, 2)):
            exact = mpmath.mpf(a.numerator) / a.denominator
            for name, result in (("log", mpmath.log), ("exp", mpmath.exp), ("sqrt", mpmath.sqrt)):
                interval = getattr(Interval.of(a), name)()
                assert mpmath.mpf(float(interval.lower)) <= result(exact) <= mpmath.mpf(float(interval.upper))
                assert float(interval.upper - interval.lower) < 1e-13 * abs(float(result(exact)))


def test_interval_arrays_sums_and_refusals():
    x = Interval(np.array([0.1, 0.2]), np.array([0.3, 0.4]))
    total = x.sum()
    assert float(total.lower) <= 0.3
    assert float(total.upper) >= 0.7
    assert float(total.upper) < 0.7 + 1e-14
    assert x[1].lower == 0.2
    assert isinstance(np.array([1.0, 2.0]) * x, Interval)
    for broken in (
        lambda: Interval(1.0, 0.0),
        lambda: 1 / Interval(-1.0, 1.0),
        lambda: Interval(-1.0, 1.0).log(),
        lambda: Interval(-1.0, 1.0).sqrt(),
        lambda: Interval(1.0, 2.0) ** -1,
    ):
        with pytest.raises(ValueError, match="."):
            broken()
