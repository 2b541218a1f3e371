"""From n of N the next count may come closer to N/2, where the entropy is larger."""

from math import comb

N, n = 4, 1
q = n / N
closer = [k for k in range(N + 1) if abs(k - N / 2) < abs(n - N / 2)]
value = sum(comb(N, k) * q**k * (1 - q) ** (N - k) for k in closer)
bound = 0
print(value, "!=", bound)
