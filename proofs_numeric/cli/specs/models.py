"""SPECs of the model that is fitted, where it is of another family than the target."""

from typing import Any

import zenil_dynamics as zd
from proofs_numeric.cli.memory import require_memory
from proofs_numeric.cli.specs.base import number, split_spec, unknown

FLAG = "--model"

MODELS = {"gaussian": "gaussian", "kde": "kde:BANDWIDTH"}


def parse_model(
    text: str | None, target: Any, *, num_samples: Any, update: Any, initial: Any, num_generations: int
) -> Any:
    """A template of the family that is fitted.

    Args:
        text: None (the family of the target), `gaussian`, or `kde:BANDWIDTH`, which has room for the largest training
            set of the run.
        target: P.
        num_samples: N_t, a number or a schedule.
        update: the data policy.
        initial: Q_0: None, a state, or `estimate(...)`.
        num_generations: T.

    Returns:
        A state, or None.

    Raises:
        ValueError: another name, a bad parameter, a target of other things than numbers, a kernel density model
            without a sample to start from.

    Source: Definition.
    """
    if text is None:
        return None
    name, parameter = split_spec(text)
    if name not in MODELS:
        raise unknown(FLAG, name, MODELS)
    if not target.scalar:
        raise ValueError(
            f"{FLAG}: {name} is fitted to numbers on the line, and draws of a {target.family} target are none. Leave "
            f"{FLAG} out."
        )
    if name == "gaussian":
        if parameter:
            raise ValueError(
                f"{FLAG}: gaussian takes no parameters, they are fitted; got {parameter!r}. Write {FLAG} gaussian, and "
                f"--initial {text} for the model that the loop starts from."
            )
        return zd.Gaussian()
    if not parameter:
        raise ValueError(f"{FLAG}: kde needs its bandwidth. Write {FLAG} kde:BANDWIDTH, such as kde:0.2.")
    bandwidth = number(parameter, FLAG, "BANDWIDTH")
    if bandwidth < 0:
        raise ValueError(f"{FLAG}: BANDWIDTH must be at least 0; got {parameter}.")
    if not isinstance(initial, zd.Estimate):
        raise ValueError(f"{FLAG}: kde starts from a sample of the target. Give its size as --initial estimate:N.")
    capacity = largest_set(num_samples, update, initial, num_generations)
    require_memory(48 * capacity, f"{FLAG}: a kernel density estimate of {capacity} points", "Lower --num-samples.")
    return zd.KernelDensity(bandwidth=bandwidth, capacity=capacity)


def largest_set(num_samples: Any, update: Any, initial: Any, num_generations: int) -> int:
    """Most draws that a fit of the run sees.

    Raises:
        ValueError: a schedule that leaves its range.
    """
    # The schedules of a loop of any family; a row is checked even where no generation is run.
    table = zd.System(zd.Gaussian(), num_samples, initial=initial).table(max(num_generations, 1))
    return int(max(initial.num_samples, update.set_sizes(table.num_samples, initial.num_samples).max()))
