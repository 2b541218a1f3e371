"""Whatever a user may hand in where a schedule is meant."""

from typing import Any

import numpy as np

from zenil_dynamics.schedules.base import AbstractSchedule
from zenil_dynamics.schedules.function import FromFunction
from zenil_dynamics.schedules.level import Constant
from zenil_dynamics.schedules.tabulated import Table


def as_schedule(value: Any) -> AbstractSchedule:
    """Make a schedule of a number, an array, a function, or a schedule, which stays itself.

    Args:
        value: a schedule; a number (constant); an array or list of one axis (a table, one number per generation); or a
            function of the generation, such as an optax schedule.

    Returns:
        The schedule.

    Raises:
        ValueError: anything else; a number that is not finite.

    Example:
        >>> str(as_schedule(0.1)), str(as_schedule([3, 2, 1]))
        ('0.1', 'table:3,2,1')

    Source: Definition.
    """
    if isinstance(value, AbstractSchedule):
        return value
    if callable(value):
        return FromFunction(value)
    if isinstance(value, str):
        raise ValueError(
            f"a schedule must be a number, an array, a function or a schedule; got the text {value!r}. "
            "Use schedules.parse for texts."
        )
    try:
        array = np.asarray(value)
    except ValueError:  # ragged lists
        array = np.asarray(None)
    if not (np.issubdtype(array.dtype, np.integer) or np.issubdtype(array.dtype, np.floating)):
        raise ValueError(f"a schedule must be a number, an array, a function or a schedule; got {value!r}.")
    return Constant(array) if array.ndim == 0 else Table(array)
