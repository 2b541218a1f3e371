"""Fits of least norm to clean labels with fewer rows than features lose a part of w* every time."""

import numpy as np

T, n = 3, 1
rng, start = np.random.default_rng(0), np.array([1.0, 0, 0, 0])
w = np.tile(start, (100000, 1))[:, :, None]
for _ in range(n):
    X = rng.standard_normal((100000, T, 4))
    w = X.mT @ np.linalg.solve(X @ X.mT, X @ w)
value, bound = ((w[:, :, 0] - start) ** 2).sum(axis=1).mean(), 0.0
print(value, ">", bound)
