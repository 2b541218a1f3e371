"""From 3/8, which costs more bits than its rivals, the loop of shortest programs moves away."""

import numpy as np

N, lambda_, truth, t = 100, 1, 3 / 8, 50
p, chance = np.arange(17)[:, None] / 16, np.ones((17, 1))  # of k heads, given each coin
bits = np.array([[1, 9, 7, 9, 5, 9, 7, 9, 3, 9, 7, 9, 5, 9, 7, 9, 1]]).T  # K; ties to the smaller
for _ in range(N):
    chance = np.pad(chance * (1 - p), ((0, 0), (0, 1))) + np.pad(chance * p, ((0, 0), (1, 0)))
length = (lambda_ + 1e-6) * bits + 1e-6 * abs(p - 0.5) - np.log2(np.maximum(chance, 1e-300))
law = np.linalg.matrix_power(chance @ np.eye(17)[length.argmin(axis=0)], t)[int(16 * truth)]
value, bound = law[int(16 * truth)], 0.9
print(value, "<", bound)
