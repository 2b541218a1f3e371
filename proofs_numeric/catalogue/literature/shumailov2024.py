"""Shumailov et al. 2024: recursive training of Gaussians and of discrete laws.

True: with the unbiased variance the expected Wasserstein distance grows without bound, to first order by 3/2 of the sum
of 1/M_i; a discrete loop ends at one type, at each with its first probability; rare types are lost first. False
neighbours: the same divergence for the maximum-likelihood variance, where the limit is 2, and that types of more than
one expected draw are spared.
"""

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.integrate import quad
from scipy.special import gammaln
from scipy.stats import chi2

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions, tabular_loop
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="shumailov2024",
    title="AI models collapse when trained on recursively generated data",
    authors=(
        "Shumailov, Ilia",
        "Shumaylov, Zakhar",
        "Zhao, Yiren",
        "Papernot, Nicolas",
        "Anderson, Ross",
        "Gal, Yarin",
    ),
    year=2024,
    arxiv="2305.17493",
    doi="10.1038/s41586-024-07566-y",
    venue="Nature",
)
THEOREM = "arXiv:2305.17493, Theorem 3.1"
DISCRETE = "arXiv:2305.17493, discrete distributions with exact functional approximation"
Draws = Float[np.ndarray, " replicates"]


# shumailov-w2-unbiased-diverges, shumailov-w2-mle-law, shumailov-w2-mle-diverges --------------------------------------
# Proof. Between N(mu, sigma^2) and N(0, 1) W2^2 = mu^2 + (sigma - 1)^2, so E W2^2 = E mu^2 + E sigma^2 + 1 - 2 E sigma.
# sigma_t is a product of t independent copies of sqrt(chi2_{N-1}/d) with mean m, hence E sigma_t = m^t. With d = N - 1
# E sigma^2 = 1 and E mu^2 = t/N; with d = N the sum of both is 1 for ever.


@functools.lru_cache(maxsize=64)
def _mean_factor(num_samples: int, divisor: int) -> float:
    """E sqrt(chi2_{N-1} / divisor) by quadrature."""
    degrees = num_samples - 1
    mean, _ = quad(lambda x: np.sqrt(x / divisor) * chi2.pdf(x, degrees), 0, np.inf, epsabs=1e-13, limit=400)
    return mean


def _expected_distance(num_samples: int, generation: int, divisor: int) -> float:
    square, variance = 0.0, 1.0
    for _ in range(generation):
        square, variance = recursions.gaussian_step(square, variance, float(num_samples), 0.0, float(divisor))
    return square + variance + 1 - 2 * _mean_factor(num_samples, divisor) ** generation


def _distance_unbiased(theta: Theta) -> float:
    return _expected_distance(theta["N"], theta["t"], theta["N"] - 1)


def _distance_mle(theta: Theta) -> float:
    return _expected_distance(theta["N"], theta["t"], theta["N"])


def _gamma_ratio(num_samples: int, divisor: int) -> float:
    return math.sqrt(2 / divisor) * math.exp(gammaln(num_samples / 2) - gammaln((num_samples - 1) / 2))


def _law_unbiased(theta: Theta) -> float:
    return theta["t"] / theta["N"] + 2 - 2 * _gamma_ratio(theta["N"], theta["N"] - 1) ** theta["t"]


def _law_unbiased_first_order_factor(theta: Theta) -> float:
    return theta["t"] / theta["N"] + 2 - 2 * (1 - 1 / (4 * theta["N"])) ** theta["t"]


def _law_mle(theta: Theta) -> float:
    return 2 - 2 * _gamma_ratio(theta["N"], theta["N"]) ** theta["t"]


def _law_mle_with_unbiased_factor(theta: Theta) -> float:
    return 2 - 2 * _gamma_ratio(theta["N"], theta["N"] - 1) ** theta["t"]


def _late(theta: Theta) -> Theta:
    return {"N": theta["N"], "t": 10 * theta["N"]}


def _late_distance_mle(theta: Theta) -> float:
    return _distance_mle(_late(theta))


def _late_law_mle(theta: Theta) -> float:
    return _law_mle(_late(theta))


def _late_distance_unbiased(theta: Theta) -> float:
    return _distance_unbiased(_late(theta))


def _twice_the_variance(theta: Theta) -> float:
    return 2.0


