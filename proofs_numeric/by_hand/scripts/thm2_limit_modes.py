"""The count of the most frequent type is at 0 after 40 N generations with positive probability."""

from math import comb

import numpy as np

N, Q0 = 2, (0.9, 0.1)
q = np.append(np.arange(N + 1) / N, max(Q0))  # its share in a sample, and at the start
step = np.array([comb(N, k) * q**k * (1 - q) ** (N - k) for k in range(N + 1)] + [0 * q]).T
law = np.linalg.matrix_power(step, 40 * N)[-1]
value, bound = law[0], 0
print(value, "!=", bound)
