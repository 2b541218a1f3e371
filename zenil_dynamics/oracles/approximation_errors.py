"""How far the oracles that only approximate are from the exact ones: proved bounds, or errors that were observed.

A name that ends in `_approximation`, `_asymptotic` or `_diffusion` says that its value is not exact. The error of each
is here: as a bound at any arguments where one is proved, else as it was observed at a setting.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import zeta

from zenil_dynamics.oracles.categorical.stationary_diffusion import stationary_concentration
from zenil_dynamics.oracles.rare_types.tail_vocabulary import (
    expected_missing_mass_approximation,
    expected_support_size_approximation,
    zipf_vocabulary_asymptotic,
)
from zenil_dynamics.oracles.rare_types.tails import survival_bounds
from zenil_dynamics.oracles.tables import simplex


class ApproximationError(NamedTuple):
    """How far an approximate oracle is from its exact counterpart.

    Attributes:
        kind: "bound", proved at the arguments given; or "observed", rounded up, at `setting`.
        value: largest distance; an observed one is a number, a bound has the shape of the approximation.
        relative: whether distances are shares of the exact value; else they have the unit of the oracle.
        exact: the oracle that it approximates, or what that is where it has no function.
        setting: where it was observed; empty for a bound.
    """

    kind: Literal["bound", "observed"]
    value: Any
    relative: bool
    exact: str
    setting: str


def approximation_error(name: str, *arguments: Any, **options: Any) -> ApproximationError:
    """Error of an oracle whose name says that it approximates.

    Args:
        name: of the oracle, such as "loss_time_diffusion".
        arguments: those of the oracle. A proved bound is evaluated at them; an error that was observed does not depend
            on them, and they may be left out.
        options: its keyword arguments.

    Returns:
        Kind, size and counterpart of the error.

    Raises:
        ValueError: an oracle that is exact or unknown; a bound without the arguments of its oracle.

    Source: bounds in the docstrings of the oracles; observations by the exact counterparts.
    """
    if name in _BOUNDS:
        exact, bound = _BOUNDS[name]
        try:
            value = bound(*arguments, **options)
        except TypeError as error:
            raise ValueError(
                f"`arguments` must be those of {name}, at which its error is bounded; got {len(arguments)}."
            ) from error
        return ApproximationError("bound", value, False, exact, "")
    if name not in _OBSERVED:
        raise ValueError(
            f"`name` must be an oracle that approximates; got {name!r}. There are: "
            f"{', '.join(sorted([*_BOUNDS, *_OBSERVED]))}."
        )
    return _OBSERVED[name]


def _support_size(target: ArrayLike, num_samples: ArrayLike, exogenous_fraction: ArrayLike = 0.0) -> np.ndarray:
    upper = survival_bounds(target, num_samples, exogenous_fraction).upper.sum(axis=1)
    return np.maximum(upper - expected_support_size_approximation(target, num_samples, exogenous_fraction), 0.0)


def _missing_mass(target: ArrayLike, num_samples: ArrayLike, exogenous_fraction: ArrayLike = 0.0) -> np.ndarray:
    least = (1 - survival_bounds(target, num_samples, exogenous_fraction).upper) @ simplex(target, "target")
    return np.maximum(expected_missing_mass_approximation(target, num_samples, exogenous_fraction) - least, 0.0)


def _zipf_vocabulary(effective_samples: ArrayLike, exponent: float) -> np.ndarray:
    # Above the truth by at most one type, and the truth is not negative.
    return np.minimum(zipf_vocabulary_asymptotic(effective_samples, exponent), 1.0)


def _zipf_missing_mass(effective_samples: ArrayLike, exponent: float) -> np.ndarray:
    return 1 / (np.e * np.asarray(effective_samples, np.float64))


def _entropy_series(target: ArrayLike, num_samples: int, exogenous_fraction: float, *, order: int = 3) -> float:
    # The series alternates and its terms fall: the first one left out, with 1 - sum P^(order + 2) at most 1.
    return float(zeta(order + 2.0) * stationary_concentration(num_samples, exogenous_fraction) ** (order + 1))


_BOUNDS: Mapping[str, tuple[str, Callable[..., Any]]] = MappingProxyType(
    {
        "expected_support_size_approximation": ("marginal_chain", _support_size),
        "expected_missing_mass_approximation": ("marginal_chain", _missing_mass),
        "zipf_vocabulary_asymptotic": ("the sum over an endless Zipf law", _zipf_vocabulary),
        "zipf_missing_mass_asymptotic": ("the sum over an endless Zipf law", _zipf_missing_mass),
        "stationary_entropy_small_fraction_asymptotic": ("stationary_entropy_diffusion", _entropy_series),
    }
)


def _observed(value: float, exact: str, setting: str, *, relative: bool = True) -> ApproximationError:
    return ApproximationError("observed", value, relative, exact, setting)


_OBSERVED: Mapping[str, ApproximationError] = MappingProxyType(
    {
        "expected_kl_of_draws_asymptotic": _observed(
            1.5e-7, "expected_kl_of_draws", "probs (0.5, 0.3, 0.2), N = 500, three terms"
        ),
        "entropy_variance_of_draws_asymptotic": _observed(
            2e-5, "enumeration of all counts", "probs (0.5, 0.3, 0.2), N = 50", relative=False
        ),
        "fixation_index_vanishing_fraction_asymptotic": _observed(
            5.7e-4, "fixation_index", "N_t = t, alpha_t = t^-1/2, t = 200000"
        ),
        "fixation_index_accumulate_asymptotic": _observed(
            0.074, "fixation_index_accumulate", "N = 10, alpha = 0.3, t = 400"
        ),
        "retained_diversity_vanishing_fraction_asymptotic": _observed(
            8.6e-4, "fixation_index", "N = 10, alpha_t = 1/(t + 1), t = 10000"
        ),
        "fixation_time_diffusion": _observed(0.016, "expected_fixation_time", "two equal types, N = 100"),
        "loss_time_diffusion": _observed(0.063, "expected_loss_time", "first loss of three equal types, N = 40"),
        "first_loss_survival_approximation": _observed(
            0.028, "support_size_law", "three equal types, N = 40, t up to 400", relative=False
        ),
        "forgetting_time_diffusion": _observed(0.057, "expected_forgetting_time", "one copy, N = 400"),
        "forgetting_time_median_approximation": _observed(
            1.0, "forgetting_time_median", "1 to 10 copies, N = 400", relative=False
        ),
        "stationary_entropy_diffusion": _observed(
            0.0016, "stationary_expectations", "target (0.5, 0.3, 0.2), N = 400, alpha = 1/800"
        ),
        "expected_types_ewens_diffusion": _observed(
            0.02, "expected_types_stationary", "theta = 2, N = n = 400, alpha = 1/400"
        ),
        "probability_one_type_ewens_diffusion": _observed(
            5.1e-4, "probability_one_type_stationary", "theta = 2, N = 2000, n = 2, alpha = 1/2000"
        ),
        "verifier_fixation_diffusion": _observed(
            0.025, "verifier_fixation_probability", "N = 100, true to false positives 1.2, start 1/100"
        ),
    }
)
