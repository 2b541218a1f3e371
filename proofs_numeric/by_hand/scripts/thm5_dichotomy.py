"""Real data alone into the generations 2^k: what is lost falls to 1/N there and climbs back."""

import numpy as np

T, N, alpha_t = 1024, 20, "1 into t=2^k, else 0"
t = np.arange(T)
rows = {"1 into t=2^k, else 0": 1.0 * np.isin(t + 1, 2 ** np.arange(11)), "1/(t+1)": 1 / (t + 1)}
lost = [0.0]
for share in rows[alpha_t]:
    lost.append(1 / N + (1 - 1 / N) * (1 - share) ** 2 * lost[-1])
value, bound = max(lost[T // 2 :]) - min(lost[T // 2 :]), 0.5
print(value, ">", bound)
