"""What every way of computing a block of replicates offers."""

import abc
from collections.abc import Callable
from typing import Any, ClassVar, Self

from jaxtyping import Array, Float, UInt32

from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states.base import Observed
from zenil_dynamics.system import System
from zenil_dynamics.types import Key, Module

Recorder = Callable[[Any, Observed], Float[Array, ""]]


class AbstractKernel(Module):
    """One way to compute blocks of replicates of one system; arrays are leaves, structure is static.

    Two kernels of one system agree in law, not in bits. Within one kernel replicate i depends on `key` and i alone.

    Attributes:
        name: under which a user may ask for this kernel, and which a result records.
        general: whether it calls the parts of a system, so that it knows decoders and targets of other families.
    """

    name: ClassVar[str]
    general: ClassVar[bool] = False

    @classmethod
    @abc.abstractmethod
    def refusal(
        cls, system: System, table: ScheduleTable, names: tuple[str, ...], *, terminal_only: bool
    ) -> str | None:
        """Why this kernel cannot compute a run, in words that continue "because"; None where it can."""

    @classmethod
    def pays(cls, system: System, table: ScheduleTable) -> bool:
        """Whether this kernel is the fastest where it can compute a run; the figures stand in docs/performance.md."""
        return True

    @classmethod
    @abc.abstractmethod
    def of(cls, system: System, table: ScheduleTable, names: tuple[str, ...]) -> Self:
        """Prepare a run that is not refused; `names` says what will be recorded."""

    @abc.abstractmethod
    def __call__(
        self, recorders: tuple[Recorder, ...], replicates: UInt32[Array, " lanes"], *, key: Key, terminal_only: bool
    ) -> tuple[Float[Array, "generations lanes"], ...]:
        """Run replicates side by side and record scalars of their states.

        Args:
            recorders: functions of (state, what is observed beside it), each a scalar.
            replicates: addresses of the replicates; equal addresses give equal bits.
            key: root of the run; replicate i lives below `fold_in(key, i)`.
            terminal_only: record generation T alone.

        Returns:
            One array per recorder, generations first: 0 .. T, or T alone.
        """

    @property
    @abc.abstractmethod
    def block_size(self) -> int:
        """Replicates that this kernel likes to compute together: by state size and platform, never by R."""

    @property
    @abc.abstractmethod
    def description(self) -> str:
        """A few words for the result: which algorithm, and what was chosen within it."""
