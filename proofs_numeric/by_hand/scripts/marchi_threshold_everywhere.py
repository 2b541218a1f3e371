"""Just above tau = 1 - eta a loop that starts from one item keeps it the favourite."""

import numpy as np

K, eta, gamma, above = 10, 0.2, 1.0, 0.01
tau, d = 1 - eta + above, np.eye(K)[0]
for _ in range(round(4000 / gamma)):
    powers = d ** (1 / tau)
    produced = eta / K + (1 - eta) * powers / powers.sum()
    d = (1 - gamma) * d + gamma * produced
value, bound = sum(abs(d - 1 / K)) / 2, 0.01
print(value, ">", bound)
