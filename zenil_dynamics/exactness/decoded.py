"""Exact expectations of loops with decoders.

The population limit is a deterministic path for every decoder that has a map. With finite samples two kinds of loop
are loops without decoder in disguise: smoothing is real data of another target, and what scales a normal law's variance
scales its recursion. Two types have a chain of one count behind any decoder.
"""

from typing import Any

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.decoders import Smoothing
from zenil_dynamics.exactness import categorical, gaussian
from zenil_dynamics.exactness.maps import Simplex, on_normal, on_types, variance_scale
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.fits import MaximumLikelihood, Unbiased
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states import Categorical, Gaussian
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.updates import Population, Replace

LARGEST_CHANNEL = 300
"""Types beyond which the covariance recursion of a channel, cubic in them, is refused."""


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
    """
    if isinstance(system.initial, Estimate):
        raise NotReachable("a decoded loop that starts from an estimated model has no oracle.")
    state = system.initial_member
    try:
        if isinstance(state, Categorical) and isinstance(system.update, Population):
            return _population_of_types(system, table, name)
        if isinstance(state, Categorical):
            return _finite_types(system, table, name)
        if isinstance(state, Gaussian) and isinstance(system.update, Population):
            return _population_on_the_line(system, table, name)
        if isinstance(state, Gaussian):
            return _scaled(system, table, name)
    except NotReachable:
        raise
    except ValueError as error:
        raise NotReachable(str(error)) from error
    raise NotReachable(f"there are no oracles for a decoded {state.family} state.")


def _probs(state: Any) -> np.ndarray:
    return np.asarray(state.probs, np.float64)


def _decode(system: System) -> Simplex:
    """All decoders, one after another."""
    maps = [on_types(decoder) for decoder in system.decoders]

    def decode(probs: np.ndarray) -> np.ndarray:
        for one in maps:
            probs = one(probs)
        return probs

    return decode


def _population_of_types(system: System, table: ScheduleTable, name: str) -> Exact:
    """Iterate the map; infinitely many draws are not smoothed by a fit."""
    target, start = _probs(system.target), _probs(system.initial_member)
    path = oracles.decoded_population(target, table.exogenous_fraction, _decode(system), initial=start)
    return Exact(categorical.on_path(path, target, float(system.rare_threshold), name), "closed form")


def _finite_types(system: System, table: ScheduleTable, name: str) -> Exact:
    """Smoothing has recursions; two types have a chain."""
    chain = _probs(system.target).size == 2 and _is_plain(system)
    if all(isinstance(decoder, Smoothing) for decoder in system.decoders):
        try:
            return _smoothed(system, table, name)
        except NotReachable:
            if not chain:
                raise
    if chain:
        return _two_types(system, table, name)
    names = ", ".join(type(decoder).__name__ for decoder in system.decoders)
    raise NotReachable(
        f"finitely many draws through {names} have an oracle for two types under replacement and maximum likelihood."
    )


def _is_plain(system: System) -> bool:
    return type(system.update) is Replace and isinstance(system.fit, MaximumLikelihood)


def _two_types(system: System, table: ScheduleTable, name: str) -> Exact:
    """Functions of one model, under the law of its count."""
    if name == "successive_kl":
        raise NotReachable("successive_kl of a decoded loop needs the joint law of two generations.")
    target, start = _probs(system.target), _probs(system.initial_member)
    laws = oracles.decoded_count_laws(
        target,
        table.num_samples,
        table.exogenous_fraction,
        _decode(system),
        table.num_real,
        mixing=system.mixing,
        initial=start,
    )

    def expected(law: np.ndarray, models: np.ndarray) -> float:
        values = categorical.on_path(models, target, float(system.rare_threshold), name)
        # Where a value is infinite only its probability decides, and 0 times it is 0.
        return float(np.sum(np.where(law > 0, values, 0.0) * law))

    results = [expected(np.ones(1), start[None, :])]
    for law in laws:
        share = np.arange(law.size) / (law.size - 1)
        results.append(expected(law, np.stack([share, 1 - share], axis=1)))
    return Exact(np.array(results), "exact chain")


# Smoothing: alpha P + (1 - alpha) [(1 - epsilon) Q + epsilon U] is a mixture of Q and another target


def _smoothed(system: System, table: ScheduleTable, name: str) -> Exact:
    kept = float(np.prod([1 - float(decoder.uniform_share) for decoder in system.decoders]))  # type: ignore[attr-defined]
    fractions = table.exogenous_fraction
    share = float(fractions[0]) if fractions.size else 0.0
    if np.all(fractions == share) and (system.mixing == "bernoulli" or share == 0):
        return _as_other_target(system, table, share, 1 - kept, name)
    return _as_channel(system, table, 1 - kept, name)


def _as_other_target(system: System, table: ScheduleTable, share: float, epsilon: float, name: str) -> Exact:
    """The loop without decoder that has the same law; comparisons are still to the target itself."""
    target = _probs(system.target)
    reduced = oracles.smoothing_reduction(target, share, epsilon)
    # Python floats: a system's table rounds nothing.
    loop = System(
        Categorical(reduced.target),
        system.num_samples,
        reduced.exogenous_fraction,
        system.update,
        system.fit,
        Categorical(_probs(system.initial_member)),
        rare_threshold=float(system.rare_threshold),
    )
    rows = loop.table(table.num_generations)
    if name in ("entropy", "diversity", "support_size", "successive_kl"):
        return categorical.expectation(loop, rows, name)
    moments = categorical.moments(loop, rows)
    if name in ("rare_mass", "chi_square"):
        return _from_moments(moments.mean, moments.variance, target, float(system.rare_threshold), name)
    if name == "missing_mass":
        return Exact(categorical.missing(loop, rows) @ target, "exact chain")
    if name == "kl_to_target":
        charged = target > 0
        if np.any(moments.mean[:, ~charged] > 0):
            raise NotReachable("kl_to_target is infinite where smoothing charges types that the target does not.")
        entropy = categorical.expectation(loop, rows, "entropy")
        return Exact(-entropy.values - moments.mean[:, charged] @ np.log(target[charged]), entropy.rung)
    raise NotReachable(f"{name} of a loop with smoothing has no oracle.")


def _as_channel(system: System, table: ScheduleTable, epsilon: float, name: str) -> Exact:
    """Any schedule and mixing, for quadratic quantities under replacement."""
    if not _is_plain(system) or name not in ("diversity", "chi_square", "rare_mass"):
        raise NotReachable(
            f"{name} of a loop with smoothing is known for a constant exogenous fraction under bernoulli mixing; for "
            "others, diversity, chi_square and rare_mass under replacement and maximum likelihood are."
        )
    target = _probs(system.target)
    if target.size > LARGEST_CHANNEL:
        raise NotReachable(f"the covariances of more than {LARGEST_CHANNEL} types take too long.")
    channel = (1 - epsilon) * np.eye(target.size) + epsilon / target.size
    moments = oracles.channel_moments(
        target,
        table.num_samples,
        table.exogenous_fraction,
        channel,
        table.num_real,
        mixing=system.mixing,
        initial=_probs(system.initial_member),
    )
    variance = np.diagonal(moments.covariance, axis1=1, axis2=2)
    return _from_moments(moments.mean, variance, target, float(system.rare_threshold), name)


def _from_moments(
    mean: np.ndarray, variance: np.ndarray, target: np.ndarray, rare_threshold: float, name: str
) -> Exact:
    """Quantities that are quadratic in the model."""
    if name == "rare_mass":
        return Exact(mean[:, target < rare_threshold].sum(axis=1), "closed form")
    if name == "diversity":
        return Exact(1 - (mean**2 + variance).sum(axis=1), "moment recursion")
    charged = target > 0
    squares = (variance + (mean - target) ** 2)[:, charged] / target[charged]
    outside = np.any(mean[:, ~charged] > 0, axis=1)
    return Exact(np.where(outside, np.inf, squares.sum(axis=1)), "moment recursion")


# Normal laws


def _population_on_the_line(system: System, table: ScheduleTable, name: str) -> Exact:
    """Raw moments of the mixture, generation by generation."""
    real, state = _pair(system.target), _pair(system.initial_member)
    path = [state]
    for share in table.exogenous_fraction:
        for decoder in system.decoders:
            state = on_normal(decoder, state)
        gap = real[0] - state[0]
        between = share * (1 - share) * gap**2
        state = state[0] + share * gap, (1 - share) * state[1] + share * real[1] + between
        path.append(state)
    mean, variance = np.array(path).T
    return Exact(gaussian.on_path(mean, variance, real, name), "closed form")


def _pair(state: Any) -> tuple[float, float]:
    return float(state.mean), float(state.variance)


def _scaled(system: System, table: ScheduleTable, name: str) -> Exact:
    """Decoders that multiply the variance: the log-variance of a closed loop moves by log lambda per generation."""
    scales = [variance_scale(decoder) for decoder in system.decoders]
    if type(system.update) is not Replace or any(scale is None for scale in scales):
        raise NotReachable(
            "finitely many draws of decoded normal laws have an oracle under replacement, for decoders that scale the "
            "variance."
        )
    bias = float(np.prod(scales))  # type: ignore[arg-type]
    bare = _without_decoders(system)
    if name == "variance":
        _, variance = oracles.sampling_bias_moments(
            table.num_samples,
            table.exogenous_fraction,
            bias,
            table.num_real,
            mixing=system.mixing,
            divisor="unbiased" if isinstance(system.fit, Unbiased) else "mle",
            target_mean=float(system.target.mean),  # type: ignore[attr-defined]
            target_variance=float(system.target.variance),  # type: ignore[attr-defined]
            initial=_pair(system.initial_member),
        )
        return Exact(variance, "moment recursion")
    if name == "mean":
        return gaussian.expectation(bare, table, name)
    shift = {"log_variance": 1.0, "differential_entropy": 0.5}.get(name)
    if shift is None or np.any(table.exogenous_fraction > 0):
        raise NotReachable(
            f"{name} of a loop that scales the variance has no oracle; mean and variance have one, and without real "
            "data log_variance and differential_entropy."
        )
    values, rung = gaussian.expectation(bare, table, name)
    return Exact(values + shift * np.log(bias) * np.arange(values.size), rung)


def _without_decoders(system: System) -> System:
    return System(
        system.target,
        system.num_samples,
        system.exogenous_fraction,
        system.update,
        system.fit,
        system.initial_member,
        system.mixing,
        float(system.rare_threshold),
    )
