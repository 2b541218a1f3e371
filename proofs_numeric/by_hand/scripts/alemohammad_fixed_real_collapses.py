"""Beside r fixed real draws two draws of the model stay different with positive probability."""

r, s = 10, 10
value, bound = 1 / r, 0.99  # that two draws are copies of one real draw, in Q_0
for _ in range(2000):
    same_item = r + s  # of the (r + s)^2 pairs of items in the pool
    one_real = 2 * r * s * (1 / r)  # the synthetic one descends from any of the r alike
    both_synthetic = s * (s - 1) * value
    value = (same_item + one_real + both_synthetic) / (r + s) ** 2
print(value, "<", bound)
