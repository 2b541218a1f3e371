"""A pseudocount a gives a nearly lost type mass again, and raises the mean entropy."""

from math import comb, log

N, a, q = 10, 0.1, 0.01


def entropy(p):
    return -sum(x * log(x) for x in (p, 1 - p) if x > 0)


law = [comb(N, k) * q**k * (1 - q) ** (N - k) for k in range(N + 1)]
value = sum(chance * entropy((k + a) / (N + 2 * a)) for k, chance in enumerate(law))
bound = entropy(q)
print(value, ">", bound)
