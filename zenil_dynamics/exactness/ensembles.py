"""Exact expectations of several models and of their mixture.

Uncoupled members are ordinary loops, independent of each other; their mixture has sum w_i^2 of a member's variance
about the same mean. Coupled members draw from their common mixture, which moments of order two can follow under
replacement.
"""

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.exactness import categorical, exponential_families, multivariate_gaussian, one_model
from zenil_dynamics.exactness.line_moments import (
    Pair,
    divisor,
    expected_mean,
    line_moments,
    memory_of_start,
    num_initial,
)
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.exactness.scalars import family_of, first_moments
from zenil_dynamics.fits import MaximumLikelihood, Perturbed, Smoothed, Unbiased
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states import (
    AbstractExponentialFamily,
    Bernoulli,
    Categorical,
    Gaussian,
    MultivariateGaussian,
    UniformInterval,
)
from zenil_dynamics.system import System
from zenil_dynamics.updates import Population, Replace

OF_MEMBERS = "member_"
"""Prefix of the quantities of a member."""


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity of the mixture, or of a member, at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
    """
    try:
        return _expectation(system, table, name)
    except NotReachable:
        raise
    except ValueError as error:
        raise NotReachable(str(error)) from error


def _expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    assert system.ensemble is not None
    alone, quantity = _without_ensemble(system), name.removeprefix(OF_MEMBERS)
    if isinstance(system.fit, Perturbed):
        raise NotReachable("perturbed loops of several models have no oracle.")
    alike = isinstance(system.update, Population) and num_initial(system) is None
    if alike or _shared(system) == 1:
        return one_model.expectation(alone, table, quantity)
    if not system.ensemble.coupled:
        if name.startswith(OF_MEMBERS):
            return one_model.expectation(alone, table, quantity)
        return _independent(alone, table, quantity, _shared(system))
    if system.decoders or not isinstance(system.update, Replace):
        raise NotReachable("coupled members have oracles under replacement, without decoders.")
    if not isinstance(system.fit, (MaximumLikelihood, Unbiased)):
        raise NotReachable("coupled members have oracles under maximum likelihood and the unbiased fit.")
    return _coupled(system, table, quantity, name.startswith(OF_MEMBERS))


def _shared(system: System) -> float:
    """Sum w_i^2."""
    assert system.ensemble is not None
    weights = np.asarray(system.ensemble.weights, np.float64)
    return 1.0 if np.max(weights) == 1 else float(np.sum(weights**2))


def _without_ensemble(system: System) -> System:
    return System(
        system.target,
        system.num_samples,
        system.exogenous_fraction,
        system.update,
        system.fit,
        system.initial,
        system.mixing,
        float(system.rare_threshold),
        system.model,
        system.decoders,
    )


def _start(system: System) -> Pair | None:
    """First moments of Q_0 where it is a state of its own."""
    return None if system.initial is None or num_initial(system) is not None else first_moments(system.initial)  # type: ignore[arg-type]


# Members that know nothing of each other


def _independent(alone: System, table: ScheduleTable, name: str, shared: float) -> Exact:
    """The mixture of independent lineages."""
    if alone.decoders:
        raise NotReachable("mixtures of decoded lineages have no oracle; those of members have what one model has.")
    member, state = one_model.expectation(alone, table, name), alone.initial_member
    if name in ("mean", "rare_mass"):
        return member
    if isinstance(state, Categorical) and name in ("diversity", "chi_square"):
        path = _mean_model(alone, table)
        target = np.asarray(alone.target.probs, np.float64)  # type: ignore[attr-defined]
        at_mean = categorical.on_path(path, target, float(alone.rare_threshold), name)
        return Exact(shared * member.values + (1 - shared) * at_mean, member.rung)
    if name == "variance":
        return Exact(member.values + (1 - shared) * _spread_of_means(alone, table, member.values), member.rung)
    raise NotReachable(f"{name} of a mixture of independent lineages is not quadratic in them; no oracle covers that.")


def _mean_model(alone: System, table: ScheduleTable) -> np.ndarray:
    """E Q_t, shape (T + 1, K)."""
    if isinstance(alone.fit, Smoothed):
        return categorical.moments(alone, table).mean
    target = np.asarray(alone.target.probs, np.float64)  # type: ignore[attr-defined]
    start = np.asarray(alone.initial_member.probs, np.float64)  # type: ignore[attr-defined]
    if num_initial(alone) is not None or np.all(start == target):
        return np.tile(target, (table.num_generations + 1, 1))
    return target + memory_of_start(alone, table)[:, None] * (start - target)


def _spread_of_means(alone: System, table: ScheduleTable, variance: np.ndarray) -> np.ndarray:
    """Var mu_t of one lineage."""
    state, target = alone.initial_member, first_moments(alone.target)
    if isinstance(state, Gaussian):
        moments = line_moments(alone, table, target, _start(alone))
        return moments.mean_square - (moments.mean - target[0]) ** 2
    if isinstance(state, Bernoulli):
        # E m (1 - m) = E m (1 - E m) - Var m.
        start = _start(alone)
        mean = expected_mean(alone, table, target[0], None if start is None else start[0])
        return mean * (1 - mean) - variance
    if isinstance(state, UniformInterval):
        mean, _ = one_model.expectation(alone, table, "mean")
        return 3 * variance - mean**2
    if isinstance(state, AbstractExponentialFamily):
        return exponential_families.moments(alone, table).mean_variance
    raise NotReachable(f"the spread of the means of independent {state.family} lineages has no oracle.")


# Members that draw from their mixture


def _coupled(system: System, table: ScheduleTable, name: str, of_member: bool) -> Exact:
    state = system.initial_member
    if isinstance(state, Categorical):
        return _coupled_types(system, table, name, of_member)
    if isinstance(state, MultivariateGaussian) and name in ("trace", "squared_error"):
        return Exact(_coupled_coordinates(system, table, name), "moment recursion")
    if isinstance(state, MultivariateGaussian) or name not in ("mean", "variance"):
        raise NotReachable(f"{name} of coupled members is not quadratic in them; no oracle covers that.")
    target, start = first_moments(system.target), _start(system)
    if isinstance(state, UniformInterval):
        raise NotReachable("largest draws of coupled uniform members have no oracle.")
    mean = expected_mean(system, table, target[0], None if start is None else start[0])
    if name == "mean":
        return Exact(mean, "closed form")
    if isinstance(state, (Gaussian, Bernoulli)):
        return Exact(_quadratic(system, table, target, start, "variance", of_member), "moment recursion")
    law = family_of(state).variance if isinstance(state, AbstractExponentialFamily) else None
    if of_member and law is not None and law.quadratic == 0:
        return Exact(law.constant + law.linear * mean, "closed form")
    raise NotReachable("second moments of coupled members have oracles for types and normal models.")


def _quadratic(
    system: System, table: ScheduleTable, target: Pair, start: Pair | None, name: str, of_member: bool
) -> np.ndarray:
    """Expected variance, or mean square of the distance to the target, of one feature."""
    assert system.ensemble is not None
    moments = oracles.ensemble_moments(
        table.num_samples,
        table.exogenous_fraction,
        np.asarray(system.ensemble.weights, np.float64),
        table.num_real,
        mixing=system.mixing,
        divisor=divisor(system),
        target_mean=target[0],
        target_variance=target[1],
        initial=start,
        num_initial=num_initial(system),
    )
    if name == "variance":
        return moments.member_variance if of_member else moments.mixture_variance
    return moments.member_mean_square if of_member else moments.mixture_mean_square


def _coupled_types(system: System, table: ScheduleTable, name: str, of_member: bool) -> Exact:
    """Type by type; types that agree in target and start share one recursion."""
    target = np.asarray(system.target.probs, np.float64)  # type: ignore[attr-defined]
    start = np.asarray(system.initial_member.probs, np.float64)  # type: ignore[attr-defined]
    if name == "rare_mass":
        path = _mean_model(system, table)
        return Exact(path[:, target < float(system.rare_threshold)].sum(axis=1), "closed form")
    if name not in ("diversity", "chi_square"):
        raise NotReachable(f"{name} of coupled members is not quadratic in them; no oracle covers that.")
    pairs, numbers = np.unique(np.stack([target, start], axis=1), axis=0, return_counts=True)
    total = np.zeros(table.num_generations + 1)
    for (prob, first), number in zip(pairs.tolist(), numbers.tolist(), strict=True):
        if prob == first and prob in (0.0, 1.0):
            continue
        if min(prob, first) <= 0 or max(prob, first) >= 1:
            raise NotReachable("coupled members have an oracle where target and initial state charge the same types.")
        law = (prob, prob * (1 - prob))
        opening = None if prob == first else (first, first * (1 - first))
        kind = "variance" if name == "diversity" else "mean_square"
        values = _quadratic(system, table, law, opening, kind, of_member)
        total += number * (values if name == "diversity" else values / prob)
    return Exact(total, "moment recursion")


def _coupled_coordinates(system: System, table: ScheduleTable, name: str) -> np.ndarray:
    """Members of a coupled ensemble in several dimensions, coordinate by coordinate."""
    target, start = multivariate_gaussian.laws(system)
    total = np.zeros(table.num_generations + 1)
    for axis in range(target.mean.size):
        law = float(target.mean[axis]), float(target.covariance[axis, axis])
        first = None if start is None else (float(start.mean[axis]), float(start.covariance[axis, axis]))
        kind = "variance" if name == "trace" else "mean_square"
        total += _quadratic(system, table, law, first, kind, True)
    return total
