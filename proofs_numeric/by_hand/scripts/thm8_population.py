"""Three models that train on their mixture reach P together, although alpha_t vanishes."""

import numpy as np

alpha_t, w, T = "1/(t+2)", (0.5, 0.5, 0.0), 100
P, members = np.array([0.2, 0.3, 0.5]), np.array([[1, 0, 0], [0, 1, 0], [0.2, 0.3, 0.5]])
start = abs(w @ members - P).sum()
for t in range(T):
    share = {"1/(t+2)": 1 / (t + 2)}[alpha_t]
    members = np.array([share * P + (1 - share) * (w @ members)] * 3)
value, bound = abs(w @ members - P).sum() / start, 0.01
print(value, "<", bound)
