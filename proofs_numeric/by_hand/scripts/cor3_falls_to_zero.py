"""The loop ends at one draw of P, and that still tells which of three coins P may be."""

from math import comb

import numpy as np

N, prior, T = 2, ((0.1, 0.5, 0.6), (0.2, 0.3, 0.5)), 400
coins, weights = np.array(prior)
q = np.append(np.arange(N + 1) / N, coins)  # the models of N draws, and the three starts
step = np.array([comb(N, k) * q**k * (1 - q) ** (N - k) for k in range(N + 1)]).T
laws = step[-3:] @ np.linalg.matrix_power(step[:-3], T - 1)  # a row for each coin
value = weights @ (laws * np.log(laws / (weights @ laws))).sum(axis=1)
bound = 0.01
print(value, ">", bound)
