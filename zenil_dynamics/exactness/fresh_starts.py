"""Loops whose generations are all real or not real at all: each real one starts a closed loop from a fitted model.

Where alpha_t = 1 the model at t + 1 is a fit to N_t draws of P and knows nothing of its past. So a loop with alpha_t in
{0, 1} is a chain of closed loops, the later ones from Q_0 estimated from N_t draws, and what has an answer without real
data has one here. With alpha_t = 1 throughout, policies that keep whole batches, or thin them at random, also fit some
number of draws of P.
"""

from collections.abc import Callable

import numpy as np

from zenil_dynamics.exactness.line_moments import num_initial
from zenil_dynamics.exactness.reach import Exact, Rung
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states import FixedDesignModel, GaussianMixture, LinearModel
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.updates import Accumulate, AccumulateSubsample, Replace, Window

_RUNGS: tuple[Rung, ...] = ("closed form", "moment recursion", "exact chain", "enumeration")
_POLICIES = (Replace, Accumulate, AccumulateSubsample, Window)
_WITH_THE_PAST = frozenset({"successive_kl", "smoothed_successive_kl"})
"""Quantities of two models in a row, of which the later one may not know the earlier one."""

Answer = Callable[[System, ScheduleTable, str], Exact]


def applies(system: System, table: ScheduleTable, name: str) -> bool:
    """Whether a loop falls apart into closed ones that determine this quantity.

    Args:
        system: of one model.
        table: its schedules.
        name: of the quantity.
    """
    shares = table.exogenous_fraction
    if name in _WITH_THE_PAST or not np.any(shares == 1) or np.any((shares > 0) & (shares < 1)):
        return False
    # Expectation-maximisation sets out from the previous model, and a design is kept for ever.
    if isinstance(system.initial_member, (GaussianMixture, FixedDesignModel)):
        return False
    if np.all(shares == 1):
        return isinstance(system.update, _POLICIES)
    return isinstance(system.update, Replace) and _labels_alike(system)


def expectation(answer: Answer, system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T, piece by piece.

    Args:
        answer: what closed loops are asked.
        system: to which `applies`.
        table: its schedules.
        name: of the quantity.

    Raises:
        NotReachable: a closed loop has no answer.
        ValueError: of an oracle that does not reach.
    """
    sizes = table.num_samples
    sets = system.update.set_sizes(sizes, num_initial(system) or 0)
    starts = np.flatnonzero(table.exogenous_fraction == 1)
    found: dict[tuple[int, ...], Exact] = {}
    pieces = [answer(_closed(system, system.initial, starts[0]), _table(sizes[: starts[0]]), name)]
    for start, end in zip(starts, [*starts[1:], table.num_generations], strict=True):
        piece = (int(sets[start]), *map(int, sizes[start + 1 : end]))
        if piece not in found:
            loop = _closed(system, Estimate(piece[0]), len(piece) - 1)
            found[piece] = answer(loop, _table(sizes[start + 1 : end]), name)
        pieces.append(found[piece])
    lowest = max(_RUNGS.index(piece.rung) for piece in pieces)
    return Exact(np.concatenate([piece.values for piece in pieces]), _RUNGS[lowest])


def _labels_alike(system: System) -> bool:
    """Whether labels of models have the noise of the target's: a fit keeps that of Q_0."""
    model, target = system.initial_member, system.target
    if not (isinstance(model, LinearModel) and isinstance(target, LinearModel)):
        return True
    return float(model.noise_variance) == float(target.noise_variance)


def _table(sizes: np.ndarray) -> ScheduleTable:
    return ScheduleTable(sizes, np.zeros(sizes.size), np.zeros(sizes.size, np.int64))


def _closed(system: System, initial: object, num_generations: int) -> System:
    """The loop of one piece; where it takes no step, nothing decodes and no policy acts."""
    idle = num_generations == 0
    return System(
        system.target,
        system.num_samples,
        0.0,
        Replace() if idle else system.update,
        system.fit,
        initial,  # type: ignore[arg-type]
        system.mixing,
        float(system.rare_threshold),
        system.initial_member if system.crosses_families else system.model,
        () if idle else system.decoders,
    )
