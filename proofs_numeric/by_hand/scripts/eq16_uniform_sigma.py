"""The projection leaves a model on the segment where it is, so no sigma < 1 is gained."""

import numpy as np

sigma, P, B, s = 1 / 2, (6, 3, 1), (1, 2, 7), 1 / 2
P, B = np.array(P) / 10, np.array(B) / 10
Q = P + s * (B - P)
segment = P + np.arange(1001)[:, None] / 1000 * (B - P)
nearest = segment[(segment * np.log(segment / Q)).sum(axis=1).argmin()]
value, bound = sum(P * np.log(P / nearest)), sigma * sum(P * np.log(P / Q))
print(value, ">", bound)
