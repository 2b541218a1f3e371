"""Two draws of the model stay copies of one real draw with positive probability."""

r, s = 20, 20
value, bound = 1 / r, 0  # that probability is Var Q_t / (P (1 - P)); Q_0 is the real sample
for _ in range(1000):
    same_item = r + s  # of the (r + s)^2 pairs of items in the pool
    one_real = 2 * r * s * (1 / r)  # the synthetic one descends from any of the r alike
    both_synthetic = s * (s - 1) * value
    value = (same_item + one_real + both_synthetic) / (r + s) ** 2
print(value, ">", bound)
