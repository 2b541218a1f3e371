"""Two coupled models both end at the point mass of their mixture: soon they hardly differ."""

import numpy as np

N, P, T = 2, (0.5, 0.5), 400
R = np.append(np.arange(2 * N + 1) / (2 * N), P[0])[:, None]  # the mixtures, and the first one
k, choose = np.arange(N + 1), np.poly(-np.ones(N))  # coefficients of (1 + x)^N
member = choose * R**k * (1 - R) ** (N - k)  # law of the count of one model
step = np.array([np.append(np.convolve(row, row), 0) for row in member])  # of both together
different = 1 - (member**2).sum(axis=1)
value, bound = np.linalg.matrix_power(step, T - 1)[-1] @ different, 0
print(value, "<=", bound + 1e-9)
