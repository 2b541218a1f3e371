"""N draws can lose all correct items, although the verifier favours them."""

import numpy as np

N, x, TPR_FPR = 10, 0.2, (0.55, 0.45)
TPR, FPR = TPR_FPR
k, choose = np.arange(N + 1), np.poly(-np.ones(N))  # coefficients of (1 + x)^N
q = np.append(np.arange(1, N) / N, x)[:, None]  # the mixed models of N draws, and the first one
p = q * TPR / (q * TPR + (1 - q) * FPR)
step = choose * p**k * (1 - p) ** (N - k)
inside = np.append(step[:, 1:N], np.zeros((N, 1)), axis=1)  # nothing returns to the first
value, bound = np.linalg.solve(np.eye(N) - inside, step[:, N])[-1], 1
print(value, "!=", bound)
