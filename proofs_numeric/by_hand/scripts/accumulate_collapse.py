"""Pooling n draws per generation multiplies diversity by 1 - 1/(n k^2) in step k: most is left."""

import numpy as np

n = 3
k = np.arange(1, 4000001.0)
value, bound = np.prod(1 - 1 / (n * k**2)), 0.5
print(value, ">", bound)
