"""The mixture of m models, one loop with m N draws, still changes its last point mass."""

import numpy as np

N, m, P, alpha_t = 2, 2, (0.5, 0.5), "1/(t+1)"
k, s, choose = np.arange(m * N + 1), np.arange(1, 21), np.poly(-np.ones(m * N))  # of (1 + x)^(m N)
laws, value, bound = np.outer([1, 0, 0], k == 0), 0, 0  # any past, last at 0, last at 1
for t, share in enumerate({"1/(t+1)": 1 / s, "(t+1)^-1/2": s**-0.5}[alpha_t]):
    p = share * P[0] + (1 - share) * k[:, None] / (m * N)
    laws = laws @ (choose * p**k * (1 - p) ** k[::-1])
    value += (t >= 5) * (laws[1, -1] + laws[2, 0])
    laws[1:, [0, -1]] = [[laws[0, 0], 0], [0, laws[0, -1]]]
print(value, "!=", bound)
