"""N draws that are all alike miss an atom of P, and then KL(P || Q_1) is infinite."""

N, p = 10, 1 / 2
all_first, all_second = 1, 1
for _ in range(N):
    all_first, all_second = all_first * p, all_second * (1 - p)
value, bound = all_first + all_second, 0
print(value, "!=", bound)
