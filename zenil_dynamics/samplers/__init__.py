from zenil_dynamics.samplers.binomial import binomial as binomial
from zenil_dynamics.samplers.categorical_items import categorical_items as categorical_items
from zenil_dynamics.samplers.edge_graph import EdgeGraph as EdgeGraph
from zenil_dynamics.samplers.exponential import exponential as exponential
from zenil_dynamics.samplers.gamma import chi_square as chi_square
from zenil_dynamics.samplers.gamma import gamma as gamma
from zenil_dynamics.samplers.hypergeometric import hypergeometric as hypergeometric
from zenil_dynamics.samplers.integers import uniform_integers as uniform_integers
from zenil_dynamics.samplers.largest_uniform import largest_uniform as largest_uniform
from zenil_dynamics.samplers.multinomial import multinomial as multinomial
from zenil_dynamics.samplers.multivariate_hypergeometric import (
    multivariate_hypergeometric as multivariate_hypergeometric,
)
from zenil_dynamics.samplers.negative_binomial import negative_binomial as negative_binomial
from zenil_dynamics.samplers.normal import normal as normal
from zenil_dynamics.samplers.poisson import poisson as poisson
from zenil_dynamics.samplers.standard_moments import standard_moments as standard_moments
from zenil_dynamics.samplers.uniform import uniform as uniform
from zenil_dynamics.samplers.walk import walk as walk
from zenil_dynamics.samplers.walk import walk_counts as walk_counts
from zenil_dynamics.samplers.wishart import wishart as wishart
from zenil_dynamics.samplers.wishart import wishart_factor as wishart_factor
