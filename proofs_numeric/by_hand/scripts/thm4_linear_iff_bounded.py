"""Real data at the times 2^k alone leave linear growth, though t alpha_t is unbounded."""

import numpy as np

T, alpha_t = 1000000, "1/(k+1) at t=2^k, else 0"
sparse, k = np.zeros(T), np.arange(20)  # 2^19 < T < 2^20
sparse[2**k] = 1 / (k + 1)
rows = {"(t+1)^-1/2": np.arange(1, T + 1) ** -0.5, "1/(k+1) at t=2^k, else 0": sparse}
V = 0.0
for share in rows[alpha_t].tolist():
    V = (1 - share) ** 2 * V + 1
value, bound = V / T, 0.5
print(value, ">", bound)
