"""Real draws far from a wandering mean inflate the fitted variance: E mu^2 outgrows t."""

t, N, alpha_t = 1000, 10, "1/(t+1)"
mean_square, variance = 0.0, 1.0  # E mu^2 and E sigma^2; P = N(0, 1)
for s in range(t):
    share = {"1/(t+1)": 1 / (s + 1)}[alpha_t]
    square = share + (1 - share) * (mean_square + variance)  # E x^2 of a draw
    product = (1 - share) ** 2 * mean_square  # E x y of two draws
    mean_square, variance = (square + (N - 1) * product) / N, square - product
value, bound = mean_square, t
print(value, ">", bound)
