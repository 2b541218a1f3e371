"""Rejection by an imperfect verifier."""

import functools
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float

from zenil_dynamics import samplers
from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.decoders.families import check_support, reweighted
from zenil_dynamics.decoders.parameters import mask, share, short
from zenil_dynamics.states import AbstractSource, AbstractState
from zenil_dynamics.types import HostArray, Key


class Verifier(AbstractDecoder):
    """Each draw is accepted or rejected by itself: q_i a_i / sum_j q_j a_j, a_i = TPR on correct types, FPR on others.

    The N_t draws of a generation are accepted ones: sampling goes on until there are so many. A model all of whose
    types are always rejected is left as it is, for it would never produce a training set.

    Attributes:
        correct: one truth value per type.
        true_positive_rate: TPR, probability in [0, 1] that a draw of a correct type is accepted.
        false_positive_rate: FPR, probability in [0, 1] that a draw of a wrong type is.

    Raises:
        ValueError: rates outside [0, 1], not one truth value per type, or a verifier that rejects every type.

    Source: Bayes' rule; Feng et al., arXiv 2406.07515 (the setting). Errors are independent from draw to draw;
    `ItemVerifier` has persistent ones.
    """

    correct: Bool[HostArray, " support"] = eqx.field(converter=functools.partial(mask, name="correct"))
    true_positive_rate: Float[HostArray, ""] = eqx.field(converter=functools.partial(share, name="true_positive_rate"))
    false_positive_rate: Float[HostArray, ""] = eqx.field(
        converter=functools.partial(share, name="false_positive_rate")
    )

    def __check_init__(self):
        if not np.any(np.where(self.correct, self.true_positive_rate, self.false_positive_rate) > 0):
            raise ValueError(
                "`true_positive_rate` and `false_positive_rate` must accept some type; these reject all of them. "
                "Raise one of them, or correct `correct`."
            )

    def __call__(self, source: Any) -> AbstractSource:
        """The law of accepted draws of a categorical source."""
        dtype = jnp.result_type(float)
        rates = (jnp.asarray(rate, dtype) for rate in (self.true_positive_rate, self.false_positive_rate))
        return reweighted(self, source, jnp.where(jnp.asarray(self.correct), *rates))

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without types, or with another number of them."""
        check_support(self, state, self.correct.size, "correct")

    def describe(self) -> dict[str, Any]:
        """Name, rates and correct types."""
        return {
            "decoder": "verifier",
            "true_positive_rate": float(self.true_positive_rate),
            "false_positive_rate": float(self.false_positive_rate),
            "correct": short(np.asarray(self.correct).astype(int)),
        }


class ItemVerifier(AbstractDecoder):
    """A verifier that always makes the same errors: q given the set of types that it accepts.

    Its false positives are a fixed set, so that no number of generations averages them out. A model all of whose types
    are rejected is left as it is.

    Attributes:
        accepted: one truth value per type, True for at least one.

    Raises:
        ValueError: not one truth value per type, or nothing accepted.

    Source: Definition.
    """

    accepted: Bool[HostArray, " support"] = eqx.field(converter=functools.partial(mask, name="accepted"))

    def __check_init__(self):
        if not np.any(self.accepted):
            raise ValueError("`accepted` must hold for at least one type; got none. Raise a rate or take another key.")

    @classmethod
    def drawn(cls, correct: Any, true_positive_rate: float, false_positive_rate: float, *, key: Key) -> "ItemVerifier":
        """Draw the errors once: each correct type is accepted with probability TPR, each wrong one with FPR.

        Args:
            correct: one truth value per type.
            true_positive_rate: TPR in [0, 1].
            false_positive_rate: FPR in [0, 1].
            key: typed threefry key; consumed. The same key makes the same verifier.

        Returns:
            A verifier that all replicates and generations share.

        Raises:
            ValueError: arguments out of range, or no type was accepted.

        Source: Definition.
        """
        right = mask(correct, name="correct")
        rates = np.where(
            right,
            share(true_positive_rate, name="true_positive_rate"),
            share(false_positive_rate, name="false_positive_rate"),
        )
        return cls(np.asarray(samplers.uniform(right.shape, key=key), np.float64) < rates)

    def __call__(self, source: Any) -> AbstractSource:
        """Condition a categorical source on the accepted types."""
        return reweighted(self, source, self.accepted)

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without types, or with another number of them."""
        check_support(self, state, self.accepted.size, "accepted")

    def describe(self) -> dict[str, Any]:
        """Name and accepted types."""
        return {"decoder": "item_verifier", "accepted": short(np.asarray(self.accepted).astype(int))}
