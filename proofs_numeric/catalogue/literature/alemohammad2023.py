"""Alemohammad et al. 2023: loops that feed on themselves, biased sampling, fixed and fresh real data.

True: sampling with bias lambda multiplies the variance by lambda (N - 1)/N per generation; a fully synthetic Gaussian
loses its spread whatever the fit; beside one fixed real sample the error grows from generation to generation; fresh
real data stop that, and synthetic ones beside them are worth up to as many again. False: that a fixed real sample only
delays the end, if the end is the loss of all diversity.
"""

import functools
import math
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="alemohammad2023",
    title="Self-Consuming Generative Models Go MAD",
    authors=(
        "Alemohammad, Sina",
        "Casco-Rodriguez, Josue",
        "Luzi, Lorenzo",
        "Humayun, Ahmed Imtiaz",
        "Babaei, Hossein",
        "LeJeune, Daniel",
        "Siahkoohi, Ali",
        "Baraniuk, Richard G.",
    ),
    year=2023,
    arxiv="2307.01850",
)
_ABSTRACT = "from the abstract"
Vector = Float[np.ndarray, " replicates"]


# alemohammad-sampling-bias --------------------------------------------------------------------------------------------
# Proof. N draws of N(mu, lambda v) have fitted variance lambda v chi^2_{N-1}/N under maximum likelihood, with mean
# lambda v (N-1)/N and second moment lambda^2 v^2 (N^2-1)/N^2. Steps are independent: powers.

_BIASED = 10
"""Generations of every run."""


def _biased_variance(theta: Theta, key: Any, num_replicates: int) -> Vector:
    system = zd.System(
        target=zd.Gaussian(0.0, 1.0), num_samples=theta["N"], decoders=zd.decoders.SamplingBias(theta["lambda"])
    )
    run = zd.simulate(
        system,
        num_generations=_BIASED,
        num_replicates=num_replicates,
        key=key,
        record=("variance",),
        keep="replicates",
        quantiles=False,
    )
    # In units of lambda^t, so that one margin fits all examples.
    return np.asarray(run.replicates["variance"], np.float64)[:, theta["t"]] / theta["lambda"] ** theta["t"]


def _bias_law(theta: Theta) -> float:
    return (1 - 1 / theta["N"]) ** theta["t"]


def _bias_law_of_deviation(theta: Theta) -> float:
    """If lambda scaled the standard deviation."""
    return _bias_law(theta) * theta["lambda"] ** theta["t"]


def _bias_alone(theta: Theta) -> float:
    return 1.0


def _bias_tail(theta: Theta) -> Tail:
    size, steps = theta["N"], theta["t"]
    second = (1 - 1 / size**2) ** steps
    return Tail(lower=0.0, variance=second - (1 - 1 / size) ** (2 * steps), reason="moments of chi-square")


# alemohammad-fully-synthetic ------------------------------------------------------------------------------------------
# Proof. log sigma_t^2 is a sum of t independent terms of negative mean psi((N-1)/2) + log(2/d): at most -1/N for both
# fits. Its standard deviation grows like sqrt t only.


def _spread_survives(theta: Theta) -> float:
    return zd.oracles.scale_survival([theta["N"]] * (theta["t/N"] * theta["N"]), 0.1, divisor=theta["fit"])


def _thousandth(theta: Theta) -> float:
    return 1e-3


# alemohammad-fixed-real-degrades and alemohammad-fixed-real-collapses -------------------------------------------------
# Proof. Given the real measure Phat of r draws, Q_t has variance d_t Phat (1 - Phat), d' = a^2 ((1 - 1/s) d + 1/s), a =
# s/(r + s). For s >= 2 the map is increasing and d_1 > 0 = d_0, so d_t increases strictly to a fixed point below 1; for
# s = 1 it is constant, and all is over after one generation. The error is 1/r + (1 - 1/r) d_t, in units of P (1 - P).


def _binomial(size: int, probability: Fraction) -> list[Fraction]:
    return [math.comb(size, k) * probability**k * (1 - probability) ** (size - k) for k in range(size + 1)]


