"""Two verifiers of one accuracy (TPR + 1 - FPR)/2 need different numbers of rounds."""

TPR_FPR, x, epsilon = (1, 9 / 10), 1 / 2, 1 / 1000000
accuracy = (TPR_FPR[0] + 1 - TPR_FPR[1]) / 2
rounds = []
for TPR, FPR in (TPR_FPR, (accuracy, 1 - accuracy)):
    wrong = [1 - x]
    while wrong[-1] > epsilon:
        wrong.append(wrong[-1] * FPR / (wrong[-1] * FPR + (1 - wrong[-1]) * TPR))
    rounds.append(len(wrong) - 1)
value, bound = rounds
print(value, "!=", bound)
