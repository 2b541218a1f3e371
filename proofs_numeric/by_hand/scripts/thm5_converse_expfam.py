"""The mean square of the fitted mean grows although the share stays positive."""

v2, N, alpha = 1, 5, 1 / 20
squares = [1.0]  # E m_t^2, where P has mean 1 and variance v2
for _ in range(3):
    square = (1 + v2) * (alpha + (1 - alpha) * squares[-1])  # E x^2 of a draw
    product = alpha**2 + 2 * alpha * (1 - alpha) + (1 - alpha) ** 2 * squares[-1]  # E x y of two
    squares.append((square + (N - 1) * product) / N)
value = (squares[3] - squares[2]) / (squares[2] - squares[1])
bound = 1
print(value, ">", bound)
