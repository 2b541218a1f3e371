"""The real share vanishes, the number of real draws grows: almost no diversity is lost."""

import numpy as np

T, schedule = 1000000, ("(t+1)^-1/2", "t+5")
t = np.arange(T)
rows = {"(t+1)^-1/2": (t + 1) ** -0.5, "1/(t+1)": 1 / (t + 1), "t+5": t + 5, "50": 0 * t + 50}
lost = 0.0
for share, size in zip(rows[schedule[0]].tolist(), rows[schedule[1]].tolist(), strict=True):
    lost = 1 / size + (1 - 1 / size) * (1 - share) ** 2 * lost
value, bound = lost, 0.5
print(value, "<", bound)
