"""One real draw per generation, but sum 1/N_t is finite: diversity freezes too early."""

T, schedule = 1000000, ("(t+10)^-2", "(t+10)^2")
share, size = {
    ("1/(t+2)", "t+5"): (lambda t: 1 / (t + 2), lambda t: t + 5),
    ("(t+10)^-2", "(t+10)^2"): (lambda t: (t + 10) ** -2, lambda t: (t + 10) ** 2),
}[schedule]
lost, rho = 0.0, 2 * size(T) * share(T)  # twice the real draws of a generation
for t in range(T):
    lost = 1 / size(t) + (1 - 1 / size(t)) * (1 - share(t)) ** 2 * lost
value, bound = 1 - lost, rho / (1 + rho)
print(value, "!=", bound)