# shumailov-w2-first-order ---------------------------------------------------------------------------------------------
# Proof. c4 = 1 - 1/(4M) - 7/(32 M^2) - ..., so t/M + 2 - 2 c4^t = (3/2) t/M + t (8 - t)/(16 M^2) + ...: for t <= 11
# and M >= 50 the second term is below a hundredth of the first.

_REFITS = 11
_SIZES = {"100": (100,) * _REFITS, "50": (50,) * _REFITS, "50 (i+1)": tuple(50 * (i + 1) for i in range(_REFITS))}


def _gaussian_loop(theta: Theta) -> zd.System:
    sizes = zd.schedules.table(np.array(_SIZES[theta["M_i"]], np.float64))
    return zd.System(target=zd.Gaussian(), num_samples=sizes, fit=zd.Unbiased())


def _distances(theta: Theta, key: Any, num_replicates: int) -> Draws:
    run = zd.simulate(
        _gaussian_loop(theta),
        num_generations=_REFITS,
        num_replicates=num_replicates,
        key=key,
        record=("wasserstein2",),
        keep="replicates",
        quantiles=False,
    )
    return np.asarray(run.replicates["wasserstein2"][:, theta["t"]], np.float64)


def _inverse_sizes(theta: Theta) -> float:
    return math.fsum(1 / size for size in _SIZES[theta["M_i"]][: theta["t"]])


def _first_order(theta: Theta) -> float:
    return 1.5 * _inverse_sizes(theta)


def _twentieth_of_first_order(theta: Theta) -> float:
    return 0.05 * _first_order(theta)


def distance_second_moment(sizes: Sequence[int]) -> float:
    """E W2^4 between the unbiased Gaussian loop and N(0, 1), exactly.

    With s^2 = chi2_{N-1}/(N-1) independent of Z, mu' = mu + sigma Z / sqrt N and sigma' = sigma s, the mixed moments
    E sigma^j, E mu^2 sigma^j and E mu^4 form a closed system.

    Args:
        sizes: N_t.

    Returns:
        The fourth moment, in fourth powers of the target's deviation.

    Source: law of total expectation; moments of chi-square.
    """
    powers, mixed, fourth = np.ones(5), np.zeros(3), 0.0  # E sigma^0..4, E mu^2 sigma^0..2, E mu^4
    for size in sizes:
        half, order = (size - 1) / 2, np.arange(5)
        factor = np.exp(gammaln(half + order / 2) - gammaln(half) - order / 2 * np.log(half))
        fourth += 6 * mixed[2] / size + 3 * powers[4] / size**2
        mixed = factor[:3] * (mixed + powers[2:] / size)
        powers = factor * powers
    centred = powers @ np.array([1, -4, 6, -4, 1])
    return float(fourth + 2 * (mixed[2] - 2 * mixed[1] + mixed[0]) + centred)


def _distance_tail(theta: Theta) -> Tail:
    # E X^2 bounds the variance, whatever the mean.
    moment = distance_second_moment(_SIZES[theta["M_i"]][: theta["t"]])
    return Tail(lower=0.0, variance=moment, reason="E W2^4 from the closed recursion of mixed moments")


def _distance_slack(theta: Theta) -> float:
    # Deviations in float32 err by less than 1e-6 of themselves per generation, hence (sigma - 1)^2 by less than
    # 2.2e-5 |sigma - 1|, whose mean is below 1/3 here; the samplers' laws by 2^-20 per generation.
    return 1e-3 * _first_order(theta)


# shumailov-absorbed-in-proportion -------------------------------------------------------------------------------------
# Proof. q_t(k) is a bounded martingale and a point mass absorbs: P(end at k) = Q_0(k). A model with two types has
# diversity at least 2 (N-1)/N^2, so that P(not yet absorbed) <= (1-1/N)^t G(P) N^2 / (2 (N-1)): below 1e-7 for N <= 5
# after 80 generations.


def _ends_at_first_type(theta: Theta, key: Any, num_replicates: int) -> Draws:
    paths = tabular_loop.paths(tabular_loop.loop(theta["P"], theta["N"]), key, num_replicates)
    # Shares of N draws: the largest below 1 is 1 - 1/N.
    return (paths["first_mass"][:, -1] > 1 - 0.5 / theta["N"]).astype(np.float64)


