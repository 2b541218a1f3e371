"""Each generation adds h^2 to the second moment and takes a share alpha_t of it: slow growth."""

import numpy as np

T, alpha_t, h = 100000, "(t+1)^-1/2", 0.3
t = np.arange(T)
rows = {"(t+1)^-1/2": (t + 1) ** -0.5, "1/log(t+3)": 1 / np.log(t + 3)}
S = 1.0
for share in rows[alpha_t].tolist():
    S = share * 1.0 + (1 - share) * S + h**2  # P has variance 1
value, bound = S / T, 0.01
print(value, "<", bound)
