"""The number of heads tells as much about which coin was flipped as the whole word."""

from itertools import product
from math import comb

import numpy as np

n = 2
coins = np.array([[0.2], [0.5], [0.8]])
ones = [sum(word) for word in product((0, 1), repeat=n)]
words = np.hstack([coins**k * (1 - coins) ** (n - k) for k in ones])
heads = np.hstack([comb(n, k) * coins**k * (1 - coins) ** (n - k) for k in range(n + 1)])
value, bound = [round((x * np.log(x / x.mean(axis=0))).sum() / 3, 12) for x in (heads, words)]
print(value, ">=", bound)
