"""Quantities of a categorical model that are sums over its types, as tables over counts.

A kernel that holds counts of N draws, and only those of types that are still alive, can record such a quantity by
looking up f(count) and adding. An absent type adds nothing: f(0) = 0, and what absent types contribute is part of the
constant.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import equinox as eqx
import numpy as np
from jaxtyping import Float

from zenil_dynamics.types import HostArray


class Term(NamedTuple):
    """Sum over types of by_share(count / N) weight(target probability).

    Attributes:
        by_share: of shares in [0, 1], vectorised, 0 at 0.
        weight: of (target probabilities, rare threshold); None means 1.
    """

    by_share: Callable[[np.ndarray], np.ndarray]
    weight: Callable[[np.ndarray, float], np.ndarray] | None = None


class Quantity(NamedTuple):
    """Constant plus terms; the constant is a function of the target probabilities."""

    terms: tuple[Term, ...]
    constant: Callable[[np.ndarray], float] = lambda target: 0.0


def _surprise(share: np.ndarray) -> np.ndarray:
    """-s log s, 0 at 0."""
    return -share * np.log(np.where(share > 0, share, 1.0))


def _is_rare(target: np.ndarray, threshold: float) -> np.ndarray:
    """Compare in float32, as the estimator does: a type at the threshold is then rare for both or for none."""
    return target.astype(np.float32) < np.float32(threshold)


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "entropy": Quantity((Term(_surprise),)),
        "diversity": Quantity((Term(lambda share: share * (1 - share)),)),
        "support_size": Quantity((Term(lambda share: share > 0),)),
        "rare_mass": Quantity((Term(lambda share: share, _is_rare),)),
        "missing_mass": Quantity(
            (Term(lambda share: -1.0 * (share > 0), lambda target, threshold: target),), lambda target: target.sum()
        ),
    }
)


class TabulatedTerm(eqx.Module):
    """A term for one N and one target.

    Attributes:
        by_count: shape (N + 2,) or longer; what lies beyond N is never part of an accepted draw.
        weight: shape (support,), or None for 1.
    """

    by_count: Float[HostArray, " counts"]
    weight: Float[HostArray, " support"] | None


class TabulatedQuantity(eqx.Module):
    """A quantity for one N and one target."""

    constant: Float[HostArray, ""]
    terms: tuple[TabulatedTerm, ...]


def tabulate(name: str, num_samples: int, length: int, target: np.ndarray, threshold: float) -> TabulatedQuantity:
    """Evaluate a quantity's terms at every count, in float64, and round once.

    Args:
        name: key of `QUANTITIES`.
        num_samples: N.
        length: of the tables, at least N + 2.
        target: P, float64, shape (support,).
        threshold: below which a target probability is rare.
    """
    quantity = QUANTITIES[name]
    shares = np.minimum(np.arange(length, dtype=np.float64) / num_samples, 1.0)
    terms = tuple(
        TabulatedTerm(
            np.asarray(term.by_share(shares), np.float32),
            None if term.weight is None else np.asarray(term.weight(target, threshold), np.float32),
        )
        for term in quantity.terms
    )
    return TabulatedQuantity(np.asarray(quantity.constant(target), np.float32), terms)
