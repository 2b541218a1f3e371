"""The declared numerical slack of a recorded mean."""

import jax
import numpy as np
from scipy.special import digamma, polygamma

from zenil_dynamics.decoders import Smoothing
from zenil_dynamics.estimators import slack
from zenil_dynamics.exactness.family_slack import bounded
from zenil_dynamics.exactness.maps import variance_scale
from zenil_dynamics.fits import Smoothed
from zenil_dynamics.states import Categorical, Gaussian
from zenil_dynamics.states.base import with_article
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.updates import Accumulate, AccumulateSubsample, Population, Replace, ReuseReal, Window
from zenil_dynamics.validate import nearest_names

_COUNTED = (Replace, Accumulate, Population, Window, ReuseReal, AccumulateSubsample)
"""Updates whose training sets are counts, so that a fit rounds once."""

LAW = 2.0**-20
"""Total variation between a sampler's law and the true one, per draw of a batch's statistics."""

ROUNDINGS_PER_STEP = 8
"""Roundings that one generation may add to a mean or a variance that is carried in floating point."""


def numerical_slack(system: System, name: str, num_generations: int = 0, *, block_size: int = 512) -> float:
    """Bound on |measured mean - exact mean| that is not sampling error.

    Three parts: rounding in the estimator and in the mean over a block (proved in `estimators.slack`), rounding of the
    state that is carried from generation to generation, and the law of the samplers, 2^-20 in total variation per
    generation times the range of the quantity.

    Args:
        system: the loop.
        name: a record name of its state.
        num_generations: T of the run; slack grows linearly with it. 0 gives the slack at the initial state.
        block_size: replicates that are averaged on the device.

    Returns:
        In the units of the quantity; inf where no bound is known.

    Raises:
        ValueError: an unknown name.
    """
    state = system.initial_state
    if name not in system.quantities:
        raise ValueError(
            f"{with_article(state.family)} state has no quantity {name!r}{nearest_names(name, system.quantities)}."
        )
    single = not jax.config.jax_enable_x64  # pyright: ignore[reportAttributeAccessIssue]
    unit = slack.FLOAT32_ROUNDOFF if single else slack.FLOAT64_ROUNDOFF
    if not _known_to_round(system) or type(system.target) is not type(state):
        return float("inf")
    if isinstance(state, Categorical) and type(system.update) in _COUNTED:
        return _categorical(system, name, num_generations, block_size, unit)
    if type(system.update) not in (Replace, Accumulate, Population):
        return float("inf")
    if isinstance(state, Gaussian):
        return _gaussian(system, name, num_generations, block_size, unit)
    return bounded(system, name, num_generations, block_size, unit, LAW)


def _known_to_round(system: System) -> bool:
    """Whether decoders, if any, add no more than what is allowed for: probabilities that round, shrinking variances."""
    if system.ensemble is not None:
        return False
    scales = [variance_scale(decoder) for decoder in system.decoders]
    shrinks = all(scale is not None and scale <= 1 for scale in scales)
    smooths = all(isinstance(decoder, Smoothing) for decoder in system.decoders)
    return smooths or (shrinks and isinstance(system.initial_state, Gaussian) and type(system.update) is Replace)


def _categorical(system: System, name: str, num_generations: int, block_size: int, unit: float) -> float:
    """Counts are integers: only the mixture's probabilities round, which is part of the samplers' law."""
    target = np.asarray(system.target.probs, np.float64)  # type: ignore[attr-defined]
    scale = slack.CategoricalScale(
        target=target,
        smallest_model_prob=_smallest_model_prob(system, num_generations),
        rare_threshold=float(system.rare_threshold),
        block_size=block_size,
        unit_roundoff=unit,
    )
    rounding = slack.CATEGORICAL[name](scale)
    support = target.shape[0]
    smallest = scale.smallest_prob
    ranges = {
        "entropy": np.log(support),
        "diversity": 1 - 1 / support,
        "support_size": float(support - 1),
        "kl_to_target": np.log(1 / smallest),
        "chi_square": 1 / smallest,
        "kl_from_target": np.log(1 / min(smallest, scale.smallest_model)),
        "successive_kl": np.log(1 / min(smallest, scale.smallest_model)),
    }
    return float(rounding + _num_draws(system, num_generations) * LAW * ranges.get(name, 1.0))


