"""One real draw per generation leaves a third of the diversity between the models, for ever."""

alpha_N, T = ("1/(t+1)", "t+1"), 400000
a, b = {("1/(t+1)", "t+1"): (1, 1), ("1/(t+2)", "t+5"): (2, 5)}[alpha_N]
value, bound = 0.0, 0.01
for t in range(T):
    share, size = 1 / (t + a), t + b
    value = 1 / size + (1 - 1 / size) * (1 - share) ** 2 * value
print(value, ">", bound)
