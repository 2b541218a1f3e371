"""sigma goes to 0, E mu^2 to 1: E W2^2 = E mu^2 + E sigma^2 + 1 - 2 E sigma stays below 2."""

import numpy as np

N = 10
z = np.arange(0.0005, 40, 0.001)
density = z ** (N - 2) * np.exp(-(z**2) / 2)  # of chi with N - 1 degrees of freedom
factor = sum(z * density) / sum(density) / np.sqrt(N)  # E sigma' / sigma
mean_square, variance = 0.0, 1.0
for _ in range(10 * N):
    mean_square, variance = mean_square + variance / N, variance * (1 - 1 / N)
value, bound = mean_square + variance + 1 - 2 * factor ** (10 * N), 2
print(value, "<=", bound)