def _num_draws(system: System, num_generations: int) -> int:
    """Samplers that a run calls one after another: thinning a pool is one more, and so is a real set that is kept."""
    if isinstance(system.update, AccumulateSubsample):
        return 2 * num_generations
    return num_generations + isinstance(system.update, ReuseReal)


def _smallest_model_prob(system: System, num_generations: int) -> float | None:
    """Least positive probability of any state, where counts tell."""
    if isinstance(system.update, Population):
        return None
    table = system.table(num_generations)
    opened = system.initial.num_samples if isinstance(system.initial, Estimate) else 0
    largest = float(np.max(system.update.set_sizes(table.num_samples, opened), initial=1))
    probs = np.asarray(system.initial_state.probs, np.float64)  # type: ignore[attr-defined]
    smoothed = float(system.fit.pseudocount) if isinstance(system.fit, Smoothed) else 0.0
    added = smoothed * probs.shape[0]
    fitted = (smoothed or 1.0) / (max(largest, opened) + added)
    return min(fitted, float(np.min(probs[probs > 0])))


def _gaussian(system: System, name: str, num_generations: int, block_size: int, unit: float) -> float:
    """Means and variances are carried in floating point; their range is taken to 8 standard deviations."""
    target, start = system.target, system.initial_state
    variance = max(float(target.variance), float(start.variance))  # type: ignore[attr-defined]
    mean = max(abs(float(target.mean)), abs(float(start.mean)))  # type: ignore[attr-defined]
    log_mean, log_variance = _log_variance_law(system, num_generations)
    reach = 8 * np.sqrt(log_variance)
    largest = variance * np.exp(max(0.0, log_mean + reach))
    smallest = min(float(target.variance), float(start.variance)) * np.exp(min(0.0, log_mean - reach))  # type: ignore[attr-defined]
    spread = 8 * np.sqrt(variance * (1 + num_generations / max(1.0, _smallest_sample(system, num_generations))))
    scale = slack.GaussianScale(
        largest_mean=mean + float(spread),
        smallest_variance=max(float(smallest), slack.tiny(unit)),
        largest_variance=min(float(largest), 2.0**126),
        block_size=block_size,
        unit_roundoff=unit,
    )
    rounding = slack.GAUSSIAN[name](scale)
    carried = {
        "mean": scale.largest_mean,
        "variance": variance,
        "log_variance": 1.0,
        "differential_entropy": 0.5,
        "wasserstein2": scale.largest_mean**2 + variance,
    }.get(name, 1 + scale.largest_mean**2 / variance)
    return float(rounding + num_generations * (ROUNDINGS_PER_STEP * unit + LAW / 8) * carried)


def _smallest_sample(system: System, num_generations: int) -> float:
    table = system.table(num_generations)
    return float(np.min(table.num_samples)) if num_generations else 1.0


def _log_variance_law(system: System, num_generations: int) -> tuple[float, float]:
    """Mean and variance of log sigma_T^2 relative to its start, for closed maximum-likelihood loops."""
    if num_generations == 0 or isinstance(system.update, Population):
        return 0.0, 0.0
    num_samples = np.maximum(system.table(num_generations).num_samples.astype(np.float64), 2.0)
    half = (num_samples - 1) / 2
    shrunk = sum(np.log(variance_scale(decoder) or 1.0) for decoder in system.decoders)
    drift = float(np.sum(digamma(half) + np.log(2 / num_samples) + shrunk))
    return drift, float(np.sum(polygamma(1, half)))
