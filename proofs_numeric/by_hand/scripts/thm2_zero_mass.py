"""A type of probability below 1/N is missed by N draws often, but not always."""

N, Np = 2, 1 / 2
value, bound = 1, 1
for _ in range(N):
    value *= 1 - Np / N  # one more draw that misses it
print(value, "!=", bound)
