"""With a fitted variance another weight than that of a known variance has the least error."""

import numpy as np

n, m = 2, 2
k = n / m
known = (np.sqrt(k**2 + 4 * k) - k) / 2  # the golden ratio at k = 1
w = np.append(np.arange(1, 10001) / 10000, known)
error = 0 * w
for _ in range(2000):  # w is the weight of n real draws, 1 - w that of m synthetic ones
    error = w**2 / n + (1 - w) ** 2 * (error + (1 - error) / m)
value, bound = n * error[-1], n * error.min()
print(value, ">", bound)
