"""What a schedule is: generation -> number, evaluated on the host in float64, never inside the kernel."""

import abc
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from zenil_dynamics.types import Module


class AbstractSchedule(Module):
    """A number for every generation t = 0, 1, 2, ...

    A run evaluates its schedules once, to a table, and the kernel sees only rows of that table: so a schedule costs no
    compilation, whatever it does. Values are not checked here, since only the system knows what N_t or alpha_t may be;
    an overflow is inf.

    Laws: `values(T)[t] == schedule(t)` bit for bit; `parse(str(schedule)) == schedule` for every schedule that the
    command line can write.
    """

    @abc.abstractmethod
    def at(self, generations: Int[np.ndarray, " generations"]) -> Float[np.ndarray, " generations"]:
        """Values at checked generations.

        Args:
            generations: int64, at least 0, in any order.

        Returns:
            float64, one value for each.
        """

    @abc.abstractmethod
    def spec(self) -> str:
        """The number SPEC of the command line that stands for this schedule."""

    def __call__(self, generation: Any) -> Any:
        """Value at one generation, or at each of an array of generations.

        Args:
            generation: whole number of at least 0, or an integer array of any shape.

        Returns:
            np.float64, or a float64 array of the same shape.

        Raises:
            ValueError: not whole, negative, or beyond the end of a table.

        Source: Definition.
        """
        generations = np.asarray(generation)
        # Generations come from users and from `np.arange`; an empty list is float64 to NumPy.
        if generations.size and not np.issubdtype(generations.dtype, np.integer):
            raise ValueError(f"`generation` must be a whole number or an array of them; got {generation!r}.")
        if np.any(generations < 0):
            raise ValueError(f"`generation` must be at least 0; got {int(generations.min())}.")
        # Always one axis: one loop of NumPy serves single values and tables, so both have the same last bits.
        values = self._evaluate(generations.astype(np.int64).ravel()).reshape(generations.shape)
        return values if generations.ndim else np.float64(values)

    def values(self, num_generations: int) -> Float[np.ndarray, " generations"]:
        """Values at t = 0 .. T-1.

        Args:
            num_generations: T, at least 0.

        Returns:
            float64, shape (T,).

        Raises:
            ValueError: a table that is too short.

        Source: Definition.
        """
        return self._evaluate(np.arange(num_generations, dtype=np.int64))

    def _evaluate(self, generations: np.ndarray) -> np.ndarray:
        # Overflow to inf is refused where the meaning is known, with the generation; a warning here would come first.
        with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
            return np.asarray(self.at(generations), np.float64)

    def __str__(self) -> str:
        return self.spec()


def spell(value: Any) -> str:
    """The shortest text that reads back as the same float64; whole numbers without a fraction."""
    return repr(float(value)).removesuffix(".0")
