"""Each round multiplies the model by P^(1/T) again, so that the most probable type takes all."""

import numpy as np

P, Q_0, T, t = (0.4, 0.3, 0.2, 0.1), (0.4, 0.3, 0.2, 0.1), 1.0, 20
Q = np.array(Q_0)
for _ in range(t):
    accepted = Q * np.array(P) ** (1 / T)
    Q = accepted / accepted.sum()
value, bound = sum(abs(Q - P)) / 2, 0.05
print(value, ">", bound)