def _first_probability(theta: Theta) -> float:
    return theta["P"][0]


def _in_proportion_to_squares(theta: Theta) -> float:
    return theta["P"][0] ** 2 / sum(p * p for p in theta["P"])


def _all_alike(theta: Theta) -> float:
    return 1 / len(theta["P"])


# shumailov-tails-first and shumailov-common-types-stay ----------------------------------------------------------------
# Proof. Bin(N, q) grows stochastically with q: two counts driven by the same uniforms keep their order for ever, so
# that the rarer type is missing wherever the commoner one is. In the limit a type is missing with probability 1 - p.

_RARITIES = (0.01, 0.05, 0.1, 0.2, 0.4)


def _missing(num_samples: int, probability: float, generation: int) -> float:
    return float(recursions.count_laws(num_samples, probability, probability, "0", generation)[-1, 0])


def _missing_by_rarity(theta: Theta) -> list[float]:
    return [_missing(theta["N"], p, theta["t"]) for p in _RARITIES]


def _missing_rarer(theta: Theta) -> list[float]:
    return _missing_by_rarity(theta)[:-1]


def _missing_commoner(theta: Theta) -> list[float]:
    return _missing_by_rarity(theta)[1:]


def _twice_missing_commoner(theta: Theta) -> list[float]:
    return [2 * x for x in _missing_commoner(theta)]


def _missing_common(theta: Theta) -> float:
    return _missing(theta["N"], theta["Np"] / theta["N"], theta["t"])


