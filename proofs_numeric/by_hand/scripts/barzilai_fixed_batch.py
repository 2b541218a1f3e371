"""The first batch alone errs by 1/n, and no later one can repair that, however many there are."""

n, T = 10, 100000
value, bound = 0.0, 0.01  # two draws of the pool are copies of one real draw
for s in range(1, T + 1):
    newest = 1 / s**2  # both of the last batch; else the pool before it is asked
    value = newest * (1 / n + (1 - 1 / n) * value) + (1 - newest) * value
print(value, ">", bound)
