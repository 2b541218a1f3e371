"""Recursive self-training as a discrete-time dynamical system.

Compose a `System`, `simulate` it, and ask `exact` for what theory says. Estimators (`estimators`), exact answers
(`oracles`), `schedules` and `corpora` keep their namespaces, so that a call site shows whether a number was measured
or computed.
"""

from zenil_dynamics import corpora as corpora
from zenil_dynamics import devices as devices
from zenil_dynamics import estimators as estimators
from zenil_dynamics import oracles as oracles
from zenil_dynamics import random as random
from zenil_dynamics import samplers as samplers
from zenil_dynamics import schedules as schedules
from zenil_dynamics.exactness import NotReachable as NotReachable
from zenil_dynamics.exactness import exact as exact
from zenil_dynamics.exactness import numerical_slack as numerical_slack
from zenil_dynamics.fits import AbstractFit as AbstractFit
from zenil_dynamics.fits import MaximumLikelihood as MaximumLikelihood
from zenil_dynamics.fits import Smoothed as Smoothed
from zenil_dynamics.fits import Unbiased as Unbiased
from zenil_dynamics.simulate import plan as plan
from zenil_dynamics.simulate import simulate as simulate
from zenil_dynamics.states import AbstractSource as AbstractSource
from zenil_dynamics.states import AbstractState as AbstractState
from zenil_dynamics.states import Categorical as Categorical
from zenil_dynamics.states import Gaussian as Gaussian
from zenil_dynamics.system import Estimate as Estimate
from zenil_dynamics.system import ScheduleTable as ScheduleTable
from zenil_dynamics.system import System as System
from zenil_dynamics.system import estimate as estimate
from zenil_dynamics.trajectory import Trajectory as Trajectory
from zenil_dynamics.updates import AbstractUpdate as AbstractUpdate
from zenil_dynamics.updates import Accumulate as Accumulate
from zenil_dynamics.updates import Population as Population
from zenil_dynamics.updates import Replace as Replace
