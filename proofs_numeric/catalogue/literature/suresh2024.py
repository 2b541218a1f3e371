"""Suresh, Thangaraj and Khandavally 2024: how fast words are forgotten and Gaussians shrink.

True: the bounds on the extinction iterate g_k, on the probability that a word is alive, the exact law for Poisson
means, forgetting times linear in the count, the exponential bound for the standard deviation and its exponent. False
neighbour: that this last bound is tight.
"""

import functools
import math
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.special import gammaln

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="suresh2024",
    title="Rate of Model Collapse in Recursive Training",
    authors=("Suresh, Ananda Theertha", "Thangaraj, Andrew", "Khandavally, Aditya Nanda Kishore"),
    year=2024,
    arxiv="2412.17646",
)
DISCRETE = "arXiv:2412.17646, Theorems 1 and 2 with Corollary 1"
GAUSSIAN = "arXiv:2412.17646, Theorem 3"
Draws = Float[np.ndarray, " replicates"]


# suresh-iterate-bounds ------------------------------------------------------------------------------------------------
# Proof. x -> 1 - exp(-x) is increasing. From below it is at least x/(1+x), which sends 1/k to 1/(k+1). From above it is
# at most x - x^2/2 + x^3/6 <= x - x^2/3 for 0 <= x <= 1, increasing there, and at x = 3/k with k >= 3 this is
# 3 (k-1)/k^2 <= 3/(k+1); for k <= 3 already g_k <= 1 <= 3/k.

_LONGEST = 100_000


@functools.lru_cache(maxsize=1)
def _iterates() -> tuple[float, ...]:
    """g_1 .. g_{100000}: rates of founders whose line is alive, when each item has Poisson(1) copies."""
    path = [1.0]
    for _ in range(_LONGEST - 1):
        path.append(-math.expm1(-path[-1]))
    return tuple(path)


def _iterate(generation: int) -> float:
    return _iterates()[generation - 1]


def _iterate_bounds(theta: Theta, lower: float = 1.0, upper: float = 3.0) -> tuple[list[float], list[float]]:
    iterate = _iterate(theta["k"])
    return [lower / theta["k"], iterate], [iterate, upper / theta["k"]]


def _iterate_bounds_from_two(theta: Theta) -> tuple[list[float], list[float]]:
    return _iterate_bounds(theta, lower=2.0)


def _iterate_bounds_to_two(theta: Theta) -> tuple[list[float], list[float]]:
    return _iterate_bounds(theta, upper=1.9)


# suresh-word-alive ----------------------------------------------------------------------------------------------------
# Proof of the first half. A count that is Bin(n, x/n) is missing with probability (1 - x/n)^n <= exp(-x), and
# E exp(-g X) <= exp(-x (1 - exp(-g))) for X ~ Bin(n, x/n): by induction P(missing at k) <= exp(-n p g_k).

_WORDS = ((100, 0.01), (10, 0.1), (50, 0.02), (10, 0.3), (200, 0.005), (400, 0.01))


def _alive(theta: Theta) -> float:
    size, probability = theta["n, p"]
    return 1 - float(recursions.count_laws(size, probability, probability, "0", theta["k"])[-1, 0])


def _alive_between(theta: Theta, generation: int, correction: bool = True) -> tuple[list[float], list[float]]:
    size, probability = theta["n, p"]
    missing = math.exp(-size * probability * _iterate(generation))
    lost = 3 * size * probability**2 + 3 * theta["k"] * probability if correction else 0.0
    alive = _alive(theta)
    return [1 - missing, alive], [alive, 1 - (1 - lost) * missing]


def _word_alive(theta: Theta) -> tuple[list[float], list[float]]:
    return _alive_between(theta, theta["k"])


def _word_alive_uncorrected(theta: Theta) -> tuple[list[float], list[float]]:
    return _alive_between(theta, theta["k"], correction=False)


def _word_alive_one_earlier(theta: Theta) -> tuple[list[float], list[float]]:
    return _alive_between(theta, max(theta["k"] - 1, 1))


