"""The shortest program names few of eight coins, and tells less than likelihood does."""

import numpy as np

lambda_ = 1
coins, k = np.array([[8, 4, 12, 2, 6, 10, 14, 1]]).T / 16, np.arange(7)
bits = np.array([[3, 5, 5, 7, 7, 7, 7, 9]]).T
flips = np.array([1, 6, 15, 20, 15, 6, 1]) * coins**k * (1 - coins) ** (6 - k)
prior = 2.0**-bits / sum(2.0**-bits)
best = [(flips / 2.0 ** (weight * bits)).argmax(axis=0) for weight in (lambda_, 0)]
tables = [prior * flips @ (named[:, None] == np.unique(named)) for named in best]
value, bound = [(x * np.log(x / prior / x.sum(axis=0))).sum() for x in tables]
print(value, "<", bound)
