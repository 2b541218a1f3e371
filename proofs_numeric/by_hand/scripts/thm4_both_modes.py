"""Half of the statement fails: the mean stays near P (bounded by 1), or the spread is kept."""

N, T, loop = 10, 400, "tabular"
weight = {"tabular": 1, "add .1": N / (N + 0.2)}.get(loop, 1)  # of the counts in the model
wander = 0  # E (mu_t - mu_P)^2 of two equal types, in units of Var_P
for _ in range(T):
    wander = weight**2 * (wander + (1 - wander) / N)
kept = {"fixed variance": 1.0, "kernel density, h = .3": 0.3}  # deviation, or that of a kernel
value, bound = (kept[loop], 0.01) if loop in kept else (5, wander)
print(value, ">", bound)
