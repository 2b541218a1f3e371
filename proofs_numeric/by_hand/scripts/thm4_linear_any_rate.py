"""Real data that fade slowly hold the variance far below linear growth."""

import numpy as np

T, alpha_t = 1000000, "(t+1)^-1/2"
t = np.arange(T)
rows = {"1/(t+1)": 1 / (t + 1), "(t+1)^-1/2": (t + 1) ** -0.5, "1/log(t+3)": 1 / np.log(t + 3)}
V = 0.0
for share in rows[alpha_t].tolist():
    V = (1 - share) ** 2 * V + 1
value, bound = V / T, 0.01
print(value, "<", bound)
