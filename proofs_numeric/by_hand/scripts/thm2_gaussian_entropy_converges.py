"""Each generation adds E log(chi2_v / d) / 2 < 0 to the entropy of a Gaussian fit, for ever."""

from math import log

import numpy as np

N, fit, t = 10, "mle", 907
v, d = N - 1, {"mle": N, "unbiased": N - 1}[fit]
digamma = -np.euler_gamma - (v % 2) * 2 * log(2)  # at 1/2 for odd v, at 1 for even v
digamma += sum(1 / np.arange(v / 2 - 1, 0, -1))  # climbs to v/2 by digamma(x+1) = digamma(x) + 1/x
value = t * (log(2 / d) + digamma) / 2
bound = -100.0
print(value, "<", bound)
