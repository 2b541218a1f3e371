"""With an infinite sample and no real data the next model is the last one."""

from math import log

Q = (0.5, 0.5)
share = 0
after = [share / len(Q) + (1 - share) * q for q in Q]  # the mixture itself, P being uniform
value = -sum(q * log(q) for q in after)
bound = -sum(q * log(q) for q in Q)
print(value, ">=", bound)
