"""With Q_0 as reference every round has the same optimum, which keeps its entropy."""

import numpy as np

Q_0, gap_beta = (0.1, 0.2, 0.3, 0.4), 0.5
rewards = np.array([3, 2, 1, 0])
weights = np.array(Q_0) * np.exp(gap_beta * rewards)  # maximises E r - beta KL(. || Q_0), at any t
Q = weights / weights.sum()
value, bound = -sum(Q * np.log(Q)), 0.01
print(value, ">", bound)
