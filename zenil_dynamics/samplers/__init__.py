from zenil_dynamics.samplers.binomial import binomial as binomial
from zenil_dynamics.samplers.gamma import chi_square as chi_square
from zenil_dynamics.samplers.gamma import gamma as gamma
from zenil_dynamics.samplers.multinomial import multinomial as multinomial
from zenil_dynamics.samplers.normal import normal as normal
from zenil_dynamics.samplers.standard_moments import standard_moments as standard_moments
from zenil_dynamics.samplers.uniform import uniform as uniform
