"""Where sum 1/N_t is finite, prod (1 - 1/N_t) of the diversity survives for ever."""

import numpy as np

T, N_t = 2000000, "20(t+1)^1.5"
n = np.arange(T) + 1.0
sizes = {"t+2": n + 1, "(t+2)^2": (n + 1) ** 2, "20(t+1)^1.5": np.ceil(20 * n**1.5)}[N_t]
later = {"t+2": 1, "(t+2)^2": 1 / (T + 1), "20(t+1)^1.5": 1 / (10 * T**0.5)}[N_t]
value = np.prod(1 - 1 / sizes) * (1 - later)  # `later` is at least the sum of 1/N_t from T on
bound = 0.5
print(value, ">", bound)
