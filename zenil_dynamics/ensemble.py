"""Several models that train side by side."""

from typing import Any

import equinox as eqx
import numpy as np
from jaxtyping import Float

from zenil_dynamics.types import HostArray
from zenil_dynamics.validate import positive_integer, probabilities


class Ensemble(eqx.Module):
    """M models, each fitted to N_t draws of its own at every generation.

    Coupled members share their synthetic data: all draw from alpha_t P + (1 - alpha_t) R_t with R_t = sum_i w_i Q^i_t.
    Uncoupled ones are M lineages that know nothing of each other, of which the mixture is only looked at.

    A coupled mixture loses diversity like one model with N / sum_i w_i^2 draws.

    Attributes:
        weights: w_i, shape (members,), summing to 1; a whole number M stands for M equal weights.
        coupled: static.

    Raises:
        ValueError: weights that are no probabilities.

    Source: arXiv 2601.05280v2, Definition 3 and Theorem 8.
    """

    weights: Float[HostArray, " members"]
    coupled: bool = eqx.field(static=True)

    def __init__(self, weights: Any, coupled: bool = True):
        if np.ndim(weights) == 0:
            weights = np.full(positive_integer(weights, name="weights"), 1.0) / int(weights)
        self.weights = probabilities(weights, name="weights")
        self.coupled = bool(coupled)

    def describe(self) -> dict[str, Any]:
        """Weights and coupling."""
        return {"weights": np.asarray(self.weights, np.float64).tolist(), "coupled": self.coupled}
