"""Baselines must be right before they may be beaten, and wrong kernels must not get a time."""

import numpy as np
import pytest

from benchmarks import harness, laws
from benchmarks.contender import Contender, Unavailable
from benchmarks.ours import OURS
from benchmarks.problem import CategoricalProblem, GaussianProblem
from benchmarks.rivals import (
    NUMBA_COALESCENT,
    NUMBA_INDIVIDUALS,
    NUMBA_STATISTICS,
    NUMPY_MULTINOMIAL,
    NUMPY_PLAIN_SAMPLES,
    NUMPY_PLAIN_STATISTICS,
    NUMPY_SAMPLES,
    NUMPY_STATISTICS,
    numba_words,
)
from benchmarks.rivals.numba_categorical import alias_table
from benchmarks.workload import Case, Workload
from tests.benchmarks import mutants

CLOSED = CategoricalProblem(30, 101, 40, 2_000)
OPEN = CategoricalProblem(30, 101, 40, 2_000, 0.2)
CLOSED_LAST = CategoricalProblem(30, 101, 40, 2_000, terminal_only=True)
OPEN_LAST = CategoricalProblem(30, 101, 40, 2_000, 0.2, terminal_only=True)
NORMAL = GaussianProblem(21, 40, 4_000)


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize(
    ("contender", "problem"),
    [
        (NUMPY_MULTINOMIAL, CLOSED),
        (NUMPY_MULTINOMIAL, OPEN),
        (NUMBA_INDIVIDUALS, CLOSED),
        (NUMBA_INDIVIDUALS, OPEN),
        (NUMPY_STATISTICS, NORMAL),
        (NUMPY_SAMPLES, NORMAL),
        (NUMBA_STATISTICS, NORMAL),
        (NUMPY_PLAIN_STATISTICS, NORMAL),
        (NUMPY_PLAIN_SAMPLES, NORMAL),
        (NUMPY_MULTINOMIAL, CLOSED_LAST),
        (NUMPY_MULTINOMIAL, OPEN_LAST),
        (NUMBA_COALESCENT, CLOSED_LAST),
        (NUMBA_COALESCENT, OPEN_LAST),
        (OURS, CLOSED_LAST),
        (OURS, OPEN_LAST),
    ],
    ids=lambda value: value.name if isinstance(value, Contender) else type(value).__name__,
)
def test_rival_passes_its_law(contender, problem):
    try:
        run = contender.prepare(problem)
    except Unavailable:
        pytest.skip(numba_words.MISSING)
    record = run(5)
    laws.require(problem, record, contender=contender.name)
    for name in problem.record:
        assert np.all(record.minimum[name] <= record.mean[name] + 1e-6)
        assert np.all(record.mean[name] <= record.maximum[name] + 1e-6)
        assert record.variance[name].shape == (problem.num_recorded,)


# The mutant's expectation lies at least twice the reach of the law away, so that a second Bernstein bound at the
# same level is its chance to slip through.
@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize(
    ("mutant", "problem", "quantity"),
    [
        (mutants.HALF_THE_SAMPLES, CLOSED, "diversity"),
        (mutants.NO_REAL_DATA, OPEN, "diversity"),
        (mutants.BINARY_LOGARITHM, CLOSED, "entropy"),
        (mutants.HALF_THE_SAMPLES, CLOSED_LAST, "diversity"),
        (mutants.NO_REAL_DATA, OPEN_LAST, "diversity"),
        (Contender("unbiased", "float64", "divisor N - 1", mutants.gaussian(20)), NORMAL, "log_variance"),
        (
            Contender("forgetful", "float64", "mean of the target", mutants.gaussian(21, forgets_mean=True)),
            NORMAL,
            "mean squared",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Contender) else None,
)
def test_wrong_kernel_gets_no_time(mutant, problem, quantity):
    lines: list[str] = []
    workload = Workload("X", "Is it caught?", (Case("X", problem, problem),), ())
    with pytest.raises(laws.WrongResult, match=f"time is not printed: {quantity} at generation"):
        harness.time_workload(workload, size="quick", repeats=1, words_per_second=1.0, say=lines.append, ours=mutant)
    assert not lines


def test_coalescent_refuses_what_it_does_not_know():
    if not numba_words.AVAILABLE:
        pytest.skip(numba_words.MISSING)
    with pytest.raises(Unavailable, match="knows the state at T alone"):
        NUMBA_COALESCENT.prepare(CLOSED)


def test_alias_table_gives_back_its_probabilities():
    probs = CLOSED.target
    threshold, other = alias_table(probs)
    recovered = np.zeros(probs.size)
    for j in range(probs.size):
        keep = float(threshold[j]) / 2**32
        recovered[j] += keep
        recovered[other[j]] += 1 - keep
    # Thresholds are rounded to 2^-32, one rounding a cell, at most K cells pointing at one category.
    np.testing.assert_allclose(recovered / probs.size, probs, atol=2.0**-32)


def test_ziggurat_layers_have_equal_areas():
    """Layer i is a rectangle of width edge[i + 1] and height f(edge[i]) - f(edge[i + 1])."""
    _, widths, heights = numba_words.ziggurat_tables()
    edges = widths * 2.0**52
    np.testing.assert_allclose(edges[:-1] * (heights[:-2] - heights[1:-1]), 0.00492867323399, rtol=1e-9)


def test_absent_numba_is_one_line_and_no_failure(monkeypatch):
    monkeypatch.setattr(numba_words, "AVAILABLE", False)
    lines: list[str] = []
    case = Case("X", CLOSED, CategoricalProblem(5, 10, 3, 20), rivals=(NUMBA_INDIVIDUALS,))
    document = harness.time_workload(
        Workload("X", "Is it skipped?", (case,), ()),
        size="quick",
        repeats=1,
        words_per_second=1.0,
        say=lines.append,
        ours=NUMPY_MULTINOMIAL,
    )
    assert document["cases"]["X"]["contenders"]["numba individuals"]["status"] == "skipped"
    assert any("numba is not installed" in line for line in lines)
