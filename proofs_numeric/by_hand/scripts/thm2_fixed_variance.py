"""The entropy of N(mu, s2), here by summation, does not depend on the mean that is fitted."""

import numpy as np

s2 = 1.0
x = np.arange(-60, 60, 0.001)


def entropy(mean):
    density = np.exp(-((x - mean) ** 2) / (2 * s2)) / np.sqrt(2 * np.pi * s2)
    return round(-sum(density * np.log(density + 1e-300)) * 0.001, 9)


value, bound = entropy(mean=1.3), entropy(mean=0.0)
print(value, ">=", bound)
