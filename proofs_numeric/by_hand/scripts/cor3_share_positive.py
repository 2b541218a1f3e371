"""After 399 closed generations the model is one draw of P; one fed generation tells more."""

from math import comb

import numpy as np

N, prior, a = 2, ((0.1, 0.5, 0.6), (0.2, 0.3, 0.5)), 0.2
coins, weights = np.array(prior)


def flips(p):
    return np.array([comb(N, k) * p**k * (1 - p) ** (N - k) for k in range(N + 1)])


old = np.array([1 - coins, coins])  # a column for each coin; all models are point masses by now
new = old[0] * flips(a * coins) + old[1] * flips(a * coins + 1 - a)
value, bound = [sum((x * np.log(x / (x @ weights)[:, None])) @ weights) for x in (new, old)]
print(value, ">", bound)
