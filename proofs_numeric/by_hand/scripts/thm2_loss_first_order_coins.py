"""One generation of N draws takes more entropy from the coin q than 1/(2N)."""

from math import comb, log

N, q = 2, 1 / 2


def entropy(p):
    return -sum(x * log(x) for x in (p, 1 - p) if x > 0)


law = [comb(N, k) * q**k * (1 - q) ** (N - k) for k in range(N + 1)]
value = entropy(q) - sum(chance * entropy(k / N) for k, chance in enumerate(law))
bound = 1 / (2 * N)
print(value, ">", bound)
