"""Two draws of n pooled items are copies of one real draw more often than two of the pool."""

from math import prod

n, t = 10, 2
same = 0.0  # two items of the pool are copies of one real draw
for s in range(1, t):
    two_draws = 1 / n + (1 - 1 / n) * same  # both new: draws of the subset
    one_new = 1 / (n * s) + (1 - 1 / (n * s)) * same  # the new one copies any of the n s items
    pairs = n * s * (n * s - 1) * same + 2 * n * s * n * one_new + n * (n - 1) * two_draws
    same = pairs / (n * (s + 1) * (n * (s + 1) - 1))
value, bound = 1 / n + (1 - 1 / n) * same, 1 - prod(1 - 1 / (n * s**2) for s in range(1, t + 1))
print(value, "!=", bound)
