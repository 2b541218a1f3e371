"""A fit that outside noise disturbs."""

import functools
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from zenil_dynamics import samplers
from zenil_dynamics.fits.base import AbstractFit
from zenil_dynamics.states.base import AbstractState, with_article
from zenil_dynamics.states.exponential_families import FixedVarianceGaussian
from zenil_dynamics.types import Key
from zenil_dynamics.validate import finite_number


class Perturbed(AbstractFit):
    """Maximum likelihood, then m + s xi with xi standard normal; normal states of known variance only.

    With the update `Population` this is the recursion m_{t+1} = (1 - alpha_t) m_t + alpha_t m_P + s xi_t.

    Attributes:
        standard_deviation: s, units of the data, at least 0.

    Raises:
        ValueError: a negative standard deviation.

    Source: arXiv 2601.05280v2, Eq. (13), reading FIXED_VARIANCE.
    """

    standard_deviation: Float[Array, ""] = eqx.field(
        converter=functools.partial(finite_number, name="standard_deviation")
    )

    def __check_init__(self):
        if self.standard_deviation < 0:
            raise ValueError(f"`standard_deviation` must be at least 0; got {self.standard_deviation}.")

    def __call__(self, statistics: Any, previous: AbstractState, *, key: Key) -> AbstractState:
        """Match the mean and disturb it."""
        fitted = previous.matched(statistics)
        scale = jnp.asarray(self.standard_deviation, jnp.result_type(float))
        return eqx.tree_at(lambda state: state.mean, fitted, replace_fn=lambda m: m + scale * samplers.normal(key=key))

    def check_state(self, state: AbstractState) -> None:
        """Refuse families whose mean cannot be anywhere on the line."""
        if not isinstance(state, FixedVarianceGaussian):
            raise ValueError(
                "`fit` Perturbed moves a mean anywhere on the line and has no meaning for "
                f"{with_article(state.family)} state. Use FixedVarianceGaussian."
            )

    def describe(self) -> dict[str, Any]:
        """Name and standard deviation."""
        return {"fit": "perturbed", "standard_deviation": float(np.asarray(self.standard_deviation))}
