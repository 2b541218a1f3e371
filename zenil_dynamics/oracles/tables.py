"""Checks at the door of the oracles: schedule tables, distributions and numbers, as float64."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

MIXINGS = ("bernoulli", "stratified")
SUM_TOLERANCE = 1e-6
"""How far given probabilities may miss 1 and still be renormalised."""


class Schedule(NamedTuple):
    """A checked schedule table; row t drives the step from generation t to t + 1.

    Attributes:
        num_samples: N_t, float64 holding whole numbers of at least 1, shape (T,).
        real_share: expected share of real draws: alpha_t when each draw is real with that probability, num_real / N_t
            when the number is fixed; shape (T,).
        num_real: real draws of a stratified generation, shape (T,); zeros under bernoulli mixing.
        stratified: whether the number of real draws is fixed.
    """

    num_samples: np.ndarray
    real_share: np.ndarray
    num_real: np.ndarray
    stratified: bool

    @property
    def num_generations(self) -> int:
        """T."""
        return self.num_samples.shape[0]


def schedule_table(
    num_samples: ArrayLike, exogenous_fraction: ArrayLike, num_real: ArrayLike | None, mixing: str
) -> Schedule:
    """Check a schedule and return it in the form the recursions read.

    Args:
        num_samples: N_t, shape (T,).
        exogenous_fraction: alpha_t in [0, 1], shape (T,) or a number; not read under stratified mixing.
        num_real: fixed number of real draws, shape (T,) or a number; needed under stratified mixing only.
        mixing: "bernoulli" or "stratified".

    Raises:
        ValueError: wrong shapes, N_t that are no whole numbers of at least 1, alpha_t outside [0, 1], num_real outside
            [0, N_t], an unknown mixing.
    """
    samples = np.asarray(num_samples, np.float64)
    if samples.ndim != 1:
        raise ValueError(
            f"`num_samples` must have shape (T,), one per generation; got shape {samples.shape}. Use np.full(T, N)."
        )
    bad = np.flatnonzero(~np.isfinite(samples) | (samples < 1) | (samples != np.floor(samples)))
    if bad.size:
        raise ValueError(
            f"`num_samples` must be whole numbers of at least 1; got {samples[bad[0]]:g} at generation {bad[0]}. "
            "Correct the schedule."
        )
    if mixing not in MIXINGS:
        raise ValueError(f"`mixing` must be one of {', '.join(MIXINGS)}; got {mixing!r}. Choose one.")
    if mixing == "stratified":
        if num_real is None:
            raise ValueError("`num_real` must be given under stratified mixing; got None. Pass the real draws, (T,).")
        real = _per_generation(num_real, samples.shape[0], "num_real")
        bad = np.flatnonzero(~((real >= 0) & (real <= samples) & (real == np.floor(real))))
        if bad.size:
            raise ValueError(
                f"`num_real` must be whole numbers from 0 to N_t; got {real[bad[0]]:g} at generation {bad[0]}. "
                "Correct the schedule."
            )
        return Schedule(samples, real / samples, real, True)
    fraction = _per_generation(exogenous_fraction, samples.shape[0], "exogenous_fraction")
    bad = np.flatnonzero(~((fraction >= 0) & (fraction <= 1)))
    if bad.size:
        raise ValueError(
            f"`exogenous_fraction` must lie in [0, 1]; got {fraction[bad[0]]:g} at generation {bad[0]}. "
            "Correct the schedule."
        )
    return Schedule(samples, fraction, np.zeros_like(samples), False)


def _per_generation(values: ArrayLike, num_generations: int, name: str) -> np.ndarray:
    array = np.asarray(values, np.float64)
    if array.ndim == 0:
        return np.full(num_generations, array)
    if array.shape != (num_generations,):
        raise ValueError(
            f"`{name}` must have the shape of `num_samples`, ({num_generations},); got {array.shape}. Correct it."
        )
    return array


def simplex(values: ArrayLike, name: str) -> np.ndarray:
    """Return a float64 point of the simplex, shape (K,).

    Raises:
        ValueError: wrong shape, a negative or non-finite entry, a sum that misses 1 by more than 1e-6.
    """
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"`{name}` must be a non-empty list of probabilities; got shape {array.shape}. Correct it.")
    bad = np.flatnonzero(~np.isfinite(array) | (array < 0))
    if bad.size:
        raise ValueError(f"`{name}` must be non-negative; entry {bad[0]} is {array[bad[0]]}. Correct that entry.")
    total = array.sum()
    if abs(total - 1) > SUM_TOLERANCE:
        raise ValueError(f"`{name}` must sum to 1 within {SUM_TOLERANCE:g}; got {total:.9g}. Divide by the sum.")
    return array / total


def whole_number(value: float, name: str, smallest: int = 1) -> int:
    """Return `value` as an int of at least `smallest`.

    Raises:
        ValueError: anything else.
    """
    number = np.asarray(value)
    whole = number.ndim == 0 and number.dtype.kind in "iuf" and bool(np.isfinite(number)) and number == np.floor(number)
    if not whole or number < smallest:
        raise ValueError(f"`{name}` must be a whole number of at least {smallest}; got {value!r}. Correct it.")
    return int(number)


def real_number(value: float, name: str, low: float = -np.inf, high: float = np.inf) -> float:
    """Return `value` as a float in [low, high].

    Raises:
        ValueError: anything else.
    """
    number = np.asarray(value, np.float64)
    if number.ndim != 0 or not np.isfinite(number) or not low <= number <= high:
        raise ValueError(f"`{name}` must be one finite number in [{low:g}, {high:g}]; got {value!r}. Correct it.")
    return float(number)


class CategoricalStart(NamedTuple):
    """Target and initial state of a categorical loop.

    Attributes:
        target: P, shape (K,).
        initial: Q_0, shape (K,), when fixed; P when it is estimated.
        num_initial: draws of P that Q_0 is fitted to; 0 when it is fixed.
        pseudocount: beta of the fit q = (n + beta) / (N + K beta), at least 0.
    """

    target: np.ndarray
    initial: np.ndarray
    num_initial: int
    pseudocount: float

    def uniform_share(self, total: float) -> float:
        """Share s of the uniform distribution in a fit to `total` draws: s = K beta / (total + K beta)."""
        added = self.target.size * self.pseudocount
        return added / (total + added)


def categorical_start(
    target: ArrayLike, initial: ArrayLike | None, num_initial: int | None, pseudocount: float
) -> CategoricalStart:
    """Check what a categorical loop starts from.

    Raises:
        ValueError: malformed distributions, different lengths, both an initial state and a number of initial samples.
    """
    probs = simplex(target, "target")
    beta = real_number(pseudocount, "pseudocount", low=0.0)
    if initial is not None and num_initial is not None:
        raise ValueError(
            f"`initial` and `num_initial` exclude each other; got both, `num_initial` = {num_initial}. Drop one."
        )
    if num_initial is not None:
        return CategoricalStart(probs, probs, whole_number(num_initial, "num_initial"), beta)
    if initial is None:
        return CategoricalStart(probs, probs, 0, beta)
    start = simplex(initial, "initial")
    if start.shape != probs.shape:
        raise ValueError(
            f"`initial` must have as many types as `target`, {probs.size}; got {start.size}. "
            "Give absent types probability 0."
        )
    return CategoricalStart(probs, start, 0, beta)
