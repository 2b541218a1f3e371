"""A type with Np expected draws survives one sample mostly, but not generation after generation."""

from math import comb, exp

import numpy as np

N, Np, t = 10, 1, 2
q = np.append(np.arange(N + 1) / N, Np / N)  # its share in a sample, and at the start
step = np.array([comb(N, k) * q**k * (1 - q) ** (N - k) for k in range(N + 1)] + [0 * q]).T
value, bound = np.linalg.matrix_power(step, t)[-1, 0], exp(-Np)
print(value, ">", bound)
