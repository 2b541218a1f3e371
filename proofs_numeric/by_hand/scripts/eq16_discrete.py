"""The program nearest to Q lies beyond Q, seen from P."""

from math import log

P, S, Q = 1 / 2, (1 / 2, 1 / 10), 1 / 5


def kl(p, q):
    return p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))


nearest = min(S, key=lambda program: kl(program, Q))
value, bound = kl(P, nearest), kl(P, Q)
print(value, ">", bound)