@functools.lru_cache(maxsize=64)
def _errors(real: int, synthetic: int, steps: int, *, fresh: bool) -> tuple[Fraction, ...]:
    """Var Q_t/(P (1 - P)) at t = 0 .. T over every sample; Q_0 is fitted to r real draws of a fair coin."""
    half, size = Fraction(1, 2), real + synthetic
    # State: (count of the kept real sample, model).
    law = {(k, Fraction(k, real)): mass for k, mass in enumerate(_binomial(real, half))}
    path = []
    for _ in range(steps + 1):
        path.append(4 * sum((mass * (model - half) ** 2 for (_, model), mass in law.items()), Fraction(0)))
        following: dict[tuple[int, Fraction], Fraction] = {}
        for (kept, model), mass in law.items():
            present = enumerate(_binomial(real, half)) if fresh else [(kept, Fraction(1))]
            for count, chance in present:
                for drawn, probability in enumerate(_binomial(synthetic, model)):
                    after = (0 if fresh else kept, Fraction(count + drawn, size))
                    following[after] = following.get(after, Fraction(0)) + mass * chance * probability
        law = following
    return tuple(path)


def _errors_later(theta: Theta) -> list[Fraction]:
    return list(_errors(theta["r"], theta["s"], theta["t"], fresh=False)[1:])


def _errors_before(theta: Theta) -> list[Fraction]:
    return list(_errors(theta["r"], theta["s"], theta["t"], fresh=False)[:-1])


def _errors_later_fresh(theta: Theta) -> list[Fraction]:
    return list(_errors(theta["r"], theta["s"], theta["t"], fresh=True)[1:])


def _errors_before_fresh(theta: Theta) -> list[Fraction]:
    return list(_errors(theta["r"], theta["s"], theta["t"], fresh=True)[:-1])


def _lost_by_fixed_data(theta: Theta) -> float:
    """Share of diversity lost after 2000 generations beside r fixed real draws."""
    real, synthetic = theta["r"], theta["s"]
    kept, index = synthetic / (real + synthetic), 0.0
    for _ in range(2000):
        index = kept**2 * ((1 - 1 / synthetic) * index + 1 / synthetic)
    return 1 / real + (1 - 1 / real) * index


def _lost_by_oracle(theta: Theta) -> float:
    return zd.oracles.reused_real_set_limit(theta["r"], theta["s"])


def _nearly_all(theta: Theta) -> float:
    return 0.99


# alemohammad-fresh-worth ----------------------------------------------------------------------------------------------
# Proof. Exactly r of N = r + s draws real, a = s/N: c' = a^2 c + (1 - a c)/N from Q_0 = P, whose fixed point has 1/c =
# N (1 - a^2) + a = r (1 + a) + a = r + a (r + 1), between r and 2 r + 1.


def _late_fresh_error(theta: Theta) -> Fraction:
    """Fixed point of the recursion by two evaluations of one step of the loop, which is affine in the error."""
    real, synthetic = theta["r"], theta["s"]

    def step(error: Fraction) -> Fraction:
        # Mean of N draws, in units of P (1 - P): a real draw has variance 1, a synthetic one 1 - error inside its
        # model, and the s synthetic ones share the model's error.
        size = real + synthetic
        return (real + synthetic * (1 - error) + synthetic**2 * error) / Fraction(size**2)

    offset = step(Fraction(0))
    return offset / (1 - (step(Fraction(1)) - offset))


def _worth(theta: Theta) -> Fraction:
    kept = Fraction(theta["s"], theta["r"] + theta["s"])
    return 1 / (theta["r"] + kept * (theta["r"] + 1))


def _worth_of_all(theta: Theta) -> Fraction:
    return Fraction(1, theta["r"] + theta["s"])


