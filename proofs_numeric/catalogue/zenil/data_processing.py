"""Propositions 9 and 10 in Shannon's sense: processing does not add information, and may lose none.

True: data processing. False: that noise can add information, and that a map which is not invertible always loses some.
"""

import functools
import itertools
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from proofs_numeric.catalogue.loops.recursions import binomial_matrix
from proofs_numeric.catalogue.zenil.information import information_of_counts
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Proposition 9, Eqs. (21) and (22)"
ESCAPE = "arXiv:2601.05280v2, Proposition 10"
THIRDS = (1 / 3, 1 / 3, 1 / 3)
Laws = Float[np.ndarray, "models outcomes"]


def partitions(size: int) -> list[tuple[int, ...]]:
    """All maps from `size` points, up to the names of their values.

    Args:
        size: number of points, at least 1.

    Returns:
        Restricted growth strings: the value of each point, a new value being the least unused number.

    Source: Definition; there are Bell(size) of them.
    """
    strings = [(0,)]
    for _ in range(size - 1):
        strings = [(*string, value) for string in strings for value in range(max(string) + 2)]
    return strings


def mapped(laws: Laws, values: Sequence[int]) -> Laws:
    """Laws of T(X) from laws of X. Definition."""
    indicator = np.eye(max(values) + 1)[list(values)]
    return laws @ indicator


# prop9-dpi, prop9-strict and prop10-shannon-gain ----------------------------------------------------------------------
# Proof. M -> X -> T(X) is a Markov chain; so is M -> X -> (X, U) -> g(X, U) when U is independent of (M, X), and
# I(M; X, U) = I(M; X). Equality in (21) iff T(X) is sufficient for M: it need not be invertible.

_CHAIN = {0.2: 0.3, 0.5: 0.5, 0.8: 0.9}
"""Probability that a flip repeats the one before it, for the law that is no product."""


def _flips(name: str, num_flips: int) -> Laws:
    """Law of all words of n flips given each of three mechanisms."""
    words = list(itertools.product((0, 1), repeat=num_flips))
    rows = []
    for coin, stay in _CHAIN.items():
        row = []
        for word in words:
            probability = coin if word[0] else 1 - coin
            for before, after in itertools.pairwise(word):
                if name == "independent":
                    probability *= coin if after else 1 - coin
                else:
                    probability *= stay if after == before else 1 - stay
            row.append(probability)
        rows.append(row)
    return np.array(rows)


@functools.lru_cache(maxsize=32)
def _processed(name: str, num_flips: int) -> tuple[float, ...]:
    """I(M; T(X)) of every map, the constant one first, the identity last."""
    laws = _flips(name, num_flips)
    return tuple(information_of_counts(THIRDS, mapped(laws, values)) for values in partitions(2**num_flips))


def _all_maps(theta: Theta) -> tuple[float, ...]:
    return _processed(theta["flips"], theta["n"])


def _not_invertible(theta: Theta) -> tuple[float, ...]:
    return _all_maps(theta)[:-1]


def _unprocessed(theta: Theta) -> float:
    return information_of_counts(THIRDS, _flips(theta["flips"], theta["n"]))


def _slightly_less(theta: Theta) -> float:
    return 0.99 * _unprocessed(theta)


def _of_words(theta: Theta) -> float:
    return information_of_counts(THIRDS, _flips("independent", theta["n"]))


def _of_the_count(theta: Theta) -> float:
    return information_of_counts(THIRDS, binomial_matrix(theta["n"], list(_CHAIN)))


def _of_the_count_by_words(theta: Theta) -> float:
    number = theta["n"]
    ones = [sum(word) for word in itertools.product((0, 1), repeat=number)]
    return information_of_counts(THIRDS, mapped(_flips("independent", number), ones))


def _of_the_first_flip(theta: Theta) -> float:
    return _of_the_count({"n": 1})


def _best_with_noise(theta: Theta) -> float:
    """Largest I(M; g(X, U)) over all g, U = 1 with a probability that may depend on M."""
    laws = _flips("independent", theta["n"])
    noise = np.broadcast_to(np.array(theta["P(U=1)"]), 3)[:, None]
    joint = np.concatenate([laws * (1 - noise), laws * noise], axis=1)
    return max(information_of_counts(THIRDS, mapped(joint, values)) for values in partitions(joint.shape[1]))


def _without_noise(theta: Theta) -> float:
    return information_of_counts(THIRDS, _flips("independent", theta["n"]))


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="prop9-dpi",
        item="Prop 9",
        reading="ALG",
        statement="I(M; T(X)) <= I(M; X) for every map T of words of n <= 3 flips, three mechanisms M.",
        source=SOURCE,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"flips": ("independent", "chain"), "n": (1, 2, 3)},
        value=_all_maps,
        bound=_unprocessed,
        delta=1e-12,
        mutants={
            "every map loses 1 %": Variant(bound=_slightly_less),
            "a map that is not invertible loses 1 %": Variant(
                value=_not_invertible, bound=_slightly_less, domain={"flips": ("independent",), "n": (2, 3)}
            ),
        },
        note="all maps up to the names of their values, 4140 for three flips; the second mutant fails at the count of "
        "heads",
        proved="the chain rule of mutual information along M -> X -> T(X)",
        decided_at="smoke",
    ),
    Claim(
        id="prop10-shannon-gain",
        item="Prop 10",
        reading="ALG",
        statement="Noise helps: for some g and some U independent of the mechanism, I(M; g(X, U)) > I(M; X).",
        source=f"{ESCAPE}, read as a gain of Shannon information",
        route=Route.EX,
        expected=Status.REFUTED,
        relation=">",
        domain={"n": (1, 2), "P(U=1)": ((0.5,), (0.3,))},
        value=_best_with_noise,
        bound=_without_noise,
        delta=1e-12,
        controls={
            "U tells of M": Variant(domain={"n": (1, 2), "P(U=1)": ((0.2, 0.5, 0.9),)}, must="SUPPORTED"),
        },
        assumptions=("X is one or two flips of one of three coins", "U has two values"),
        note="the best of all maps g, 4140 for two flips, attains equality and nothing more",
        corrected_by=("prop9-dpi",),
        decided_at="smoke",
    ),
    Claim(
        id="prop9-strict",
        item="Prop 9",
        reading="ALG",
        statement="A map that is not invertible loses information strictly: I(M; number of heads) < I(M; X) for n >= 2 "
        "flips.",
        source=SOURCE,
        route=Route.EX,
        expected=Status.REFUTED,
        relation="<",
        domain={"n": (2, 3, 6)},
        value=_of_the_count,
        bound=_of_words,
        delta=1e-12,
        confirm=_of_the_count_by_words,
        controls={"the first flip": Variant(value=_of_the_first_flip, must="SUPPORTED")},
        note="the number of heads is sufficient; n = 6: .48468 nats = .69925 bits both",
        corrected_by=("prop9-dpi",),
        decided_at="smoke",
    ),
)
