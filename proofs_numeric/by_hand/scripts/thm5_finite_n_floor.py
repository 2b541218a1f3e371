"""The counts of a coin keep a distance from P = (1/2, 1/2), whatever the constant share."""

from math import comb

import numpy as np

t, N, alpha = 50, 2, 0.5
q = np.append(np.arange(N + 1) / N, 0.5)  # the models of N draws, and the first one
p = alpha * 0.5 + (1 - alpha) * q
step = np.array([comb(N, k) * p**k * (1 - p) ** (N - k) for k in range(N + 1)] + [0 * p]).T
law = np.linalg.matrix_power(step, t)[-1]
value, bound = 4 * law @ (q - 0.5) ** 2, 0.01
print(value, ">", bound)
