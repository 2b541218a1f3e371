"""On a fine grid of q the divergence D from (.5, .2, .3) is least away from q = .6."""

import numpy as np

D = "Hellinger"
q = np.arange(1, 100000) / 100000
p, fits = np.array([[0.5], [0.2], [0.3]]), np.array([q**2, 2 * q * (1 - q), (1 - q) ** 2])
hellinger, reverse_kl = (np.sqrt(p) - np.sqrt(fits)) ** 2, fits * np.log(fits / p)
tv, l2 = abs(p - fits), (p - fits) ** 2
terms = {"Hellinger": hellinger, "reverse KL": reverse_kl, "TV": tv, "L2": l2}[D]
value, bound = q[terms.sum(axis=0).argmin()], 0.6
print(value, "!=", bound)
