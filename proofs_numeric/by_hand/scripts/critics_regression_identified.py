"""Every fit to sampled labels adds the risk of one fit, on one design as on fresh ones."""

import numpy as np

n, T = 2, 12
d = 3
x = np.arange(0.005, 300, 0.01)  # the law of chi^2 with T - d + 1 degrees of freedom
density = x ** ((T - d + 1) / 2 - 1) * np.exp(-x / 2)
one_fit = d * sum(density / x) / sum(density)  # E tr (X^T X)^-1, of diagonal 1/chi^2
risk = sum(one_fit for _ in range(n))
value, bound = risk / n, one_fit / n
print(value, "!=", bound)
