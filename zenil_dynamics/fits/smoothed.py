"""Add-beta smoothing, the posterior mean under a symmetric Dirichlet prior."""

import functools
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from zenil_dynamics.fits.base import AbstractFit
from zenil_dynamics.states.base import AbstractState, with_article
from zenil_dynamics.states.categorical import Categorical
from zenil_dynamics.statistics import AbstractCounts, ExpectedCounts
from zenil_dynamics.types import Key
from zenil_dynamics.validate import finite_number


class Smoothed(AbstractFit):
    """q_i = (n_i + beta) / (N + K beta); categorical states only.

    It acts as an exogenous share K beta / (N + K beta) towards the uniform distribution.

    Attributes:
        pseudocount: beta, positive, in samples per type.

    Raises:
        ValueError: a pseudocount that is not positive and finite.

    Source: Definition (add-one smoothing is beta = 1).
    """

    reads_totals: ClassVar[bool] = True

    pseudocount: Float[Array, ""] = eqx.field(converter=functools.partial(finite_number, name="pseudocount"))

    def __check_init__(self):
        if not self.pseudocount > 0:
            raise ValueError(
                f"`pseudocount` must be positive; got {self.pseudocount}. Without it use MaximumLikelihood."
            )

    def __call__(self, statistics: AbstractCounts, previous: AbstractState, *, key: Key) -> AbstractState:
        """Shrink the frequencies towards uniform; infinitely many draws are not shrunk."""
        frequencies = statistics.frequencies
        support_size = frequencies.shape[0]
        total = jnp.asarray(statistics.total, frequencies.dtype)
        share = support_size * self.pseudocount / (total + support_size * self.pseudocount)
        return previous.matched(ExpectedCounts((1 - share) * frequencies + share / support_size))

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without types."""
        if not isinstance(state, Categorical):
            raise ValueError(
                f"`fit` Smoothed adds pseudocounts to types and has no meaning for {with_article(state.family)} state. "
                "Use MaximumLikelihood or Unbiased."
            )

    def describe(self) -> dict[str, Any]:
        """Name and pseudocount."""
        return {"fit": "smoothed", "pseudocount": float(np.asarray(self.pseudocount))}
