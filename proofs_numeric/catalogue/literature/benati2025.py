"""Benati et al. 2025: when the first type is lost.

A closed form for P(no type lost by t), prod (1 - exp(-2 N p_i/t)), from independent diffusions. True: its mean is that
of the diffusion limit of resampling, as they prove; the law of resampling itself follows from inclusion and exclusion,
with a geometric tail. False: that the closed form is that law, at any N; that the tail is its power; and that the mean
is exact at a finite sample.
"""

import functools
import itertools
import math
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.integrate import quad

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions, tabular_loop
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="benati2025",
    title="First-Extinction Law for Resampling Processes",
    authors=("Benati, Matteo", "Londei, Alessandro", "Lanzieri, Denise", "Loreto, Vittorio"),
    year=2025,
    arxiv="2509.20101",
)
_ABSTRACT = "from the abstract"
Shares = tuple[float, ...]
_COIN, _SKEW = (0.5, 0.5), (0.8, 0.2)
_THREE, _UNEVEN, _FOUR = (1 / 3, 1 / 3, 1 / 3), (0.5, 0.3, 0.2), (0.4, 0.3, 0.2, 0.1)


def _law(shares: Shares, num_samples: float, generation: float) -> float:
    """The closed form of P(no type lost by t)."""
    return math.prod(-math.expm1(-2 * num_samples * p / generation) for p in shares)


def _subsets(shares: Shares) -> list[tuple[int, float]]:
    """Sizes and masses of all nonempty sets of types."""
    sizes = range(1, len(shares) + 1)
    return [(size, math.fsum(chosen)) for size in sizes for chosen in itertools.combinations(shares, size)]


# benati-mean-identity -------------------------------------------------------------------------------------------------
# Proof. Expand the product: sum over sets A of (-1)^|A| exp(-2 N p_A/t), the empty set included. The coefficients sum
# to 0, and int_0^inf sum_A c_A exp(-a_A/t) dt = sum_A c_A a_A log a_A whenever sum c_A = sum c_A a_A = 0 (substitute x
# = 1/t and integrate by parts twice; for K >= 2 the second sum vanishes too). With a_A = 2 N p_A the constant log 2 N
# drops out.


def _mean_of_law(theta: Theta) -> float:
    """In units of 2 N: by quadrature in x = 2 N/t, where the integrand is prod (1 - exp(-p x))/x^2."""
    shares = theta["P"]

    def integrand(x: float) -> float:
        return math.prod(-math.expm1(-p * x) for p in shares) / x**2

    parts = [quad(integrand, low, high, epsabs=1e-13, epsrel=1e-11)[0] for low, high in ((0, 5), (5, 50), (50, np.inf))]
    return math.fsum(parts)


def _mean_by_sets(theta: Theta) -> float:
    return math.fsum((-1) ** size * mass * math.log(mass) for size, mass in _subsets(theta["P"]))


def _mean_by_entropy(theta: Theta) -> float:
    """Right for two types."""
    return -math.fsum(p * math.log(p) for p in theta["P"])


def _half_mean_by_sets(theta: Theta) -> float:
    return _mean_by_sets(theta) / 2


# benati-present-law, benati-tail-rate, benati-law-within, benati-power-tail, benati-mean-exact ------------------------
# A set A of types is gone with the probability that its merged count is 0: a Markov chain of one count. Inclusion and
# exclusion over sets gives P(all types present). On paths that lose no type the chain's largest eigenvalue is (N)_K/N^K
# (spectrum of the Wright-Fisher chain), so that P(no type lost by t) falls by that factor per generation at last. The
# closed form is no limit of this. Take two equal types: the diffusion x(1-x)/2 d^2/dx^2, time in units of N, has
# eigenvalues (j+1)(j+2)/2 and P(both present at t = N) = 3/2 e^-1 - 7/8 e^-6 + .. = .5497, against (1 - e^-1)^2 =
# .3996. Its power-law tail makes up for that in the mean. At N = 40 and three types the error of the diffusion limit
# happens to be offset by that of a small N, and .028 is left: a simulation there cannot tell the two laws apart.


@functools.lru_cache(maxsize=64)
def _all_present(num_samples: int, shares: Shares, num_generations: int) -> Float[np.ndarray, " generations"]:
    """P(no type lost by t), t = 1 .. T."""
    present = np.ones(num_generations)
    for size, mass in _subsets(shares)[:-1]:
        gone = recursions.count_laws(num_samples, mass, mass, "0", num_generations)[:, 0]
        present += (-1) ** size * gone
    return present


def _largest_gap(theta: Theta) -> float:
    size, shares = theta["N"], theta["P"]
    exact = _all_present(size, shares, 10 * size)
    closed = [_law(shares, size, t) for t in range(1, 10 * size + 1)]
    return float(np.max(np.abs(exact - closed)))


