"""N draws per generation lose the first type sooner than the diffusion does."""

import numpy as np

P, N = (0.5, 0.5), 10
sets, k, mean = np.arange(2 ** len(P))[:, None] >> np.arange(len(P)) & 1, np.arange(N + 1), 1
masses, signs = sets @ P, (-1) ** sets.sum(axis=1)  # for inclusion and exclusion
q, law = np.append(k / N, masses)[:, None], np.append(0 * k, signs)  # samples, then starts
step = np.pad(np.poly(-np.ones(N)) * q**k * (1 - q) ** (N - k), ((0, 0), (0, len(signs))))
for _ in range(20 * N + 1):
    law, mean = law @ step, mean + law[0]  # a set's count is 0: all its types are lost
value, bound = mean / (2 * N * sum(signs[1:] * masses[1:] * np.log(masses[1:]))), 1
print(value, "!=", bound)
