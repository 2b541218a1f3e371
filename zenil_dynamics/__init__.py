"""Recursive self-training as a discrete-time dynamical system.

Compose a `System`, `simulate` it, and ask `exact` for what theory says. Estimators (`estimators`), exact answers
(`oracles`), `schedules` and `corpora` keep their namespaces, so that a call site shows whether a number was measured
or computed.

Exact answers are loaded when they are first asked for: SciPy's statistics take as long to import as JAX.
"""

import importlib as _importlib
import typing as _typing

from zenil_dynamics import corpora as corpora
from zenil_dynamics import decoders as decoders
from zenil_dynamics import devices as devices
from zenil_dynamics import distributed as distributed
from zenil_dynamics import estimators as estimators
from zenil_dynamics import files as files
from zenil_dynamics import kernels as kernels
from zenil_dynamics import learned as learned
from zenil_dynamics import random as random
from zenil_dynamics import samplers as samplers
from zenil_dynamics import schedules as schedules
from zenil_dynamics.decoders import AbstractDecoder as AbstractDecoder
from zenil_dynamics.ensemble import Ensemble as Ensemble
from zenil_dynamics.fits import AbstractFit as AbstractFit
from zenil_dynamics.fits import MaximumLikelihood as MaximumLikelihood
from zenil_dynamics.fits import Perturbed as Perturbed
from zenil_dynamics.fits import Smoothed as Smoothed
from zenil_dynamics.fits import Unbiased as Unbiased
from zenil_dynamics.learned import GradientFit as GradientFit
from zenil_dynamics.learned import NeuralCategorical as NeuralCategorical
from zenil_dynamics.rare_events import SplittingEstimate as SplittingEstimate
from zenil_dynamics.rare_events import splitting as splitting
from zenil_dynamics.schedule_table import ScheduleTable as ScheduleTable
from zenil_dynamics.simulate import plan as plan
from zenil_dynamics.simulate import simulate as simulate
from zenil_dynamics.states import AbstractSource as AbstractSource
from zenil_dynamics.states import AbstractState as AbstractState
from zenil_dynamics.states import Bernoulli as Bernoulli
from zenil_dynamics.states import Binomial as Binomial
from zenil_dynamics.states import Categorical as Categorical
from zenil_dynamics.states import Exponential as Exponential
from zenil_dynamics.states import FixedDesignModel as FixedDesignModel
from zenil_dynamics.states import FixedVarianceGaussian as FixedVarianceGaussian
from zenil_dynamics.states import Gamma as Gamma
from zenil_dynamics.states import Gaussian as Gaussian
from zenil_dynamics.states import GaussianMixture as GaussianMixture
from zenil_dynamics.states import Geometric as Geometric
from zenil_dynamics.states import InfiniteAlleles as InfiniteAlleles
from zenil_dynamics.states import KernelDensity as KernelDensity
from zenil_dynamics.states import LinearModel as LinearModel
from zenil_dynamics.states import MultivariateGaussian as MultivariateGaussian
from zenil_dynamics.states import NegativeBinomial as NegativeBinomial
from zenil_dynamics.states import NGram as NGram
from zenil_dynamics.states import Poisson as Poisson
from zenil_dynamics.states import UniformInterval as UniformInterval
from zenil_dynamics.stationary import stationary as stationary
from zenil_dynamics.system import Estimate as Estimate
from zenil_dynamics.system import System as System
from zenil_dynamics.system import estimate as estimate
from zenil_dynamics.trajectory import Trajectory as Trajectory
from zenil_dynamics.updates import AbstractUpdate as AbstractUpdate
from zenil_dynamics.updates import Accumulate as Accumulate
from zenil_dynamics.updates import AccumulateSubsample as AccumulateSubsample
from zenil_dynamics.updates import Debiased as Debiased
from zenil_dynamics.updates import Population as Population
from zenil_dynamics.updates import Replace as Replace
from zenil_dynamics.updates import ReuseReal as ReuseReal
from zenil_dynamics.updates import Weighted as Weighted
from zenil_dynamics.updates import Window as Window

if _typing.TYPE_CHECKING:
    from zenil_dynamics import algorithmic as algorithmic
    from zenil_dynamics import oracles as oracles
    from zenil_dynamics import phases as phases
    from zenil_dynamics.exactness import NotReachable as NotReachable
    from zenil_dynamics.exactness import exact as exact
    from zenil_dynamics.exactness import numerical_slack as numerical_slack

_LATER = {
    "NotReachable": "zenil_dynamics.exactness",
    "algorithmic": "zenil_dynamics",
    "exact": "zenil_dynamics.exactness",
    "numerical_slack": "zenil_dynamics.exactness",
    "oracles": "zenil_dynamics",
    "phases": "zenil_dynamics",
}


def __getattr__(name: str) -> _typing.Any:
    """Load a name of `_LATER` (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if _LATER[name] == __name__:
        return _importlib.import_module(f"{__name__}.{name}")
    value = getattr(_importlib.import_module(_LATER[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the names of `_LATER` as well."""
    return sorted({*globals(), *_LATER})