def _largest_gap_by_oracle(theta: Theta) -> float:
    size, shares = theta["N"], theta["P"]
    exact = zd.oracles.probability_all_present(shares, [size] * (10 * size), types=range(len(shares)))
    closed = zd.oracles.first_loss_survival_approximation(size, shares, np.arange(1, 10 * size + 1))
    return float(np.max(np.abs(exact[1:] - closed)))


def _twentieth(theta: Theta) -> float:
    return 0.05


def _late_factor(theta: Theta) -> float:
    exact = _all_present(theta["N"], theta["P"], 7 * theta["N"] + 1)
    return float(exact[-1] / exact[-2])


def _falling_factorial(theta: Theta) -> float:
    size = theta["N"]
    return math.prod((size - i) / size for i in range(len(theta["P"])))


def _diffusion_factor(theta: Theta) -> float:
    types = len(theta["P"])
    return math.exp(-types * (types - 1) / (2 * theta["N"]))


def _factor_of_pairs(theta: Theta) -> float:
    return 1 - 1 / theta["N"]


def _share_of_closed_form(theta: Theta) -> float:
    """P(no type lost by t = 7 N) over its closed form."""
    size, shares = theta["N"], theta["P"]
    return float(_all_present(size, shares, 7 * size)[-1]) / _law(shares, size, 7 * size)


def _share_by_oracle(theta: Theta) -> float:
    size, shares = theta["N"], theta["P"]
    exact = zd.oracles.probability_all_present(shares, [size] * (7 * size), types=range(len(shares)))
    closed = zd.oracles.first_loss_survival_approximation(size, shares, [7 * size])
    return float(exact[-1] / closed[-1])


def _half(theta: Theta) -> float:
    return 0.5


def _exact_over_diffusion(theta: Theta) -> float:
    """Mean first loss of the chain over the closed form's."""
    size, shares = theta["N"], theta["P"]
    # P(T > 0) = 1, then the sum of P(T > t); after 20 N less than exp(-20) is left.
    mean = 1 + float(np.sum(_all_present(size, shares, 20 * size)))
    return mean / (2 * size * _mean_by_sets(theta))


def _exact_over_diffusion_by_oracle(theta: Theta) -> float:
    size, shares = theta["N"], theta["P"]
    return zd.oracles.expected_loss_time(size, shares) / zd.oracles.loss_time_diffusion(size, shares)


def _one(theta: Theta) -> float:
    return 1.0


# benati-present-law: simulated ----------------------------------------------------------------------------------------


