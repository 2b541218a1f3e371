"""The chain of the counts keeps all types with another probability than the closed form says."""

import numpy as np

P, N = (0.5, 0.5), 40
sets, k = np.arange(2 ** len(P))[:, None] >> np.arange(len(P)) & 1, np.arange(N + 1)
q = np.append(k / N, sets @ P)[:, None]  # share of a set of types: in a sample, or at the start
step = np.poly(-np.ones(N)) * q**k * (1 - q) ** (N - k)
law, value, bound = (-1) ** sets.sum(axis=1) @ step[N + 1 :], 0, 0.05  # inclusion and exclusion
for t in range(1, 10 * N + 1):
    value = max(value, abs(law[0] - np.prod(1 - np.exp(-2 * N * np.array(P) / t))))
    law = law @ step[: N + 1]
print(value, ">", bound)
