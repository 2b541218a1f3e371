"""Among correct items alone the counts drift to one of them, although the verifier is perfect."""

from math import comb

import numpy as np

N, t_N = 5, 4
q = np.append(np.arange(N + 1) / N, 0.6)  # share of the first correct item, and at the start
step = np.array([comb(N, k) * q**k * (1 - q) ** (N - k) for k in range(N + 1)] + [0 * q]).T
law = np.linalg.matrix_power(step, t_N * N)[-1]
value, bound = law @ (2 * q * (1 - q)), 0.24
print(value, "<", bound)
