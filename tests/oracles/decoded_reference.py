"""Second methods for decoders, in rationals: sets by trying all of them, laws draw by draw."""

from fractions import Fraction as F
from itertools import combinations

from tests.oracles.reference import add_draws


def given(probs, kept):
    """Law given that the type is in a set."""
    total = sum(probs[i] for i in kept)
    return tuple(p / total if i in kept else F(0) for i, p in enumerate(probs))


def top_k(probs, num_kept):
    """Of all sets of k types the most probable; the first in lexicographic order where several are."""
    sets = combinations(range(len(probs)), min(num_kept, len(probs)))
    return given(probs, max(sets, key=lambda kept: sum(probs[i] for i in kept)))


def nucleus(probs, mass):
    """Of the smallest sets that hold the mass the most probable."""
    for size in range(1, len(probs) + 1):
        sets = [kept for kept in combinations(range(len(probs)), size) if sum(probs[i] for i in kept) >= mass]
        if sets:
            return given(probs, max(sets, key=lambda kept: sum(probs[i] for i in kept)))
    raise AssertionError("no set holds the mass")


def mixed(target, share, probs):
    return tuple(share * p + (1 - share) * q for p, q in zip(target, probs, strict=True))


def population(target, shares, decode, initial):
    """Q_0 .. Q_T of an infinite sample."""
    states = [tuple(initial)]
    for share in shares:
        states.append(mixed(target, share, decode(states[-1])))
    return states


def decoded_laws(target, sizes, shares, decode, *, reals=None, initial=None):
    """List of {Q_t: probability}: `reals` fixes the number of real draws, else each is real with probability alpha."""
    law = {tuple(initial or target): F(1)}
    result = [law]
    for generation, size in enumerate(sizes):
        following = {}
        for model, chance in law.items():
            empty = {(0,) * len(target): chance}
            if reals is None:
                drawn = add_draws(empty, mixed(target, shares[generation], decode(model)), size)
            else:
                real = reals[generation]
                drawn = add_draws(add_draws(empty, target, real), decode(model), size - real)
            for counts, weight in drawn.items():
                key = tuple(F(count, size) for count in counts)
                following[key] = following.get(key, 0) + weight
        law = following
        result.append(law)
    return result
