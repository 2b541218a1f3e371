"""A generator that errs often leaves mostly wrong labels, though correct ones pass more easily."""

phi_psi, p = (3 / 5, 1 / 2), 7 / 10
correct, wrong = (1 - p) * phi_psi[0], p * phi_psi[1]
value, bound = round(correct / (correct + wrong), 12), 1 / 2
print(value, "<=", bound)
