"""The mass of the types beyond k is never seen, and the law of complete data falls below it."""

from math import e, gamma

import numpy as np

beta, k, T = 2.0, 100, 100000
weights = np.arange(1.0, 1e6) ** -beta
zeta = sum(weights) + (1e6 - 0.5) ** (1 - beta) / (beta - 1)  # the rest as an integral
p = weights[:k] / zeta
value = p @ (1 - p / sum(p)) ** T + 1 - sum(p)  # missed by T draws, or beyond k
law = gamma(1 - 1 / beta) / (beta * zeta ** (1 / beta)) * T ** (1 / beta - 1) + 1 / (e * T)
bound = 2 * law
print(value, ">", bound)
