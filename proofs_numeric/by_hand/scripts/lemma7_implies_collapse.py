"""With alpha_t = 1/(t+2) the products alpha_t TV(P, Q_t) vanish, and so does TV."""

import numpy as np

p, T = 1.0, 100
P, Q = np.array([0.5, 0.5]), np.array([1.0, 0.0])
start = abs(Q - P).sum()
for t in range(T):
    alpha = (t + 2) ** -p
    Q = alpha * P + (1 - alpha) * Q
value, bound = abs(Q - P).sum() / start, 0.01
print(value, "<", bound)
