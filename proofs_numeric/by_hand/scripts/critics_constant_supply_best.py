"""Real samples in bursts keep more diversity on the time average than as many that come evenly."""

N, r, beta = 20, 1, 1 / 2
period = round(beta * N / r)
bursts = ([0] * (period - 1) + [beta]) * (10 * N // period + 1)


def kept(shares):
    copies = [0.0]
    for share in shares:
        copies.append(1 / N + (1 - 1 / N) * (1 - share) ** 2 * copies[-1])
    return 1 - sum(copies[-period:]) / period


value, bound = kept(bursts), kept([r / N] * len(bursts))
print(value, ">", bound)
