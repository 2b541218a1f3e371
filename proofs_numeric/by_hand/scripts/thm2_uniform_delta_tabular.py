"""The coin 10^-18 loses less than the smallest of the constants, let alone the others."""

from math import comb, log, log1p

N = 10
q, smallest = 1e-18, 2**-30 / (100 * N)


def entropy(p):
    return -p * log(p) - (1 - p) * log1p(-p)


kept = sum(comb(N, k) * q**k * (1 - q) ** (N - k) * entropy(k / N) for k in range(1, N))
value, bound = (entropy(q) - kept) / smallest, 1
print(value, "<", bound)
