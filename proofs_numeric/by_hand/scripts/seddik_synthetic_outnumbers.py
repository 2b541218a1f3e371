"""Two draws that meet in the kept real sample stay apart, however many items are synthetic."""

r, s, m = 2, 400, 1000
value, bound = 0.0, 0.5  # two draws of the model go back to one draw of the real sample
for _ in range(m):
    both_synthetic = (s / (r + s)) ** 2
    value = both_synthetic * (1 / s + (1 - 1 / s) * value)
print(value, "<", bound)
