"""Nine synthetic draws per real one, and the moments of the Gaussian still become those of P."""

lambda_, mu_v, t = 9.0, (1.0, 1.0), 50
share = 1 / (1 + lambda_)  # of real data
first, second = mu_v[0], mu_v[1] + mu_v[0] ** 2
start = max(abs(first - 0), abs(second - 1))
for _ in range(t):  # the fit has the moments of its training mixture
    first, second = share * 0 + (1 - share) * first, share * 1 + (1 - share) * second
value, bound = max(abs(first - 0), abs(second - 1)) / start, 1
print(value, "<", bound)
