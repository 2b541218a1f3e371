"""The shares of N draws scatter around the mixture, which takes them farther from Q."""

from math import comb

N, a, P, Q = 10, 1 / 10, 1 / 2, 1 / 2
p = a * P + (1 - a) * Q
law = [comb(N, k) * p**k * (1 - p) ** (N - k) for k in range(N + 1)]
value = sum(chance * abs(k / N - Q) for k, chance in enumerate(law))
bound = a * abs(P - Q)
print(value, ">", bound)
