"""Any Python function of the generation, an optax schedule too."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from zenil_dynamics.schedules.base import AbstractSchedule


class FromFunction(AbstractSchedule):
    """function(t), called on the host once for every generation, with a Python int.

    Attributes:
        function: generation -> one number.

    Raises:
        ValueError: `function` cannot be called; when evaluated, a result that is not one real number.

    Source: Definition.
    """

    function: Callable[[int], Any]

    def __init__(self, function: Callable[[int], Any]):
        if not callable(function):
            raise ValueError(f"`function` must be callable with a generation; got {function!r}.")
        self.function = function

    def at(self, generations: np.ndarray) -> np.ndarray:
        """Call the function for every generation."""
        # Inside the function JAX computes in float64, and promotes as its author could expect, whatever the flags of
        # this process are: the table of a run must not depend on them.
        with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
            return np.array([self._number(generation) for generation in generations.tolist()], np.float64)

    def _number(self, generation: int) -> float:
        result = np.asarray(self.function(generation))
        real = np.issubdtype(result.dtype, np.floating) or np.issubdtype(result.dtype, np.integer)
        if result.ndim != 0 or not real:
            raise ValueError(
                f"the schedule {self.spec()} must return one number; got {result!r} at generation {generation}."
            )
        return float(result)

    def spec(self) -> str:
        """`function:NAME`, for reports alone: no text of the command line can stand for a Python function."""
        module = getattr(self.function, "__module__", None)
        name = getattr(self.function, "__qualname__", None) or type(self.function).__qualname__
        return f"function:{module}.{name}" if module else f"function:{name}"


def from_function(function: Callable[[int], Any]) -> FromFunction:
    """A schedule from a Python function, called on the host once for every generation.

    Args:
        function: generation (Python int, at least 0) -> one number: Python, NumPy or JAX.

    Returns:
        The schedule. Its text only names the function.

    Raises:
        ValueError: `function` cannot be called.

    Example:
        >>> from_function(lambda t: t / 2).values(3)
        array([0. , 0.5, 1. ])

    Source: Definition.
    """
    return FromFunction(function)


def from_optax(schedule: Callable[[Any], Any]) -> FromFunction:
    """A schedule from an optax schedule, which maps a step count to a scalar.

    The count is the generation. optax computes in float32 unless x64 is on, which would shift alpha = 0.1 by 1.5e-9;
    here it is evaluated on the host under x64, so that formulas come out in float64. Constants that the schedule
    captured earlier as float32 arrays stay as inexact as they are.

    Args:
        schedule: such as `optax.cosine_decay_schedule(0.1, 100)`.

    Returns:
        The schedule, evaluated once for every generation.

    Raises:
        ValueError: `schedule` cannot be called.

    Source: optax, "Optimizer Schedules".
    """
    return FromFunction(schedule)
