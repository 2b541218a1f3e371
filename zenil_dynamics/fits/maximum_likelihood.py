"""Maximum likelihood, and its unbiased neighbour for the variance."""

from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np

from zenil_dynamics.fits.base import AbstractFit
from zenil_dynamics.states.base import AbstractState, with_article
from zenil_dynamics.states.gaussian import Gaussian
from zenil_dynamics.states.multivariate_gaussian import MultivariateGaussian
from zenil_dynamics.statistics import AbstractMoments, AbstractScatter
from zenil_dynamics.types import Key


class MaximumLikelihood(AbstractFit):
    """The KL minimiser on the training set: Q_{t+1} = argmin_Q KL(empirical measure || Q).

    Categorical: the empirical measure. Gaussian: sample mean, scatter divided by N.

    Source: arXiv 2601.05280v2, Eqs. (1) and (9).
    """

    def __call__(self, statistics: Any, previous: AbstractState, *, key: Key) -> AbstractState:
        """Match the mean statistics."""
        return previous.matched(statistics)

    def check_state(self, state: AbstractState) -> None:
        """Refuse families whose likelihood has no maximum in closed form."""
        if state.needs_training:
            raise ValueError(
                f"`fit` MaximumLikelihood has no closed form for {with_article(state.family)} state. Give `fit` a "
                "GradientFit(optax.adam, learning_rate=0.05, num_steps=200)."
            )

    def describe(self) -> dict[str, Any]:
        """Name."""
        return {"fit": "mle"}


class Unbiased(AbstractFit):
    """Sample mean, scatter divided by N - 1; Gaussian states, of one or more dimensions, only.

    Differs from maximum likelihood in kind, not by a constant: the variance is a martingale and the mean a random walk
    without bound. With N = 1 the divisor is 0 and the fit does not exist, which `System` refuses.

    Source: Definition; Theorem 4 of arXiv 2601.05280v2 is true under this reading and false under maximum likelihood.
    """

    reads_totals: ClassVar[bool] = True

    def __call__(
        self, statistics: AbstractMoments | AbstractScatter, previous: AbstractState, *, key: Key
    ) -> AbstractState:
        """Match the mean, correct the variance by N / (N - 1), which is 1 for infinitely many draws."""
        total = jnp.asarray(statistics.total, jnp.result_type(float))
        # 1 + 1/(N-1) instead of N/(N-1): the same number, and 1 instead of inf/inf in the population limit.
        fitted: Any = previous.matched(statistics)
        return fitted.rescaled(1 + 1 / (total - 1))

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without a variance to correct."""
        if not isinstance(state, (Gaussian, MultivariateGaussian)):
            raise ValueError(
                f"`fit` Unbiased corrects a fitted variance and has no meaning for {with_article(state.family)} state. "
                "Use MaximumLikelihood or Smoothed."
            )

    def check_sizes(self, sizes: np.ndarray) -> None:
        """Refuse sets of one draw: their divisor is 0."""
        if np.any(sizes < 2):
            raise ValueError("`fit` Unbiased divides by N - 1 and needs `num_samples` of at least 2 at every fit.")

    def describe(self) -> dict[str, Any]:
        """Name."""
        return {"fit": "unbiased"}
