"""All types live on to 7 N much less often than the closed form says."""

import numpy as np

P, N = (0.5, 0.5), 10
sets, k = np.arange(2 ** len(P))[:, None] >> np.arange(len(P)) & 1, np.arange(N + 1)
q = np.append(k / N, sets @ P)[:, None]  # share of a set of types: in a sample, or at the start
step = np.poly(-np.ones(N)) * q**k * (1 - q) ** (N - k)
law = (-1) ** sets.sum(axis=1) @ step[N + 1 :]  # inclusion and exclusion
present = (law @ np.linalg.matrix_power(step[: N + 1], 7 * N - 1))[0]
value, bound = present / np.prod(1 - np.exp(-2 * N * np.array(P) / (7 * N))), 0.5
print(value, "<", bound)
