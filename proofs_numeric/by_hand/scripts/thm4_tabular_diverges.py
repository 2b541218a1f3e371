"""The squared error over Var_P is the probability that two draws copy one real draw."""

T, N, alpha_t = 80, 2, "1/(t+1)"
value, copies = 0, 0
for t in range(T):
    share = {"0": 0, "1/(t+1)": 1 / (t + 1), "(t+1)^-1/2": (t + 1) ** -0.5}[alpha_t]
    copies = 1 / N + (1 - 1 / N) * (1 - share) ** 2 * copies  # one draw twice, or both synthetic
    value = max(value, copies)
bound = 1
print(value, "<=", bound)
