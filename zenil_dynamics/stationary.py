"""Perfect samples of the law that a loop with fresh data settles in."""

import pathlib
from collections.abc import Sequence

from zenil_dynamics.kernels import Recorder
from zenil_dynamics.kernels.backward import Backward
from zenil_dynamics.schedules import Constant
from zenil_dynamics.simulate import Keep, Progress, simulate
from zenil_dynamics.system import System
from zenil_dynamics.trajectory import Trajectory
from zenil_dynamics.types import Key


def stationary(
    system: System,
    *,
    num_replicates: int,
    key: Key,
    record: Sequence[str | Recorder],
    keep: Keep = "summary",
    quantiles: bool = True,
    block_size: int | None = None,
    chunk_size: int | None = None,
    progress: Progress | None = None,
    checkpoint: str | pathlib.Path | None = None,
) -> Trajectory:
    """Draw independent models from the stationary law of a categorical loop, exactly and without burn-in.

    Each draw of a training set is traced back until it, or the draw that it was copied from, came from outside the
    model. Nothing is left out: no generation is far enough in the past. Q_0 plays no part.

    Args:
        system: constant N and alpha > 0 (or a fit with pseudocounts), categorical, update `Replace`, fit
            `MaximumLikelihood` or `Smoothed`.
        num_replicates: R, at least 1.
        key: typed threefry key.
        record: as in `simulate`; `successive_kl` is refused.
        keep: as in `simulate`.
        quantiles: as in `simulate`.
        block_size: as in `simulate`.
        chunk_size: as in `simulate`.
        progress: as in `simulate`.
        checkpoint: as in `simulate`.

    Returns:
        A `Trajectory` of one generation, called 0: that of a loop which starts in its stationary law.

    Raises:
        ValueError: an ensemble, decoders, a system that this sampler does not reach, a schedule that is not one number,
            no fresh data or too little of them, or what `simulate` refuses.

    Source: coupling from the past (Propp and Wilson 1996) for the neutral Wright-Fisher model with parent-independent
    mutation, by its genealogy.
    """
    for name in ("num_samples", "exogenous_fraction"):
        if not isinstance(getattr(system, name), Constant):
            raise ValueError(
                f"`{name}` must be one number for a stationary law; got the schedule {getattr(system, name)}."
            )
    if system.ensemble is not None:
        raise ValueError("`ensemble` must be None for a stationary law: lineages are traced through one model.")
    if system.decoders:
        raise ValueError(
            "`decoders` must be empty for a stationary law: lineages copy single draws, and what a decoder does to one "
            "depends on the whole model. Use `simulate` and a late generation."
        )
    if "successive_kl" in record:
        raise ValueError("`record`: 'successive_kl' compares two generations, and only one is drawn. Leave it out.")
    return simulate(
        system,
        num_generations=0,
        num_replicates=num_replicates,
        key=key,
        record=record,
        keep=keep,
        quantiles=quantiles,
        terminal_only=True,
        block_size=block_size,
        chunk_size=chunk_size,
        kernel=Backward.stationary(system),
        progress=progress,
        checkpoint=checkpoint,
    )