def _worth_of_real(theta: Theta) -> Fraction:
    return Fraction(1, theta["r"])


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="alemohammad-sampling-bias",
        item="fully synthetic loop, biased sampling",
        reading="R4",
        statement="Sampled with variance lambda sigma^2 and refitted by maximum likelihood, a Gaussian has E sigma_t^2 "
        "= (lambda (N - 1)/N)^t sigma_0^2, t <= 10.",
        source="arXiv:2307.01850 (the setting); the law is ours",
        second_hand=_ABSTRACT,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 5, 30), "lambda": (0.8, 0.5, 1.0), "t": (5, 1, 10)},
        sample=_biased_variance,
        bound=_bias_law,
        tail=_bias_tail,
        slack=0.01,
        delta=0.05,
        mutants={
            "lambda scales the deviation": Variant(
                bound=_bias_law_of_deviation, domain={"N": (10,), "lambda": (0.8,), "t": (5,)}
            ),
            "no loss but by the bias": Variant(bound=_bias_alone, domain={"N": (10,), "lambda": (0.8,), "t": (5,)}),
        },
        assumptions=("no real data", "Q_0 = P"),
        note="compared in units of lambda^t; slack: laws of samplers err by 2^-20 in total variation per generation, "
        "by Cauchy and Schwarz less than 2 sqrt(1e-5) of a mean whose second moment is at most 1",
        proved="moments of chi-square, beside the claim, every N, lambda and t",
    ),
    Claim(
        id="alemohammad-fully-synthetic",
        item="fully synthetic loop",
        reading="R4",
        statement="A fully synthetic Gaussian loop loses its spread without any bias: P(sigma_t > sigma_0/10) <= .001 "
        "at t = 40 N, variance fitted by maximum likelihood or unbiased.",
        source="arXiv:2307.01850 (fully synthetic loop)",
        second_hand=_ABSTRACT,
        route=Route.CF,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"N": (10, 3, 30, 100), "fit": ("mle", "unbiased"), "t/N": (40,)},
        value=_spread_survives,
        bound=_thousandth,
        delta=1e-10,
        mutants={"t = 4 N": Variant(domain={"N": (10, 100), "fit": ("mle", "unbiased"), "t/N": (4,)})},
        assumptions=("no real data", "lambda = 1"),
        note="with the unbiased fit E sigma_t^2 = sigma_0^2 for ever: the spread is lost in probability, not in the "
        "mean",
        proved="log sigma^2 is a random walk of negative drift; every N",
        decided_at="smoke",
    ),
    Claim(
        id="alemohammad-fixed-real-degrades",
        item="synthetic augmentation loop",
        reading="R8",
        statement="Beside one fixed real sample of r draws, with s >= 2 synthetic ones per generation, the error rises "
        "in every generation: Var Q_{t+1} > Var Q_t for t < 4, from that of the real sample alone.",
        source="arXiv:2307.01850 (synthetic augmentation loop)",
        second_hand=_ABSTRACT,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation=">",
        domain={"r": (2, 3, 4), "s": (2, 3), "t": (4,)},
        value=_errors_later,
        bound=_errors_before,
        delta=0,
        mutants={"fresh real draws": Variant(value=_errors_later_fresh, bound=_errors_before_fresh)},
        assumptions=("Q_0 is fitted to the r real draws", "s synthetic draws of the last model per generation"),
        note="every sample enumerated, two types; at s = 1 it rises once and stays",
        proved="an increasing recursion, beside the claim, every r, s >= 2 and t",
        decided_at="smoke",
    ),
    Claim(
        id="alemohammad-fresh-worth",
        item="fresh data loop",
        reading="R2",
        statement="With r fresh real and s synthetic draws per generation the error settles at that of r + a (r + 1) "
        "real draws, a = s/(r + s): between r and 2 r + 1 of them, however much is synthetic.",
        source="arXiv:2307.01850 (fresh data loop); the number is ours",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"r": (1, 2, 10, 100), "s": (1, 3, 10, 1000, 10**6)},
        value=_late_fresh_error,
        bound=_worth,
        delta=0,
        mutants={"all draws count": Variant(bound=_worth_of_all), "only real ones": Variant(bound=_worth_of_real)},
        assumptions=("unbiased sampling", "types, or a Gaussian's mean under maximum likelihood"),
        note="with one fresh real draw diversity 1 - 1/(1 + 2 a) is kept, at most 2/3: what 'enough' means is a number",
        proved="fixed point, beside the claim, every r and s",
        decided_at="smoke",
    ),
    Claim(
        id="alemohammad-fixed-real-collapses",
        item="synthetic augmentation loop",
        reading="R8",
        statement="A fixed real sample only delays the end: in the limit at least 99 % of the diversity is lost.",
        source="arXiv:2307.01850, a fixed real sample that delays but does not prevent, read as loss of all diversity",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.REFUTED,
        relation=">=",
        domain={"r": (2, 10, 100), "s": (1, 10, 100)},
        value=_lost_by_fixed_data,
        bound=_nearly_all,
        delta=1e-9,
        confirm=_lost_by_oracle,
        controls={"r = 1": Variant(domain={"r": (1,), "s": (1, 10, 100)}, must="SUPPORTED")},
        assumptions=("Q_0 is fitted to the r real draws", "s synthetic draws of the last model per generation"),
        note="r = s = 10: .129 is lost, .100 of it by the real sample itself; degradation is real and bounded",
        corrected_by=("alemohammad-fixed-real-degrades", "alemohammad-fresh-worth"),
        decided_at="smoke",
    ),
)

ALEMOHAMMAD = Catalogue(
    name="alemohammad2023",
    title="Alemohammad et al. 2023: self-consuming loops",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
