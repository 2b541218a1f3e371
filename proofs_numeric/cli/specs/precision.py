"""Numbers that single precision cannot hold, refused before they become infinite or 0."""

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np


def check_precision(states: Mapping[str, Any]) -> None:
    """Refuse parameters that float32 rounds to infinity, or single ones that it rounds to 0.

    Args:
        states: flag -> a state; anything else has no parameters. Of a list of probabilities the smallest may vanish.

    Raises:
        ValueError: such a parameter.

    Source: Definition (IEEE 754, binary32).
    """
    for flag, state in states.items():
        for leaf in jax.tree.leaves(state):
            values = np.asarray(leaf)
            with np.errstate(over="ignore", under="ignore"):
                single = values.astype(np.float32)
            lost = np.isinf(single) & np.isfinite(values)
            if values.ndim == 0:
                lost |= (single == 0) & (values != 0)
            if np.any(lost):
                raise ValueError(
                    f"{flag}: {float(values[lost].flat[0]):g} is beyond the range of float32. Add --x64, or change the "
                    "unit of the data."
                )
