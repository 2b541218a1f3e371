"""The point of the segment nearest to Q, on a fine grid, is farther from P than Q is."""

import numpy as np

D, P, B, Q = "chi2", (6, 3, 1), (1, 2, 7), (2, 1, 7)


def divergence(p, q):
    js = (p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q))) / 2
    hellinger = (p + q) / 2 - np.sqrt(p * q)
    return {"chi2": p**2 / q - p, "Hellinger": hellinger, "Jensen-Shannon": js}[D].sum(axis=-1)


P, B, Q = np.array([P, B, Q]) / 10
segment = P + np.linspace(0, 1, 1000001)[:, None] * (B - P)
value, bound = divergence(P, segment[divergence(segment, Q).argmin()]), divergence(P, Q)
print(value, ">", bound)
