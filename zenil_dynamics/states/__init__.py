from zenil_dynamics.states.base import AbstractSource as AbstractSource
from zenil_dynamics.states.base import AbstractState as AbstractState
from zenil_dynamics.states.base import Observed as Observed
from zenil_dynamics.states.categorical import Categorical as Categorical
from zenil_dynamics.states.gaussian import Gaussian as Gaussian
