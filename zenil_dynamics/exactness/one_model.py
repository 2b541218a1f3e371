"""Which file answers for a loop of one model."""

from collections.abc import Callable

from zenil_dynamics.exactness import (
    categorical,
    cross_family,
    decoded,
    exponential_families,
    fresh_starts,
    gaussian,
    linear_model,
    multivariate_gaussian,
    ngram,
    particles,
    perturbed,
    uniform_interval,
)
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.fits import Perturbed
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states import (
    AbstractExponentialFamily,
    Categorical,
    FixedDesignModel,
    Gaussian,
    GaussianMixture,
    InfiniteAlleles,
    KernelDensity,
    LinearModel,
    MultivariateGaussian,
    NGram,
    UniformInterval,
)
from zenil_dynamics.states.base import with_article
from zenil_dynamics.system import System
from zenil_dynamics.updates import Accumulate, AccumulateSubsample, Population, Replace, Window

_FAMILIES: tuple[tuple[type, Callable[[System, ScheduleTable, str], Exact]], ...] = (
    (Gaussian, gaussian.expectation),
    (MultivariateGaussian, multivariate_gaussian.expectation),
    (UniformInterval, uniform_interval.expectation),
    (AbstractExponentialFamily, exponential_families.expectation),
    (InfiniteAlleles, particles.infinite_alleles),
    (LinearModel, linear_model.expectation),
    (FixedDesignModel, linear_model.expectation),
    (NGram, ngram.expectation),
)

# What a decoder does can be told from one source alone, and these read nothing else.
_DECODED = (Replace, Accumulate, AccumulateSubsample, Population, Window)


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Args:
        system: of one model.
        table: its schedules.
        name: a record name of its state.

    Raises:
        NotReachable: no rung reaches; says why.
    """
    try:
        return _answer(system, table, name)
    except NotReachable as refusal:
        if not fresh_starts.applies(system, table, name):
            raise
        try:
            return fresh_starts.expectation(_answer, system, table, name)
        except NotReachable:
            raise refusal from None


def _answer(system: System, table: ScheduleTable, name: str) -> Exact:
    """What the family says; a refusal of an oracle is one of the ladder."""
    try:
        return _expectation(system, table, name)
    except NotReachable:
        raise
    except ValueError as error:
        raise NotReachable(str(error)) from error


def _expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    state = system.initial_member
    if isinstance(system.fit, Perturbed):
        return perturbed.expectation(system, table, name)
    if system.decoders:
        if system.crosses_families:
            raise NotReachable("there are no oracles for decoded models of another family than the target's.")
        if not isinstance(system.update, _DECODED):
            raise NotReachable(f"a decoded loop under {type(system.update).__name__} has no oracle.")
        return decoded.expectation(system, table, name)
    if isinstance(state, KernelDensity):
        return particles.kernel_density(system, table, name)
    if isinstance(state, GaussianMixture):
        return particles.gaussian_mixture(system, table, name)
    if system.crosses_families:
        return cross_family.expectation(system, table, name)
    if isinstance(state, Categorical):
        return categorical.expectation(system, table, name)
    for family, answer in _FAMILIES:
        if isinstance(state, family):
            return answer(system, table, name)
    raise NotReachable(f"there are no oracles for {with_article(state.family)} state.")
