"""The best of several candidates."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.decoders.families import categorical, is_normal, normal, refused, with_probs
from zenil_dynamics.decoders.items import AbstractItems, is_line
from zenil_dynamics.decoders.largest_normal import moments_of_largest, standard_largest
from zenil_dynamics.decoders.parameters import candidates
from zenil_dynamics.decoders.scores import Linear, PerType, Quadratic, Score, as_score, check_score
from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.states import AbstractSource, AbstractState
from zenil_dynamics.statistics import Average, ExpectedAverage, ExpectedMoments
from zenil_dynamics.types import HostArray, Key


class BestOfN(AbstractDecoder):
    """Of n independent draws the one with the largest reward is kept, one of those at random where several tie.

    Types: the probability of a reward of at most r becomes F(r)^n, and types of equal reward keep their proportions,
    so that only the order of rewards matters. A normal law and a linear reward: the largest (or smallest) of n draws,
    m + sqrt(v) Phi^{-1}(U^(1/n)), one uniform a draw. Any other reward or family on the line: n candidates a draw.

    Attributes:
        num_candidates: n, at least 1; 1 is the identity.
        reward: r; a list with one number per type, a slope c for r(x) = c x, or `Quadratic`.
        levels: rank of each type's reward among the distinct ones, ascending; None for a function on the line.
        mean_of_largest: expectation of the largest of n standard normal numbers.
        variance_of_largest: their variance.

    Raises:
        ValueError: a number that is not whole or below 1, a reward that is not finite.

    Source: distribution function of a maximum.
    """

    num_candidates: Int[HostArray, ""]
    reward: Score
    levels: Int[HostArray, " support"] | None
    mean_of_largest: Float[HostArray, ""] | None
    variance_of_largest: Float[HostArray, ""] | None

    def __init__(self, num_candidates: int, reward: Any):
        self.num_candidates = candidates(num_candidates, name="num_candidates")
        self.reward = as_score(reward, name="reward")
        self.levels = self.mean_of_largest = self.variance_of_largest = None
        if isinstance(self.reward, PerType):
            # In float64: two rewards that differ must not tie because float32 cannot tell them apart.
            self.levels = np.unique(self.reward.values, return_inverse=True)[1].reshape(-1).astype(np.int32)
        else:
            self.mean_of_largest, self.variance_of_largest = moments_of_largest(int(self.num_candidates))

    def __call__(self, source: Any) -> AbstractSource:
        """Select from a source."""
        if isinstance(self.reward, PerType):
            return with_probs(source, self._selected(categorical(self, source)))
        if isinstance(self.reward, Linear) and is_normal(source):
            return LargestNormal(source, self)
        if not is_line(source):
            raise refused(self, source, "its `reward` is a function on the line. Give one number per type.")
        return BestItem(source, self.reward, self.num_candidates)

    def _selected(self, probs: Float[Array, " support"]) -> Float[Array, " support"]:
        levels = jnp.asarray(self.levels)
        masses = jnp.zeros_like(probs).at[levels].add(probs)
        selected = _of_levels(masses, jnp.asarray(self.num_candidates).astype(probs.dtype))
        share = jnp.where(masses > 0, selected / jnp.where(masses > 0, masses, jnp.ones_like(masses)), selected)
        return probs * share[levels]

    def check_state(self, state: AbstractState) -> None:
        """Refuse a reward that has no meaning for the family."""
        check_score(self, self.reward, state, name="reward")

    def describe(self) -> dict[str, Any]:
        """Name, number and reward."""
        return {
            "decoder": "best_of_n",
            "num_candidates": int(self.num_candidates),
            "reward": self.reward.describe(),
        }


def _of_levels(masses: Float[Array, " levels"], num_candidates: Float[Array, ""]) -> Float[Array, " levels"]:
    """F_g^n - F_{g-1}^n = F_g^n (1 - (1 - m_g / F_g)^n), normalised: no difference of numbers near 1."""
    upto = jnp.cumsum(masses)
    above = jnp.concatenate([jax.lax.cumsum(masses, reverse=True)[1:], jnp.zeros_like(masses[:1])])
    # log F from whichever of F and 1 - F is small.
    log_upto = jnp.where(above < 0.5, jnp.log1p(-jnp.minimum(above, 0.5)), jnp.log(jnp.maximum(upto, _tiny(masses))))
    part = jnp.minimum(masses / jnp.maximum(upto, _tiny(masses)), jnp.ones_like(masses))
    selected = jnp.exp(num_candidates * log_upto) * -jnp.expm1(num_candidates * jnp.log1p(-part))
    return selected / jnp.sum(selected)


def _tiny(like: Float[Array, "*shape"]) -> Float[Array, ""]:
    """The least normal number: what stands in for a mass of 0."""
    return jnp.asarray(jnp.finfo(like.dtype).tiny, like.dtype)


class LargestNormal(AbstractItems):
    """The draw of a normal law with the largest linear reward among n.

    Attributes:
        base: the normal source.
        rule: the decoder, whose reward is `Linear`.
    """

    base: Any
    rule: BestOfN

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        mean, variance = normal(self.rule, self.base)
        largest = standard_largest(num_items, jnp.asarray(self.rule.num_candidates), key=fold_in(key, Stream.DECODE))
        return mean + self._direction(mean.dtype) * jnp.sqrt(variance) * largest

    def expected(self) -> ExpectedAverage | ExpectedMoments:
        """Moments of the largest of n normal draws."""
        mean, variance = normal(self.rule, self.base)
        shift = self._direction(mean.dtype) * jnp.asarray(self.rule.mean_of_largest, mean.dtype)
        location = mean + jnp.sqrt(variance) * shift
        if isinstance(self.empty, Average):
            return ExpectedAverage(location)
        return ExpectedMoments(location, variance * jnp.asarray(self.rule.variance_of_largest, mean.dtype))

    def _direction(self, dtype: Any) -> Float[Array, ""]:
        """1 where larger numbers are better, else -1."""
        assert isinstance(self.rule.reward, Linear)
        return jnp.sign(jnp.asarray(self.rule.reward.slope, dtype))


class BestItem(AbstractItems):
    """The best of n single draws, the first one of the best.

    Attributes:
        base: a source on the line.
        reward: a function on the line.
        num_candidates: n.
    """

    base: Any
    reward: Linear | Quadratic
    num_candidates: Int[HostArray, ""]

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        key = fold_in(key, Stream.ITEMS)

        def contest(index: Int[Array, ""], best: Float[Array, " items"]) -> Float[Array, " items"]:
            rival = self.base.sample(num_items, key=fold_in(key, index))
            return jnp.where(self.reward(rival) > self.reward(best), rival, best)

        first = self.base.sample(num_items, key=fold_in(key, jnp.int32(0)))
        return jax.lax.fori_loop(jnp.int32(1), jnp.asarray(self.num_candidates), contest, first)

    def expected(self) -> Any:
        """No closed form.

        Raises:
            ValueError: always.
        """
        raise ValueError(
            "infinitely many draws of the best of n have no closed form but for types, and for a normal law with a "
            "linear reward. Use an update with finitely many draws."
        )
