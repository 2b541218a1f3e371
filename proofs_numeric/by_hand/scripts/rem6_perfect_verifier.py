"""A verifier that errs often, but less on correct items, leaves almost none that are wrong."""

TPR_FPR, x, t = (0.55, 0.45), 0.5, 200
TPR, FPR = TPR_FPR
wrong = 1 - x
for _ in range(t):
    wrong = wrong * FPR / (wrong * FPR + (1 - wrong) * TPR)  # among the accepted
value, bound = wrong, 0.01
print(value, "<", bound)
