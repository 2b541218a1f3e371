"""A verifier that errs in one of ten cases brings the wrong share down within a few rounds."""

TPR_FPR, x, epsilon = (9 / 10, 1 / 10), 1 / 2, 1 / 1000000
TPR, FPR = TPR_FPR
wrong, value, bound = 1 - x, 0, 20
while wrong > epsilon:
    wrong = wrong * FPR / (wrong * FPR + (1 - wrong) * TPR)  # among the accepted
    value += 1
print(value, "<=", bound)
