"""The bias of a fixed share of wrong rows does not shrink with N, and outgrows the rate 1/N."""

N, per_mille, d = 1000000, 1, 10


def risk(size):
    wrong = size // 1000 * per_mille
    # E |H^-1 x x^T delta|^2 of one row, H = X^T X; the sum over all rows is delta.
    one = (d + 2) * (size - 2) / (size * (size + 2) * (size - d - 1))
    two = (1 - size * one) / (size * (size - 1))  # mean product of two rows
    return wrong * one + wrong * (wrong - 1) * two + d / (size - d - 1)


value, bound = risk(N), risk(1000) * 1000 / N
print(value, ">", bound)
