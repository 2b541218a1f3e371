from zenil_dynamics.updates.accumulate import Accumulate as Accumulate
from zenil_dynamics.updates.base import AbstractUpdate as AbstractUpdate
from zenil_dynamics.updates.population import Population as Population
from zenil_dynamics.updates.replace import Replace as Replace
