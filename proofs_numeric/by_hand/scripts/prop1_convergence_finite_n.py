"""On the way from (1, 0) to P = (1/2, 1/2) the noise of N draws stays."""

from math import comb

import numpy as np

N, a, t = 2, 0.5, 10
k = np.arange(N + 1)
chances = a / 2 + (1 - a) * k / N  # that a draw is of type 1, if k of the last N were
step = np.array([[comb(N, j) * p**j * (1 - p) ** (N - j) for j in range(N + 1)] for p in chances])
law = np.linalg.matrix_power(step, t)[N]
value, bound = law @ (2 * k / N - 1) ** 2, (1 - a) ** (2 * t)
print(value, ">", bound)