def _missing_in_one_sample(theta: Theta) -> float:
    return math.exp(-theta["Np"])


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="shumailov-w2-unbiased-diverges",
        item="Thm 3.1",
        reading="R4",
        statement="Refitted by the mean and the unbiased variance of N of its own draws, a Gaussian has E W2^2 = t/N + "
        "2 - 2 c4^t to the first, c4 = E sigma_1, which grows without bound.",
        source=THEOREM,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 2, 5, 30, 100), "t": (11, 1, 100, 1000)},
        value=_distance_unbiased,
        bound=_law_unbiased,
        delta=1e-7,
        mutants={
            "variance divided by N": Variant(value=_distance_mle),
            "c4 = 1 - 1/(4N)": Variant(bound=_law_unbiased_first_order_factor),
        },
        assumptions=("alpha = 0", "Q_0 = P = N(0, 1)", "variance divided by N - 1"),
        note="surrogate of the limit: the exact law up to t = 1000",
        proved="moments of sigma_t, beside the claim; every N and t",
        decided_at="smoke",
    ),
    Claim(
        id="shumailov-w2-first-order",
        item="SI, Eq. (6)",
        reading="R4",
        statement="To first order E W2^2 = (3/2) sum_i 1/M_i for sample sizes M_i, unbiased variance; 11 refits, "
        "margin 5 %.",
        source="arXiv:2305.17493 and its supplement, Eq. (6)",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"M_i": ("100", "50", "50 (i+1)"), "t": (11, 3)},
        sample=_distances,
        bound=_first_order,
        tail=_distance_tail,
        slack=_distance_slack,
        delta=_twentieth_of_first_order,
        batch_size=4096,
        mutants={
            "the mean alone, sum 1/M": Variant(bound=_inverse_sizes, domain={"M_i": ("100",), "t": (11,)}),
            "2 sum 1/M": Variant(adjust_bound=lambda theta, bound: bound * 4 / 3, domain={"M_i": ("100",), "t": (11,)}),
        },
        assumptions=("alpha = 0", "Q_0 = P = N(0, 1)", "variance divided by M_i - 1"),
        note="exact at M = 100, t = 11: .164790 against .165; the second-order term is t (8 - t)/(16 M^2)",
    ),
    Claim(
        id="shumailov-w2-mle-law",
        item="Thm 3.1",
        reading="R4",
        statement="With the maximum-likelihood variance E W2^2 = 2 (1 - a^t), a = E sigma_1: it never passes 2, twice "
        "the variance of the real law.",
        source=f"{THEOREM}, corrected for the divisor N",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 2, 5, 30, 100), "t": (11, 1, 100, 1000)},
        value=_distance_mle,
        bound=_law_mle,
        delta=1e-7,
        mutants={
            "variance divided by N - 1": Variant(value=_distance_unbiased),
            "c4 for a": Variant(bound=_law_mle_with_unbiased_factor),
        },
        assumptions=("alpha = 0", "Q_0 = P = N(0, 1)", "variance divided by N"),
        proved="E mu^2 + E sigma^2 = 1 for ever, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="shumailov-w2-mle-diverges",
        item="Thm 3.1",
        reading="R4",
        statement="The divergence holds for the maximum-likelihood variance, too: after 10 N generations E W2^2 "
        "exceeds 2, twice the variance of the real law.",
        source=f"{THEOREM}, read for another divisor",
        route=Route.REC,
        expected=Status.REFUTED,
        relation=">",
        domain={"N": (10, 2, 5, 100)},
        value=_late_distance_mle,
        bound=_twice_the_variance,
        delta=0,
        confirm=_late_law_mle,
        controls={"variance divided by N - 1": Variant(value=_late_distance_unbiased, must="SUPPORTED")},
        assumptions=("alpha = 0", "Q_0 = P = N(0, 1)"),
        note="the deviation falls, the mean stays: the limit is 1 for each, so 2",
        corrected_by=("shumailov-w2-mle-law",),
        decided_at="smoke",
    ),
    Claim(
        id="shumailov-absorbed-in-proportion",
        item="Discrete distributions",
        reading="R2",
        statement="A discrete loop is absorbed at a point mass, at type k with probability Q_0(k); looked at after 80 "
        "generations of N <= 5 draws.",
        source=DISCRETE,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (5, 3), "P": ((0.7, 0.3), (0.2, 0.8), (0.6, 0.3, 0.1), (0.1, 0.4, 0.3, 0.2))},
        sample=_ends_at_first_type,
        bound=_first_probability,
        tail=Tail(indicator=True, reason="an indicator"),
        slack=2e-4,
        delta=0.02,
        mutants={
            "in proportion to squares": Variant(
                bound=_in_proportion_to_squares, domain={"N": (5,), "P": ((0.7, 0.3),)}
            ),
            "all types alike": Variant(bound=_all_alike, domain={"N": (5,), "P": ((0.7, 0.3),)}),
        },
        assumptions=("alpha = 0",),
        note="slack: 80 generations at 2^-20 in total variation, and P(not yet absorbed) < 1e-7",
        proved="bounded martingale, beside the claim; every N and P",
    ),
    Claim(
        id="shumailov-tails-first",
        item="Early collapse",
        reading="R2",
        statement="The tails go first: at every generation a type is missing with the greater probability, the rarer "
        "it is; types of 1 to 40 %.",
        source="arXiv:2305.17493, definition of early model collapse",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation=">",
        domain={"N": (10, 2, 50), "t": (1, 2, 10, 100)},
        value=_missing_rarer,
        bound=_missing_commoner,
        delta=0,
        mutants={
            "twice the probability": Variant(bound=_twice_missing_commoner),
            "common types first": Variant(value=_missing_commoner, bound=_missing_rarer),
        },
        assumptions=("alpha = 0", "Q_0 = P"),
        proved="monotone coupling, beside the claim; every N, t and P",
        decided_at="smoke",
    ),
    Claim(
        id="shumailov-common-types-stay",
        item="Early collapse",
        reading="R2",
        statement="Only the tails are lost: a type that real samples show at least once on average, Np >= 1, is "
        "missing with probability at most exp(-Np) at every generation.",
        source="arXiv:2305.17493, early collapse read as the whole of it",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"N": (10, 100), "Np": (1, 2, 5), "t": (1, 2, 10, 100)},
        value=_missing_common,
        bound=_missing_in_one_sample,
        delta=1e-12,
        controls={
            "t = 1": Variant(domain={"N": (10, 100), "Np": (1, 2, 5), "t": (1,)}, must="SUPPORTED"),
        },
        assumptions=("alpha = 0", "Q_0 = P"),
        note="N = 10, Np = 1: .349, then .506 at t = 2; the limit is 1 - p",
        corrected_by=("shumailov-absorbed-in-proportion", "shumailov-tails-first"),
        decided_at="smoke",
    ),
)

SHUMAILOV = Catalogue(
    name="shumailov2024",
    title="Shumailov et al. 2024: collapse of Gaussians and of discrete laws",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
