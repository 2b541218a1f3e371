"""A second method for categorical loops: laws built draw by draw, in rationals. It knows no binomial coefficient."""

from fractions import Fraction as F

import numpy as np


def add_draws(law, probs, num_draws):
    """Law of counts after further draws, added one at a time."""
    for _ in range(num_draws):
        following = {}
        for counts, weight in law.items():
            for kind, prob in enumerate(probs):
                if prob:
                    key = counts[:kind] + (counts[kind] + 1,) + counts[kind + 1 :]
                    following[key] = following.get(key, 0) + weight * prob
        law = following
    return law


def laws(target, sizes, fractions, reals, *, mixing, update, initial=None, num_initial=None, pseudocount=F(0)):
    """List of {Q_t: probability}, t = 0 .. T."""
    kinds = len(target)
    empty = {(0,) * kinds: F(1)}

    def fit(counts):
        total = sum(counts) + kinds * pseudocount
        return tuple((count + pseudocount) / total for count in counts)

    pool = add_draws(empty, target, num_initial) if num_initial else empty
    model = {counts: fit(counts) if num_initial else tuple(initial or target) for counts in pool}
    result = [push(pool, model)]
    for size, fraction, real in zip(sizes, fractions, reals, strict=True):
        following = {}
        for counts, weight in pool.items():
            begin = {counts if update == "accumulate" else (0,) * kinds: weight}
            if mixing == "stratified":
                drawn = add_draws(add_draws(begin, target, real), model[counts], size - real)
            else:
                mixed = [fraction * p + (1 - fraction) * q for p, q in zip(target, model[counts], strict=True)]
                drawn = add_draws(begin, mixed, size)
            for key, value in drawn.items():
                following[key] = following.get(key, 0) + value
        pool = following
        model = {counts: fit(counts) for counts in pool}
        result.append(push(pool, model))
    return result


def push(pool, model):
    law = {}
    for counts, weight in pool.items():
        law[model[counts]] = law.get(model[counts], 0) + weight
    return law


def expectation(law, functional):
    return sum(weight * functional(model) for model, weight in law.items())


def as_array(values):
    return np.array([float(value) for value in values])


TARGET = (F(1, 2), F(3, 10), F(1, 5))
SIZES = (3, 4, 2)
FRACTIONS = (F(1, 10), F(1, 3), F(3, 7))
REALS = (1, 2, 0)
STARTS = {
    "at the target": {},
    "elsewhere": {"initial": (F(1, 6), F(1, 3), F(1, 2))},
    "on a face": {"initial": (F(0), F(1), F(0))},
    "estimated": {"num_initial": 2},
}


def floats(start):
    """Arguments for an oracle from those of `laws`."""
    if "initial" in start:
        return {"initial": as_array(start["initial"])}
    return start