# suresh-poisson-law ---------------------------------------------------------------------------------------------------
# Proof. The sum of n draws of Poisson(s/n) is Poisson(s): totals branch with Poisson(1) copies, and the n lambda_0
# founders of the first sample are extinct at k with probability exp(-n lambda_0 g_k).

_POISSON_HORIZON = 50
"""Generations of every run."""


def _poisson_mean_is_zero(theta: Theta, key: Any, num_replicates: int) -> Draws:
    run = zd.simulate(
        zd.System(target=zd.Poisson(theta["lambda_0"]), num_samples=theta["n"]),
        num_generations=_POISSON_HORIZON,
        num_replicates=num_replicates,
        key=key,
        record=("mean",),
        keep="replicates",
        quantiles=False,
    )
    return (run.replicates["mean"][:, theta["k"]] == 0).astype(np.float64)


def _poisson_extinct(theta: Theta) -> float:
    return math.exp(-theta["n"] * theta["lambda_0"] * _iterate(theta["k"]))


def _poisson_extinct_by_lower_bound(theta: Theta) -> float:
    return math.exp(-theta["n"] * theta["lambda_0"] / theta["k"])


def _poisson_extinct_one_later(theta: Theta) -> float:
    return math.exp(-theta["n"] * theta["lambda_0"] * _iterate(theta["k"] + 1))


# suresh-forgetting-linear ---------------------------------------------------------------------------------------------
# Proof of the first half. P(missing at k) <= exp(-c g_k) <= exp(-c/k), below one half for k < c / log 2. The second
# half follows in the Poisson limit from g_k <= 3/k.

_CORPUS = 400


def _median(copies: int) -> int:
    """First generation at which a word of this many copies in 400 is missing with probability at least one half."""
    share = copies / _CORPUS
    missing = recursions.count_laws(_CORPUS, share, share, "0", 8 * copies + 8)[:, 0]
    return 1 + int(np.argmax(missing >= 0.5))


def _forgetting(theta: Theta, lower: float = 1.0, upper: float = 3.0) -> tuple[list[float], list[float]]:
    copies, median = theta["c"], float(_median(theta["c"]))
    scale = copies / math.log(2)
    return [lower * scale, median], [median, upper * scale]


def _forgetting_from_two(theta: Theta) -> tuple[list[float], list[float]]:
    return _forgetting(theta, lower=2.0)


def _forgetting_to_small(theta: Theta) -> tuple[list[float], list[float]]:
    return _forgetting(theta, upper=1.4)


# suresh-gaussian-bound, suresh-gaussian-exponent, suresh-gaussian-tight ----------------------------------------------
# Proof of the bound. Markov: P(sigma_k > eps) <= E sigma_k / eps = sigma_0 c4^k / eps, and c4 <= exp(-1/(4n-1)).
# Why it is loose. With S = log sigma_k, tilting its law by exp(S) gives P(S > s) = c4^k E~[exp(-S); S > s]. Under the
# tilt S has mean near 0 and variance near k/(2n), so that for late k P(sigma_k > eps) ~ (1/eps) c4^k / sqrt(pi k / n):
# the exponent is right, and the square root is given away; for early k the factor 1/eps is.


def _scale_survival(theta: Theta) -> float:
    return float(zd.oracles.scale_survival([theta["n"]] * theta["k"], theta["eps"], divisor="unbiased"))


def _exponential_bound(theta: Theta) -> float:
    return math.exp(-theta["k"] / (4 * theta["n"] - 1)) / theta["eps"]


def _exponential_bound_twice_as_fast(theta: Theta) -> float:
    return math.exp(-theta["k"] / (2 * theta["n"] - 1)) / theta["eps"]


def _exponential_bound_without_level(theta: Theta) -> float:
    return math.exp(-theta["k"] / (4 * theta["n"] - 1))


def _half_the_exponential_bound(theta: Theta) -> float:
    return _exponential_bound(theta) / 2


