"""Curation by preference: of several candidates a user keeps one."""

import math
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Int

from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.decoders.families import categorical, normalised, refused, with_probs
from zenil_dynamics.decoders.items import AbstractItems, is_line
from zenil_dynamics.decoders.parameters import candidates
from zenil_dynamics.decoders.scores import Linear, PerType, Quadratic, Score, as_score, check_score
from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.samplers.exponential import exponential
from zenil_dynamics.states import AbstractSource, AbstractState
from zenil_dynamics.types import HostArray, Key

_STEP = 1 / 3
_NODES_AT_ONCE = 32
_LOWEST, _HIGHEST = -26.0, 3.7
"""Of log(s e^r): below, a share e^-26 of an integral is left out; above, the integrand is less than e^(-e^3.7)."""


class Curation(AbstractDecoder):
    """Of K independent draws x_1 .. x_K one is kept, x_i with probability e^r(x_i) / sum_j e^r(x_j).

    Types: p'(x) = K p(x) E[e^r(x) / (e^r(x) + e^r(X_2) + .. + e^r(X_K))], which for K = 2 is the Bradley-Terry choice
    2 p(x) sum_y p(y) / (1 + e^(r(y) - r(x))). With 1/(a + S) = int_0^inf e^(-s a - s S) ds,

        p'(x) = K p(x) int_0^inf e^r(x) exp(-s e^r(x)) L(s)^(K-1) ds,    L(s) = sum_y p(y) exp(-s e^r(y)),

    by the trapezoidal rule in log s: O(types x nodes) for every K, within 1e-10 of the integral before rounding, from
    three tables of that size (about 100 nodes, 3 more for each unit that rewards span). The result is divided by its
    sum: the map of K = 2 squares a total that misses 1. On the line: K candidates a draw.

    Attributes:
        reward: r, in nats of log-odds; a list with one number per type, a slope c for r(x) = c x, or `Quadratic`.
        num_candidates: K, at least 1; 1 is the identity.
        quadrature: what the integral needs, computed in float64; None for a function on the line.

    Raises:
        ValueError: a number that is not whole or below 1, a reward that is not finite.

    Source: Ferbach et al., arXiv 2407.09499 (the curated choice); Plackett-Luce.
    """

    reward: Score
    num_candidates: Int[HostArray, ""]
    quadrature: "Quadrature | None"

    def __init__(self, reward: Any, num_candidates: int = 2):
        self.reward = as_score(reward, name="reward")
        self.num_candidates = candidates(num_candidates, name="num_candidates")
        self.quadrature = None
        if isinstance(self.reward, PerType):
            self.quadrature = Quadrature.of(self.reward.below_top, int(self.num_candidates))

    def __call__(self, source: Any) -> AbstractSource:
        """Curate a source."""
        if isinstance(self.reward, PerType):
            assert self.quadrature is not None
            probs = categorical(self, source)
            number = jnp.asarray(self.num_candidates).astype(probs.dtype)
            return with_probs(source, normalised(probs * self.quadrature(probs, number)))
        if not is_line(source):
            raise refused(self, source, "its `reward` is a function on the line. Give one number per type.")
        return CuratedItem(source, self.reward, self.num_candidates)

    def check_state(self, state: AbstractState) -> None:
        """Refuse a reward that has no meaning for the family."""
        check_score(self, self.reward, state, name="reward")

    def describe(self) -> dict[str, Any]:
        """Name, reward and number."""
        return {
            "decoder": "curation",
            "reward": self.reward.describe(),
            "num_candidates": int(self.num_candidates),
        }


class Quadrature(eqx.Module):
    """The integrals of all types on one grid of t = log s.

    Attributes:
        survival: exp(-e^(r + t)), shape (support, nodes).
        loss: 1 - survival, with its own digits where that is near 0.
        density: step e^(r + t) survival.
    """

    survival: Float[HostArray, "support nodes"]
    loss: Float[HostArray, "support nodes"]
    density: Float[HostArray, "support nodes"]

    @classmethod
    def of(cls, reward: np.ndarray, num_candidates: int) -> "Quadrature":
        """Tabulate.

        Args:
            reward: r, shape (support,), at most 0, its maximum 0.
            num_candidates: K; the integrand of the best type is as narrow as 1 / K.

        Returns:
            Tables with a multiple of 32 nodes, so that similar rewards share a compilation.
        """
        lowest = _LOWEST - math.log(num_candidates)
        needed = (_HIGHEST - reward.min() - lowest) / _STEP
        num_nodes = _NODES_AT_ONCE * math.ceil((needed + 1) / _NODES_AT_ONCE)
        exponents = reward[:, None] + (lowest + _STEP * np.arange(num_nodes))
        # Beyond 10 the survival is 0 in float64 as well, and the exponential itself might overflow.
        rate = np.exp(np.minimum(exponents, 10.0))
        survival = np.exp(-rate)
        return cls(survival, -np.expm1(-rate), _STEP * rate * survival)

    def __call__(self, probs: Float[Array, " support"], num_candidates: Float[Array, ""]) -> Float[Array, " support"]:
        """E[e^r / (e^r + the rivals')] per type."""
        survival, loss, density = (
            jnp.asarray(table, probs.dtype) for table in (self.survival, self.loss, self.density)
        )
        lost = jnp.matmul(probs, loss, precision=lax.Precision.HIGHEST)
        left = jnp.matmul(probs, survival, precision=lax.Precision.HIGHEST)
        # From whichever of L and 1 - L is small, so that a large power keeps its digits.
        tiny = jnp.asarray(jnp.finfo(probs.dtype).tiny, probs.dtype)
        logs = jnp.where(lost < 0.5, jnp.log1p(-jnp.minimum(lost, 0.5)), jnp.log(jnp.maximum(left, tiny)))
        return jnp.matmul(density, jnp.exp((num_candidates - 1) * logs), precision=lax.Precision.HIGHEST)


class CuratedItem(AbstractItems):
    """One of K single draws, chosen by a race: draw i arrives after an exponential time of rate e^r(x_i).

    Attributes:
        base: a source on the line.
        reward: a function on the line.
        num_candidates: K.
    """

    base: Any
    reward: Linear | Quadratic
    num_candidates: Int[HostArray, ""]

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""

        def arrival(index: Int[Array, ""]) -> tuple[Float[Array, " items"], Float[Array, " items"]]:
            items = self.base.sample(num_items, key=fold_in(fold_in(key, Stream.ITEMS), index))
            waiting = exponential((num_items,), key=fold_in(fold_in(key, Stream.DECODE), index), dtype=items.dtype)
            return items, jnp.log(waiting) - self.reward(items)

        def race(index: Int[Array, ""], leader: Any) -> Any:
            items, times = arrival(index)
            earlier = times < leader[1]
            return jnp.where(earlier, items, leader[0]), jnp.where(earlier, times, leader[1])

        return lax.fori_loop(jnp.int32(1), jnp.asarray(self.num_candidates), race, arrival(jnp.int32(0)))[0]

    def expected(self) -> Any:
        """No closed form.

        Raises:
            ValueError: always.
        """
        raise ValueError(
            "infinitely many curated draws have a closed form for types only. Use an update with finitely many draws."
        )
