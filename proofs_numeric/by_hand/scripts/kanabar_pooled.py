"""Old errors weigh on the pool: two of its draws are copies of one real draw for long."""

n, alpha, T = 10, 0.1, 100000
value, bound = 1 / n, 10 / (n * (1 + T * alpha**2))
for s in range(1, T + 1):
    both_new = 1 / n + (1 - 1 / n) * (1 - alpha) ** 2 * value  # one draw, or two synthetic ones
    one_new = (1 - alpha) * value
    value = (both_new + 2 * s * one_new + s**2 * value) / (s + 1) ** 2
print(value, ">", bound)
