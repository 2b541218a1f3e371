"""A power b < 1 that is weak against 1/N leaves hardly any entropy after 10 N generations."""

from math import comb

import numpy as np

N, b = 20, 0.9
q = np.append(np.arange(N + 1) / N, 0.7)  # the models of N draws, and the first one
p = q**b / (q**b + (1 - q) ** b)
step = np.array([comb(N, k) * p**k * (1 - p) ** (N - k) for k in range(N + 1)] + [0 * p]).T
law = np.linalg.matrix_power(step, 10 * N)[-1]
H = -q * np.log(np.maximum(q, 1e-300)) - (1 - q) * np.log(np.maximum(1 - q, 1e-300))
value, bound = law @ H, 0.1
print(value, "<", bound)
