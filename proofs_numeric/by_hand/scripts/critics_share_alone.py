"""The same 1 % of real data keeps nearly all diversity of large samples, two thirds at N = 100."""

N, alpha = 1000, 1 / 100


def kept(size):
    copies = 0.0
    for _ in range(30 * size):  # two draws are copies: one draw twice, or both synthetic copies
        copies = 1 / size + (1 - 1 / size) * (1 - alpha) ** 2 * copies
    return 1 - copies


value, bound = kept(N), kept(100)
print(value, "!=", bound)