def _both_present(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    system = tabular_loop.loop(theta["P"], theta["N"])
    share = tabular_loop.paths(system, key, num_replicates)["first_mass"][:, theta["t"]]
    # Frequencies of N draws: the nearest to 0 and 1 are 1/N away.
    return ((share > 0.5 / theta["N"]) & (share < 1 - 0.5 / theta["N"])).astype(np.float64)


def _closed_form(theta: Theta) -> float:
    return _law(theta["P"], theta["N"], theta["t"])


def _by_chain(theta: Theta, num_samples: int) -> float:
    law = recursions.count_laws(num_samples, theta["P"][0], theta["P"][0], "0", theta["t"])[-1]
    return float(1 - law[0] - law[-1])


def _present_by_chain(theta: Theta) -> float:
    return _by_chain(theta, theta["N"])


def _present_by_half_chain(theta: Theta) -> float:
    return _by_chain(theta, theta["N"] // 2)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="benati-mean-identity",
        item="mean of the first extinction",
        reading="R2",
        statement="int_0^inf prod (1 - exp(-2 N p_i/t)) dt = 2 N sum over nonempty sets A of types of (-1)^|A| p_A log "
        "p_A, the mean first loss of the Wright-Fisher diffusion.",
        source="arXiv:2509.20101; Baxter, Blythe and McKane, arXiv:q-bio/0508045",
        second_hand=_ABSTRACT,
        route=Route.CF,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"P": (_COIN, _SKEW, _THREE, _UNEVEN, _FOUR, (1 / 6,) * 6)},
        value=_mean_of_law,
        bound=_mean_by_sets,
        delta=1e-8,
        mutants={
            "the entropy": Variant(bound=_mean_by_entropy),
            "N for 2 N": Variant(bound=_half_mean_by_sets),
        },
        note="in units of 2 N; the product costs K terms, the sum 2^K",
        proved="expansion of the product, beside the claim, every K >= 2",
        decided_at="smoke",
    ),
    Claim(
        id="benati-present-law",
        item="first-extinction law",
        reading="R2",
        statement="Two simulated types are both there at t with the probability that the chain of one count gives.",
        source="Wright-Fisher chain, against arXiv:2509.20101",
        second_hand=_ABSTRACT,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (40, 20), "P": (_COIN, _SKEW), "t": (40, 20, 80)},
        sample=_both_present,
        bound=_present_by_chain,
        tail=Tail(indicator=True, reason="an event"),
        slack=1e-4,
        delta=0.05,
        mutants={
            "the closed form": Variant(bound=_closed_form, domain={"N": (40,), "P": (_COIN,), "t": (40,)}),
            "N/2 draws": Variant(bound=_present_by_half_chain, domain={"N": (40,), "P": (_COIN,), "t": (40,)}),
        },
        assumptions=("no real data",),
        note="slack: 80 generations at 2^-20 in total variation each. N = 40, t = 40: .521, the closed form .400",
        proved="Markov chain of one count",
    ),
    Claim(
        id="benati-tail-rate",
        item="first-extinction law",
        reading="R2",
        statement="Late, P(no type lost by t) falls by the factor N (N-1) .. (N-K+1)/N^K per generation; at t = 7 N "
        "within 1e-3.",
        source="spectrum of the Wright-Fisher chain, against arXiv:2509.20101",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 20), "P": (_COIN, _SKEW, _THREE, _UNEVEN)},
        value=_late_factor,
        bound=_falling_factorial,
        delta=1e-3,
        mutants={
            "exp(-K (K-1)/(2 N))": Variant(bound=_diffusion_factor, domain={"N": (10,), "P": (_THREE,)}),
            "1 - 1/N at every K": Variant(bound=_factor_of_pairs, domain={"N": (10,), "P": (_THREE,)}),
        },
        assumptions=("no real data", "constant N"),
        proved="largest eigenvalue on paths that lose nothing",
        decided_at="smoke",
    ),
    Claim(
        id="benati-law-within",
        item="first-extinction law",
        reading="R2",
        statement="The closed form is the law of the first loss for N draws per generation: within .05 of P(no type "
        "lost by t), t <= 10 N.",
        source="arXiv:2509.20101 (a law, validated by simulation)",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"P": (_COIN, _SKEW, _FOUR), "N": (40, 10, 100)},
        value=_largest_gap,
        bound=_twentieth,
        delta=1e-9,
        confirm=_largest_gap_by_oracle,
        controls={
            "N = 40, three types": Variant(domain={"P": (_THREE, _UNEVEN), "N": (40,)}, must="SUPPORTED"),
        },
        assumptions=("no real data", "constant N"),
        note="two equal types: .066 at N = 10, .128 at 40, .144 at 100, .158 in the limit; three at N = 40: .028",
        corrected_by=("benati-present-law", "benati-mean-identity"),
        decided_at="smoke",
    ),
    Claim(
        id="benati-power-tail",
        item="first-extinction law",
        reading="R2",
        statement="The closed form holds in the tail: P(no type lost by t = 7 N) is at least half of it.",
        source="arXiv:2509.20101, a law read as exact",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.REFUTED,
        relation=">=",
        domain={"P": (_COIN, _THREE, _UNEVEN), "N": (10, 20, 40)},
        value=_share_of_closed_form,
        bound=_half,
        delta=1e-6,
        confirm=_share_by_oracle,
        mutants={"four types": Variant(domain={"P": (_FOUR,), "N": (20,)})},
        assumptions=("no real data", "constant N"),
        note="independent diffusions let all types live on, with a tail t^-K; resampling keeps their sum fixed",
        corrected_by=("benati-tail-rate", "benati-present-law"),
        decided_at="smoke",
    ),
    Claim(
        id="benati-mean-exact",
        item="mean of the first extinction",
        reading="R2",
        statement="The mean 2 N sum (-1)^|A| p_A log p_A is that of N draws per generation, within 3 %.",
        source="arXiv:2509.20101, a diffusion's mean read at finite N",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.REFUTED,
        relation="==",
        domain={"P": (_THREE, _UNEVEN, _COIN), "N": (10, 40)},
        value=_exact_over_diffusion,
        bound=_one,
        delta=0.03,
        confirm=_exact_over_diffusion_by_oracle,
        controls={"N = 400": Variant(domain={"P": (_COIN,), "N": (400,)}, must="SUPPORTED")},
        assumptions=("no real data", "constant N"),
        note="the diffusion is 6 to 7 % long at N = 40 and three types; the identity of the two means is exact, and "
        "both are limits of large N",
        corrected_by=("benati-mean-identity", "benati-present-law"),
        decided_at="smoke",
    ),
)

BENATI = Catalogue(
    name="benati2025",
    title="Benati et al. 2025: the first extinction",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
