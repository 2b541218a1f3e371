"""Shares of finite sum stop moving E Q_t, which is alpha P + (1 - alpha) E Q_{t-1} at every N."""

alpha_t, Q_0, t = "(t+2)^-2", 0.9, 1000
P, mean = 0.5, Q_0
for s in range(t):
    share = {"(t+2)^-2": (s + 2) ** -2, "2^-(t+1)": 2.0 ** -(s + 1)}[alpha_t]
    mean = share * P + (1 - share) * mean
value, bound = abs(mean - P) / abs(Q_0 - P), 0.01
print(value, ">", bound)
