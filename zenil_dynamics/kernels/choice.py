"""Which kernel computes a system, and why."""

from collections.abc import Mapping
from types import MappingProxyType

from zenil_dynamics.kernels.backward import Backward
from zenil_dynamics.kernels.base import AbstractKernel
from zenil_dynamics.kernels.forward import Forward
from zenil_dynamics.kernels.gaussian import GaussianKernel
from zenil_dynamics.kernels.pallas import Pallas
from zenil_dynamics.kernels.poisson import ConditionedPoisson
from zenil_dynamics.kernels.two_types import TwoTypes
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import System
from zenil_dynamics.validate import nearest_names

AUTOMATIC = "auto"

KERNELS: Mapping[str, type[AbstractKernel]] = MappingProxyType(
    {kernel.name: kernel for kernel in (TwoTypes, Backward, Pallas, ConditionedPoisson, GaussianKernel, Forward)}
)
"""By name; the first one that can compute a run, and that pays, is the automatic choice."""


def choose(
    system: System,
    table: ScheduleTable,
    names: tuple[str, ...],
    *,
    terminal_only: bool,
    kernel: str | AbstractKernel = AUTOMATIC,
) -> AbstractKernel:
    """Return the kernel that computes a run.

    Args:
        system: the loop.
        table: its schedules.
        names: what is recorded, by name; a user's own function has a name that no quantity has.
        terminal_only: whether generation T alone is recorded.
        kernel: "auto", the name of a kernel, or one that is ready to run.

    Raises:
        ValueError: an unknown name, or a kernel that cannot compute this run; the message says why.
    """
    if isinstance(kernel, AbstractKernel):
        return kernel
    if kernel == AUTOMATIC:
        fitting = (
            candidate
            for candidate in KERNELS.values()
            if _refusal(candidate, system, table, names, terminal_only=terminal_only) is None
            and candidate.pays(system, table)
        )
        return next(fitting).of(system, table, names)
    if kernel not in KERNELS:
        known = (AUTOMATIC, *KERNELS)
        raise ValueError(
            f"`kernel`: there is no kernel {kernel!r}{nearest_names(kernel, known)}. There are: {', '.join(known)}."
        )
    refusal = _refusal(KERNELS[kernel], system, table, names, terminal_only=terminal_only)
    if refusal is not None:
        raise ValueError(f"`kernel`: {kernel!r} cannot compute this run because {refusal}. Choose {AUTOMATIC!r}.")
    return KERNELS[kernel].of(system, table, names)


def _refusal(
    kernel: type[AbstractKernel], system: System, table: ScheduleTable, names: tuple[str, ...], *, terminal_only: bool
) -> str | None:
    """The kernel's own refusal, after those that all special kernels share."""
    if not kernel.general:
        if system.decoders:
            return "it draws from the fitted model itself, and a decoder stands between"
        if system.ensemble is not None:
            return "it computes one model, and this is an ensemble"
        if system.crosses_families:
            return "it knows loops whose target and models are of one family"
    return kernel.refusal(system, table, names, terminal_only=terminal_only)
