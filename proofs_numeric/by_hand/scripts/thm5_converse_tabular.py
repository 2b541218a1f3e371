"""With less than about one real draw per generation most of the diversity is lost for ever."""

N, alpha = 2, 1 / 2
value, bound = 0, 1 / 2
for _ in range(100000):
    # Two draws are copies of one real draw: one draw twice, or both synthetic and copies before.
    value = 1 / N + (1 - 1 / N) * (1 - alpha) ** 2 * value
print(value, ">", bound)
