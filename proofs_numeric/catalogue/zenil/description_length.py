"""Proposition 10 in one step: which of eight coins was flipped six times.

True: the decoder that knows the law of the coins is right most often; with the law 2^-K it is the minimum description
length. False: that it also tells more about the coin than maximum likelihood does.
"""

import functools
import math
from collections.abc import Sequence
from fractions import Fraction

from proofs_numeric.catalogue.loops.recursions import binomial_matrix
from proofs_numeric.catalogue.zenil.data_processing import mapped
from proofs_numeric.catalogue.zenil.information import information_of_counts
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Proposition 10"


# prop10-mdl-information and prop10-mdl-accuracy -----------------------------------------------------------------------
# Proof of the second. P(decoder right) = sum_x w(d(x)) P(x | d(x)) <= sum_x max_m w(m) P(x | m), attained by the
# decoder that knows w.

COINS = tuple(Fraction(n, 16) for n in (8, 4, 12, 2, 6, 10, 14, 1))
"""Dyadic coins, simplest first."""
BITS = (3, 5, 5, 7, 7, 7, 7, 9)
"""K(p) = 2j + 1 for p = k/2^j in lowest terms."""
_NUM_FLIPS = 6
_WORDS = (1, 6, 15, 20, 15, 6, 1)
"""Words of six flips with 0 .. 6 heads."""
Prior = tuple[Fraction, ...]


def _normalised(weights: Sequence[Fraction]) -> Prior:
    return tuple(weight / sum(weights) for weight in weights)


PRIORS: dict[str, Prior] = {
    "2^-K": _normalised([Fraction(1, 2**bits) for bits in BITS]),
    "uniform": _normalised([Fraction(1)] * 8),
    "2^K": _normalised([Fraction(2**bits) for bits in BITS]),
    "8, 7, .., 1": _normalised([Fraction(8 - i) for i in range(8)]),
    "two coins": _normalised([Fraction(i in (0, 4)) for i in range(8)]),
}


def likelihood(coin: Fraction, heads: int) -> Fraction:
    """Probability of one word of six flips with so many heads. Definition."""
    return coin**heads * (1 - coin) ** (_NUM_FLIPS - heads)


@functools.lru_cache(maxsize=64)
def decoder(weights: Prior) -> tuple[int, ...]:
    """Index of the coin that maximises weight times likelihood for 0 .. 6 heads, ties to the simpler one.

    Equal weights give maximum likelihood; weights 2^-K the minimum description length at lambda = 1.

    Args:
        weights: one per coin.

    Returns:
        Indices into `COINS`, which lists simpler coins first.

    Source: Definition.
    """
    return tuple(
        max(range(len(COINS)), key=lambda i: (weights[i] * likelihood(COINS[i], heads), -BITS[i], -i))
        for heads in range(_NUM_FLIPS + 1)
    )


def accuracy(prior: Prior, chosen: Sequence[int]) -> Fraction:
    """Probability that the decoder names the coin that was flipped.

    Args:
        prior: law of the coin.
        chosen: the decoder's coin for 0 .. 6 heads.

    Returns:
        A probability.

    Source: Definition.
    """
    return sum((prior[i] * _WORDS[h] * likelihood(COINS[i], h) for h, i in enumerate(chosen)), Fraction(0))


def _decoded_information(weights: Prior) -> float:
    prior = tuple(float(p) for p in PRIORS["2^-K"])
    laws = binomial_matrix(_NUM_FLIPS, [float(coin) for coin in COINS])
    return information_of_counts(prior, mapped(laws, decoder(weights)))


def _information_of_length(theta: Theta) -> float:
    return _decoded_information(_lengths(theta["lambda"]))


def _lengths(weight: int) -> Prior:
    return tuple(Fraction(1, 2 ** (weight * bits)) for bits in BITS)


def _information_of_likelihood(theta: Theta) -> float:
    return _decoded_information(_lengths(0))


def _information_by_joint(theta: Theta) -> float:
    """The same from the joint law of coin and decoded coin, in rationals up to the logarithm."""
    prior, chosen = PRIORS["2^-K"], decoder(_lengths(theta["lambda"]))
    joint = {
        (i, j): sum((prior[i] * _WORDS[h] * likelihood(COINS[i], h) for h in range(7) if chosen[h] == j), Fraction(0))
        for i in range(8)
        for j in set(chosen)
    }
    margin = {j: sum((joint[i, j] for i in range(8)), Fraction(0)) for j in set(chosen)}
    return math.fsum(float(p) * math.log(p / (prior[i] * margin[j])) for (i, j), p in joint.items() if p)


def _accuracy_of_length(theta: Theta) -> Fraction:
    return accuracy(PRIORS["2^-K"], decoder(_lengths(theta["lambda"])))


def _accuracy_of_likelihood(theta: Theta) -> Fraction:
    return accuracy(PRIORS["2^-K"], decoder(_lengths(0)))


def _bayes(theta: Theta) -> Fraction:
    prior = PRIORS[theta["prior"]]
    return accuracy(prior, decoder(prior))


def _inverted(theta: Theta) -> Fraction:
    prior = PRIORS[theta["prior"]]
    return accuracy(prior, decoder(tuple(1 / weight for weight in prior)))


def _other_rules(theta: Theta) -> list[Fraction]:
    """All rules that differ from Bayes' at one count: accuracy is a sum over counts, so these bound all 8^7 rules."""
    prior = PRIORS[theta["prior"]]
    chosen = decoder(prior)
    changed = [chosen[:h] + (i,) + chosen[h + 1 :] for h in range(_NUM_FLIPS + 1) for i in range(len(COINS))]
    return [accuracy(prior, rule) for rule in [*changed, *(decoder(weights) for weights in PRIORS.values())]]


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="prop10-mdl-accuracy",
        item="Prop 10",
        reading="ALG",
        statement="The decoder that knows the law of eight coins names the right one more often than any other rule "
        "from six flips.",
        source=f"{SOURCE}, in the sense in which it holds (Bayes)",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={"prior": tuple(PRIORS)},
        value=_bayes,
        bound=_other_rules,
        delta=0,
        mutants={
            "prior inverted": Variant(value=_inverted, domain={"prior": ("2^-K", "2^K", "8, 7, .., 1")}),
        },
        assumptions=("ties to the simpler coin",),
        note="accuracy is a sum over the number of heads, so rules that differ at one number bound all of them",
        proved="one term of the sum at a time, beside the claim, every prior",
        decided_at="smoke",
    ),
    Claim(
        id="prop10-mdl-information",
        item="Prop 10",
        reading="ALG",
        statement="With the right prior the program of minimum description length tells more about the truth than "
        "maximum likelihood does: I(M; MDL) >= I(M; ML).",
        source=f"{SOURCE}, text after it",
        route=Route.EX,
        expected=Status.REFUTED,
        relation=">=",
        domain={"lambda": (1, 2)},
        value=_information_of_length,
        bound=_information_of_likelihood,
        delta=1e-9,
        confirm=_information_by_joint,
        controls={
            "it is right more often": Variant(
                value=_accuracy_of_length, bound=_accuracy_of_likelihood, domain={"lambda": (1,)}, must="SUPPORTED"
            )
        },
        assumptions=("eight dyadic coins of law 2^-K, K(k/2^j) = 2j + 1", "six flips", "ties to the simpler coin"),
        note="lambda = 1 raises accuracy from .2489 to .5991 and lowers information from .2988 to .1277 nats",
        corrected_by=("prop10-mdl-accuracy", "prop9-dpi"),
        decided_at="smoke",
    ),
)
