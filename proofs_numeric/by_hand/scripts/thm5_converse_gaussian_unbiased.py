"""E mu^2 of a Gaussian fit grows geometrically although the share is constant."""

N, alpha = 2, 0.1
mean_square, variance, growth = 0.0, 1.0, []  # E mu^2 and E sigma^2; P = N(0, 1)
for _ in range(3000):
    square = alpha + (1 - alpha) * (mean_square + variance)  # E x^2 of a draw
    product = (1 - alpha) ** 2 * mean_square  # E x y of two draws
    growth.append((square + (N - 1) * product) / N - mean_square)
    mean_square, variance = mean_square + growth[-1], square - product
value, bound = growth[-1] / growth[-2], 1
print(value, ">=", bound)
