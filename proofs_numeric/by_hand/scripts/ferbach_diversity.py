"""Keeping one of K draws with odds e^r, again and again, leaves the item that most prefer."""

from itertools import product

import numpy as np

p_0, r, K, t = (0.5, 0.3, 0.2), (0.0, 1.0, 2.0), 2, 200
p, drawn = np.array(p_0), np.array(list(product(range(len(p_0)), repeat=K)))
odds = np.exp(r)[drawn]  # of keeping each of the K draws
for _ in range(t):
    chances = p[drawn].prod(axis=1)[:, None] * odds / odds.sum(axis=1)[:, None]
    p = np.bincount(drawn.ravel(), (chances / chances.sum()).ravel())
value, bound = (1 - sum(p**2)) / (1 - sum(np.array(p_0) ** 2)), 0.5
print(value, "<", bound)
