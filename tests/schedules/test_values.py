"""Values of each schedule against its formula, and refusals at the door."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from zenil_dynamics import schedules


def test_constant():
    assert schedules.constant(0.1).values(3).tolist() == [0.1, 0.1, 0.1]


def test_power_law():
    values = schedules.power_law(2.0, 1.5, 3.0).values(50)
    np.testing.assert_allclose(values, [2 * math.pow(t + 3, -1.5) for t in range(50)], rtol=1e-14)


def test_power_law_grows_with_a_negative_exponent():
    assert schedules.power_law(10, -1).values(3).tolist() == [10, 20, 30]
    assert schedules.power_law(1, -2, 0).values(4).tolist() == [0, 1, 4, 9]


def test_geometric():
    np.testing.assert_allclose(schedules.geometric(5, 0.9).values(80), [5 * 0.9**t for t in range(80)], rtol=1e-14)
    assert schedules.geometric(5, 0).values(3).tolist() == [5, 0, 0]


def test_overflow_is_infinite_without_a_warning():
    assert schedules.geometric(1, 1e300)(2) == np.inf
    assert schedules.power_law(1, -400)(10) == np.inf


def test_periodic():
    expected = [0.5 if t % 3 == 0 else 0.25 for t in range(10)]
    assert schedules.periodic(0.5, 3, 0.25).values(10).tolist() == expected


def test_bursts():
    powers = {2**k for k in range(20)}
    assert schedules.bursts(0.5).values(1030).tolist() == [0.5 if t in powers else 0.0 for t in range(1030)]


def test_piecewise():
    assert schedules.piecewise({5: 3, 0: 1, 2: 2}).values(8).tolist() == [1, 1, 2, 2, 2, 3, 3, 3]


def test_table_copies_and_ends():
    entries = np.array([1.0, 2.0, 3.0])
    schedule = schedules.table(entries)
    entries[0] = 9
    assert schedule.values(3).tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="has 3 entries and ends at generation 2; generation 3 was asked for. Give at"):
        schedule.values(5)


def test_optax_schedule_is_evaluated_in_float64():
    expected = [0.1 * 0.5 * (1 + math.cos(math.pi * t / 100)) for t in range(101)]
    values = schedules.from_optax(optax.cosine_decay_schedule(0.1, 100)).values(101)
    np.testing.assert_allclose(values, expected, rtol=1e-13, atol=1e-17)
    with jax.enable_x64(False):
        single = float(optax.cosine_decay_schedule(0.1, 100)(1))
    assert abs(single - expected[1]) > 1e-12  # premise: float32 is visibly off


@pytest.mark.parametrize(
    "schedule",
    [
        optax.constant_schedule(0.1),
        optax.linear_schedule(0.0, 1.0, 10),
        optax.exponential_decay(0.1, 10, 0.5),
        optax.piecewise_constant_schedule(0.1, {5: 0.5}),
        optax.warmup_cosine_decay_schedule(0.0, 1.0, 5, 50),
        optax.join_schedules([optax.constant_schedule(0.1), optax.constant_schedule(0.2)], [5]),
    ],
)
def test_optax_schedules_of_all_kinds(schedule):
    with jax.numpy_dtype_promotion("standard"):
        expected = [float(schedule(t)) for t in range(12)]
    np.testing.assert_allclose(schedules.from_optax(schedule).values(12), expected, rtol=1e-5, atol=1e-7)


def test_evaluation_leaves_the_flags_of_the_process_alone():
    before = jax.config.jax_enable_x64, jax.config.jax_numpy_dtype_promotion
    schedules.from_optax(optax.linear_schedule(0.0, 1.0, 10)).values(3)
    assert (jax.config.jax_enable_x64, jax.config.jax_numpy_dtype_promotion) == before


def test_function_is_called_once_a_generation_with_a_python_int():
    seen = []

    def record(generation):
        seen.append(generation)
        return jnp.asarray(generation)

    assert schedules.from_function(record).values(4).tolist() == [0, 1, 2, 3]
    assert seen == [0, 1, 2, 3]
    assert all(type(generation) is int for generation in seen)


@pytest.mark.parametrize("result", [[0.1, 0.2], "0.1", None, True, 1j])
def test_function_must_return_one_number(result):
    schedule = schedules.as_schedule(lambda generation: result)
    with pytest.raises(ValueError, match="must return one number; got .* at generation 0"):
        schedule.values(2)


@pytest.mark.parametrize("value", [3, 0.5, np.float32(0.5), np.int64(7), np.array(2.0), jnp.asarray(0.25)])
def test_number_becomes_a_constant(value):
    schedule = schedules.as_schedule(value)
    assert isinstance(schedule, schedules.Constant)
    assert schedule(11) == float(value)


@pytest.mark.parametrize("value", [[3, 2, 1], (3.0, 2.0, 1.0), np.array([3, 2, 1]), jnp.asarray([3, 2, 1])])
def test_list_becomes_a_table(value):
    assert schedules.as_schedule(value).values(3).tolist() == [3, 2, 1]


@pytest.mark.parametrize("value", [True, None, 1j, [[1], [1, 2]], {0: 1}])
def test_anything_else_is_refused(value):
    with pytest.raises(ValueError, match="a schedule must be a number, an array, a function or a schedule; got"):
        schedules.as_schedule(value)


def test_text_is_sent_to_the_parser():
    with pytest.raises(ValueError, match="got the text 'bursts:1'. Use schedules.parse"):
        schedules.as_schedule("bursts:1")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.constant(np.nan), "`value` must be one finite number; got nan"),
        (lambda: schedules.power_law(1, np.inf), "`exponent` must be one finite number"),
        (lambda: schedules.power_law(1, 1, 0), "`offset` must be positive, or 0 .* got 0 with exponent 1. Use 1"),
        (lambda: schedules.power_law(1, -1, -1), "`offset` must be positive"),
        (lambda: schedules.geometric(1, -0.5), "`ratio` must be at least 0; got -0.5"),
        (lambda: schedules.periodic(1, 0), "`period` must be a whole number of at least 1; got 0"),
        (lambda: schedules.periodic(1, 2.5), "`period` must be a whole number of at least 1; got 2.5"),
        (lambda: schedules.piecewise({}), "`pieces` must be a mapping such as"),
        (
            lambda: schedules.piecewise({1: 0.1}),
            "`pieces` must start at generation 0; the first breakpoint is 1. Add one at 0",
        ),
        (lambda: schedules.piecewise({0: 1, -1: 0}), "`breakpoint` must be a whole number of at least 0; got -1"),
        (lambda: schedules.piecewise({0: np.nan}), r"`pieces\[0\]` must be one finite number"),
        (lambda: schedules.table([]), "`entries` must be a non-empty list of numbers"),
        (lambda: schedules.table([1, "x"]), r"`entries` must be a non-empty list of numbers; got \[1, 'x'\]"),
        (lambda: schedules.table([[1.0]]), r"`entries` must be a non-empty list of numbers; got shape \(1, 1\)"),
        (lambda: schedules.table([1, np.inf]), "`entries` must be finite; entry 1 is inf"),
        (lambda: schedules.from_function(3), "`function` must be callable with a generation; got 3"),
    ],
)
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
