"""Laws of every schedule, over one registry; a public class missing here fails."""

import inspect

import equinox as eqx
import numpy as np
import pytest

from zenil_dynamics import schedules


def _halving(generation):
    return 0.3 / (generation + 1)


REGISTRY = {
    "Constant": schedules.constant(0.1),
    "PowerLaw": schedules.power_law(3.0, 0.7, 2.5),
    "Geometric": schedules.geometric(0.7, 0.9),
    "Periodic": schedules.periodic(0.3, 7, 0.01),
    "Bursts": schedules.bursts(0.9),
    "Piecewise": schedules.piecewise({40: 0.25, 0: 0.1, 7: 1e-9}),
    "Table": schedules.table(np.linspace(0.1, 0.9, 100)),
    "FromFunction": schedules.from_function(_halving),
}
CASES = pytest.mark.parametrize("schedule", REGISTRY.values(), ids=REGISTRY)


def test_registry_is_complete():
    public = {
        name
        for name, value in vars(schedules).items()
        if inspect.isclass(value) and issubclass(value, schedules.AbstractSchedule) and not inspect.isabstract(value)
    }
    assert public == set(REGISTRY)


@CASES
def test_values_equal_single_evaluations_bit_for_bit(schedule):
    values = schedule.values(100)
    assert values.dtype == np.float64
    assert values.shape == (100,)
    assert [schedule(t) for t in range(100)] == values.tolist()


@CASES
def test_array_of_generations_keeps_its_shape(schedule):
    generations = np.arange(99, dtype=np.int32)[::-1].reshape(3, 33)
    assert np.array_equal(schedule(generations), schedule.values(99)[generations])


@CASES
def test_single_value_is_host_float64(schedule):
    for generation in (3, np.int64(3), np.uint8(3)):
        value = schedule(generation)
        assert type(value) is np.float64
        assert isinstance(value, float)


@CASES
def test_no_generations_give_no_values(schedule):
    assert schedule.values(0).shape == (0,)
    assert schedule([]).shape == (0,)


@CASES
@pytest.mark.parametrize("generation", [1.0, "1", True, np.array([0.5])])
def test_generation_must_be_whole(schedule, generation):
    with pytest.raises(ValueError, match="`generation` must be a whole number"):
        schedule(generation)


@CASES
def test_generation_must_not_be_negative(schedule):
    with pytest.raises(ValueError, match="`generation` must be at least 0; got -2"):
        schedule(np.array([3, -2]))


@CASES
def test_numbers_are_numpy_leaves(schedule):
    # A Python float in a field would retrace for every value; a JAX array would be float32.
    for leaf in eqx.filter(schedule, lambda leaf: not callable(leaf)).__dict__.values():
        assert leaf is None or isinstance(leaf, np.ndarray)


@CASES
def test_text_is_one_line_and_reads_back(schedule):
    text = str(schedule)
    assert text == schedule.spec()
    assert "\n" not in text
    if not isinstance(schedule, schedules.FromFunction):
        assert eqx.tree_equal(schedules.parse(text), schedule)


@CASES
def test_schedule_stays_itself(schedule):
    assert schedules.as_schedule(schedule) is schedule