def _log_factor(num_samples: int) -> float:
    """Logarithm of c4 = E sqrt(chi2_{n-1}/(n-1))."""
    return 0.5 * math.log(2 / (num_samples - 1)) + float(gammaln(num_samples / 2) - gammaln((num_samples - 1) / 2))


def _with_right_exponent(theta: Theta) -> float:
    size = theta["n"]
    return math.exp(theta["k"] * _log_factor(size)) / (1 + math.sqrt(math.pi * theta["k"] / size))


def _markov_bound(theta: Theta) -> float:
    return math.exp(theta["k"] * _log_factor(theta["n"])) / theta["eps"]


def _with_half_the_exponent(theta: Theta) -> float:
    return math.exp(theta["k"] * _log_factor(theta["n"]) / 2)


_SCALE_DOMAIN = {"n": (10, 5, 100), "eps": (0.1, 0.5, 0.9), "k": (100, 1, 10, 45, 400)}
_ORACLE_ERROR = 1e-11


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="suresh-iterate-bounds",
        item="Thms 1, 2, Cor 1",
        reading="R2",
        statement="With g_1 = 1 and g_{k+1} = 1 - exp(-g_k), 1/k <= g_k <= 3/k; k up to 100 000.",
        source=DISCRETE,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"k": (1, 2, 3, 4, 5, 10, 100, 1000, 10_000, 100_000)},
        evaluate=_iterate_bounds,
        delta=0,
        mutants={
            "2/k from below": Variant(evaluate=_iterate_bounds_from_two),
            "1.9/k from above": Variant(evaluate=_iterate_bounds_to_two),
        },
        note="k g_k rises from 1 towards 2, so that neither end is attained in the limit",
        proved="induction, beside the claim; every k",
        decided_at="smoke",
    ),
    Claim(
        id="suresh-word-alive",
        item="Thms 1, 2, Cor 1",
        reading="R2",
        statement="A word of probability p is alive after k generations of n draws with probability at least 1 - "
        "exp(-n p g_k) and at most 1 - (1 - 3 n p^2 - 3 k p) exp(-n p g_k).",
        source=DISCRETE,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"n, p": _WORDS, "k": (1, 2, 5, 10, 25, 50)},
        evaluate=_word_alive,
        delta=1e-11,
        mutants={
            "without the correction": Variant(evaluate=_word_alive_uncorrected),
            "g of one generation earlier": Variant(evaluate=_word_alive_one_earlier),
        },
        assumptions=("alpha = 0", "Q_0 = P"),
        note="the upper bound says nothing where 3 n p^2 + 3 k p >= 1",
        proved="first half by induction, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="suresh-poisson-law",
        item="Thms 1, 2, Cor 1",
        reading="RF",
        statement="The mean of a Poisson law, refitted to n of its own draws, is 0 at generation k with probability "
        "exp(-n lambda_0 g_k), exactly.",
        source=DISCRETE,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"n": (10, 20), "lambda_0": (1.0, 0.5), "k": (50, 10, 25)},
        sample=_poisson_mean_is_zero,
        bound=_poisson_extinct,
        tail=Tail(indicator=True, reason="an indicator"),
        slack=1e-4,
        delta=0.01,
        mutants={
            "1/k for g_k": Variant(
                bound=_poisson_extinct_by_lower_bound, domain={"n": (10,), "lambda_0": (1.0,), "k": (10,)}
            ),
            "one generation later": Variant(
                bound=_poisson_extinct_one_later, domain={"n": (10,), "lambda_0": (1.0,), "k": (10,)}
            ),
        },
        assumptions=("alpha = 0", "Q_0 = P"),
        note="slack: 50 generations at 2^-20 in total variation each; totals are whole numbers, so zero is exact",
        proved="branching process, beside the claim; every n, lambda_0 and k",
    ),
    Claim(
        id="suresh-forgetting-linear",
        item="Thms 1, 2, Cor 1",
        reading="R2",
        statement="The time to forget a word is linear in its count: the median for c copies in a corpus of 400 lies "
        "between c / log 2 and 3 c / log 2.",
        source="arXiv:2412.17646, abstract; the constants from its bounds on g_k",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"c": (1, 2, 3, 5, 10, 20, 40)},
        evaluate=_forgetting,
        delta=0,
        mutants={
            "2 c / log 2 from below": Variant(evaluate=_forgetting_from_two),
            "1.4 c / log 2 from above": Variant(evaluate=_forgetting_to_small),
        },
        assumptions=("alpha = 0", "Q_0 = P", "c much smaller than the corpus"),
        note="asymptotically 2 c / log 2, from g_k ~ 2/k",
        proved="lower half, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="suresh-gaussian-bound",
        item="Thm 3",
        reading="R4",
        statement="P(sigma_k > eps) <= (sigma_0 / eps) exp(-k / (4n - 1)) for a Gaussian refitted by the unbiased "
        "variance of n draws.",
        source=GAUSSIAN,
        route=Route.CF,
        expected=Status.SUPPORTED,
        relation="<=",
        domain=_SCALE_DOMAIN,
        value=_scale_survival,
        bound=_exponential_bound,
        delta=_ORACLE_ERROR,
        mutants={
            "exp(-k/(2n-1))": Variant(bound=_exponential_bound_twice_as_fast),
            "without 1/eps": Variant(bound=_exponential_bound_without_level),
        },
        assumptions=("alpha = 0", "sigma_0 = 1"),
        note="the value inverts the characteristic function of log sigma_k^2, absolute error 1e-12",
        proved="Markov's inequality, beside the claim; every n, k and eps",
        decided_at="smoke",
    ),
    Claim(
        id="suresh-gaussian-exponent",
        item="Thm 3",
        reading="R4",
        statement="The exponential rate of the bound is right: P(sigma_k > eps) >= c4^k / (1 + sqrt(pi k / n)), so "
        "that Markov's bound c4^k / eps is loose by 1/eps times a square root at most.",
        source=f"{GAUSSIAN}, with the factor that it gives away",
        route=Route.CF,
        expected=Status.SUPPORTED,
        relation=">=",
        domain=_SCALE_DOMAIN,
        where=lambda theta: theta["eps"] <= 0.5,
        value=_scale_survival,
        bound=_with_right_exponent,
        delta=_ORACLE_ERROR,
        mutants={
            "c4^k / eps itself": Variant(bound=_markov_bound),
            "half the exponent": Variant(bound=_with_half_the_exponent),
        },
        assumptions=("alpha = 0", "sigma_0 = 1", "eps <= 1/2"),
        note="on the grid; the saddle point beside the claim explains it for late k",
        decided_at="smoke",
    ),
    Claim(
        id="suresh-gaussian-tight",
        item="Thm 3",
        reading="R4",
        statement="The bound is tight within a factor of 2: P(sigma_k > eps) >= (sigma_0 / (2 eps)) exp(-k / (4n - 1)) "
        "wherever this is at most one half.",
        source=f"{GAUSSIAN}, read as an approximation",
        route=Route.CF,
        expected=Status.REFUTED,
        relation=">=",
        domain=_SCALE_DOMAIN,
        where=lambda theta: _half_the_exponential_bound(theta) <= 0.5,
        value=_scale_survival,
        bound=_half_the_exponential_bound,
        delta=_ORACLE_ERROR,
        controls={
            "from above, without the 2": Variant(bound=_exponential_bound, relation="<=", must="SUPPORTED"),
        },
        assumptions=("alpha = 0", "sigma_0 = 1"),
        note="n = 10, eps = .1, k = 100: .0816, where the bound says .770 and Markov's .625",
        corrected_by=("suresh-gaussian-bound", "suresh-gaussian-exponent"),
        decided_at="smoke",
    ),
)

SURESH = Catalogue(
    name="suresh2024",
    title="Suresh, Thangaraj and Khandavally 2024: the rate of collapse",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
