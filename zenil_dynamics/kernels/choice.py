"""Which kernel computes a system, and why."""

from collections.abc import Mapping
from types import MappingProxyType

from zenil_dynamics.kernels.base import AbstractKernel
from zenil_dynamics.kernels.forward import Forward
from zenil_dynamics.system import ScheduleTable, System
from zenil_dynamics.validate import nearest_names

AUTOMATIC = "auto"

KERNELS: Mapping[str, type[AbstractKernel]] = MappingProxyType({kernel.name: kernel for kernel in (Forward,)})


def choose(
    system: System, table: ScheduleTable, names: tuple[str, ...], *, terminal_only: bool, kernel: str = AUTOMATIC
) -> AbstractKernel:
    """Return the kernel that computes a run.

    Args:
        system: the loop.
        table: its schedules.
        names: what is recorded, by name; a user's own function appears under its own name.
        terminal_only: whether generation T alone is recorded.
        kernel: "auto", or the name of a kernel.

    Raises:
        ValueError: an unknown name, or a kernel that cannot compute this run; the message says why.
    """
    if kernel not in (AUTOMATIC, *KERNELS):
        known = (AUTOMATIC, *KERNELS)
        raise ValueError(
            f"`kernel`: there is no kernel {kernel!r}{nearest_names(kernel, known)}. There are: {', '.join(known)}."
        )
    return Forward.of(system, table)
