"""No map g of the flips X and a coin U tells more about which of three coins was flipped."""

import numpy as np

n, P_U_1 = 1, (0.5,)
coins, u, maps = np.array([[0.2], [0.5], [0.8]]), P_U_1[0], [[0]]
words = np.hstack([coins**k * (1 - coins) ** (n - k) for k in [0, 1, 1, 2][: 2**n]])  # k heads
for _ in range(2 ** (n + 1) - 1):
    maps = [g + [v] for g in maps for v in range(max(g) + 2)]  # up to the names of values
laws = [words] + [np.kron(words, [1 - u, u]) @ np.eye(max(g) + 1)[g] for g in maps]
bound, *gains = [round((x * np.log(x / x.mean(axis=0))).sum() / 3, 12) for x in laws]
value = max(gains)
print(value, "<=", bound)
