"""Bertrand et al. 2023: a Gaussian fed on its own samples loses its spread; with real data retraining is stable.

True: their bound on the spread, which is five to ten times too large; contraction by 1 - alpha per generation at an
infinite sample, for every share alpha > 0 of real data; a floor under the error at a finite one. False: that their
sufficient condition, less than one synthetic draw for two real ones, is a necessary one.
"""

import math
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="bertrand2023",
    title="On the Stability of Iterative Retraining of Generative Models on their own Data",
    authors=(
        "Bertrand, Quentin",
        "Bose, Avishek Joey",
        "Duplessis, Alexandre",
        "Jiralerspong, Marco",
        "Gidel, Gauthier",
    ),
    year=2023,
    arxiv="2310.00429",
)
_ABSTRACT = "from the abstract and reviews"
Vector = Float[np.ndarray, " numbers"]


# bertrand-scale-survival and bertrand-scale-draws ---------------------------------------------------------------------
# Proof. sigma_{t+1}/sigma_t is sqrt(chi^2_{N-1}/(N-1)), independent of the past, of mean c4(N). So E sigma_t = c4^t
# sigma_0; then Markov's inequality. The law of log sigma_t is that of a sum of t independent terms, inverted here.

_LONGEST = 45
"""Generations of every run."""


def _mean_ratio(num_samples: int, degrees: int) -> float:
    """E sqrt(chi^2_{N-1}/degrees); c4(N) at degrees = N - 1."""
    return math.sqrt(2 / degrees) * math.exp(math.lgamma(num_samples / 2) - math.lgamma((num_samples - 1) / 2))


def _survival(theta: Theta) -> float:
    return zd.oracles.scale_survival([theta["N"]] * theta["t"], theta["eps"], divisor="unbiased")


def _markov(theta: Theta) -> float:
    return min(1.0, _mean_ratio(theta["N"], theta["N"] - 1) ** theta["t"] / theta["eps"])


def _markov_of_smaller_fit(theta: Theta) -> float:
    return min(1.0, _mean_ratio(theta["N"], theta["N"]) ** theta["t"] / theta["eps"])


def _twelfth_of_markov(theta: Theta) -> float:
    return _mean_ratio(theta["N"], theta["N"] - 1) ** theta["t"] / theta["eps"] / 12


def _scale_survives(theta: Theta, key: Any, num_replicates: int) -> Vector:
    system = zd.System(target=zd.Gaussian(0.0, 1.0), num_samples=theta["N"], fit=zd.Unbiased())
    run = zd.simulate(
        system,
        num_generations=_LONGEST,
        num_replicates=num_replicates,
        key=key,
        record=("log_variance",),
        keep="replicates",
        quantiles=False,
    )
    return (run.replicates["log_variance"][:, theta["t"]] > 2 * math.log(theta["eps"])).astype(np.float64)


# bertrand-stability-rate and bertrand-half-necessary ------------------------------------------------------------------
# Proof. With an infinite sample the maximum-likelihood fit of an exponential family matches the mean parameters, here
# (E x, E x^2), and those of a mixture are mixed: their distance to the target's shrinks by 1 - alpha. In the paper's
# lambda, synthetic draws per real one, 1 - alpha is lambda/(1 + lambda), below 1 for every lambda.


def _retrained(theta: Theta) -> Vector:
    """(E x, E x^2) of the Gaussian after t generations, P = N(0, 1)."""
    share = 1 / (1 + theta["lambda"])
    mean, variance = theta["mu, v"]
    for _ in range(theta["t"]):
        following = (1 - share) * mean
        variance = share * (1 + following**2) + (1 - share) * (variance + (mean - following) ** 2)
        mean = following
    return np.array([mean, variance + mean**2])


def _mixed(theta: Theta, factor: float) -> Vector:
    mean, variance = theta["mu, v"]
    start, target = np.array([mean, variance + mean**2]), np.array([0.0, 1.0])
    return target + factor ** theta["t"] * (start - target)


def _by_share(theta: Theta) -> Vector:
    return _mixed(theta, theta["lambda"] / (1 + theta["lambda"]))


def _by_ratio(theta: Theta) -> Vector:
    return _mixed(theta, theta["lambda"])


def _by_square(theta: Theta) -> Vector:
    return _mixed(theta, (theta["lambda"] / (1 + theta["lambda"])) ** 2)


def _distance_left(theta: Theta) -> float:
    """Largest error of a mean parameter, as a share of the one at the start."""
    return float(
        np.abs(_retrained(theta) - [0.0, 1.0]).max() / np.abs(_retrained({**theta, "t": 0}) - [0.0, 1.0]).max()
    )


def _distance_left_by_share(theta: Theta) -> float:
    return (theta["lambda"] / (1 + theta["lambda"])) ** theta["t"]


def _all_of_it(theta: Theta) -> float:
    return 1.0


# bertrand-finite-sample-floor -----------------------------------------------------------------------------------------
# Proof. The error of the mean obeys A' = (1 - alpha)^2 A + (1 - (1 - alpha)^2 A)/N from Q_0 = P under maximum
# likelihood, as in the two-draw argument of the fixation law; solve A' = A.


def _late_error(theta: Theta) -> float:
    error, variance = 0.0, 1.0
    for _ in range(theta["t"]):
        error, variance = recursions.gaussian_step(error, variance, theta["N"], theta["alpha"], theta["N"])
    return error


def _floor(theta: Theta) -> float:
    alpha = theta["alpha"]
    return 1 / (1 + (theta["N"] - 1) * alpha * (2 - alpha))


def _floor_of_one_sample(theta: Theta) -> float:
    return 1 / theta["N"]


def _floor_without_square(theta: Theta) -> float:
    return 1 / (1 + (theta["N"] - 1) * theta["alpha"])


_SCALE = {"N": (10, 5, 30), "eps": (0.1, 0.5), "t": (45, 10, 20)}
_RETRAINING = {
    "lambda": (0.5, 0.1, 1.0, 9.0),
    "mu, v": ((1.0, 1.0), (0.0, 0.25), (-3.0, 4.0)),
    "t": (1, 2, 10),
}

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="bertrand-scale-survival",
        item="Gaussian, synthetic data alone",
        reading="R4",
        statement="A Gaussian refitted to N of its own draws, variance unbiased, has P(sigma_t > eps) <= (sigma_0/eps) "
        "c4(N)^t, t <= 100.",
        source="arXiv:2310.00429, the fully synthetic Gaussian",
        route=Route.CF,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={**_SCALE, "t": (45, 10, 100)},
        along={"t": (1, 2, 5, 10, 20, 45, 70, 100)},
        value=_survival,
        bound=_markov,
        delta=1e-10,
        mutants={
            "constant of the maximum-likelihood fit": Variant(bound=_markov_of_smaller_fit),
            "a twelfth of it": Variant(bound=_twelfth_of_markov),
        },
        assumptions=("no real data", "Q_0 = P"),
        note="loose: at N = 10, eps = .1, t = 100 the probability is .0816 and the bound .625",
        proved="Markov's inequality, every N, eps and t",
        decided_at="smoke",
    ),
    Claim(
        id="bertrand-scale-draws",
        item="Gaussian, synthetic data alone",
        reading="R4",
        statement="The same bound against simulated loops: P(sigma_t > eps) <= (sigma_0/eps) c4(N)^t, t <= 45.",
        source="arXiv:2310.00429, the fully synthetic Gaussian",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"N": (10, 5, 30), "eps": (0.5, 0.1), "t": (45, 20)},
        sample=_scale_survives,
        bound=_markov,
        tail=Tail(indicator=True, reason="an event"),
        slack=1e-4,
        delta=0.02,
        mutants={
            "constant of the maximum-likelihood fit": Variant(
                bound=_markov_of_smaller_fit, domain={"N": (10,), "eps": (0.5,), "t": (45,)}
            ),
        },
        assumptions=("no real data", "Q_0 = P"),
        note="slack: 45 generations at 2^-20 in total variation each, and rounding of log sigma near log eps",
        proved="Markov's inequality, every N, eps and t",
    ),
    Claim(
        id="bertrand-stability-rate",
        item="stability",
        reading="R1",
        statement="With an infinite sample and lambda synthetic draws per real one, the mean parameters of a Gaussian "
        "approach the target's by exactly lambda/(1 + lambda) = 1 - alpha per generation, from everywhere.",
        source="arXiv:2310.00429 (the setting); the exact rate is ours",
        second_hand=_ABSTRACT,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain=_RETRAINING,
        value=_retrained,
        bound=_by_share,
        delta=1e-12,
        mutants={"rate lambda": Variant(bound=_by_ratio), "rate (1 - alpha)^2": Variant(bound=_by_square)},
        assumptions=("infinite sample", "P in the family", "maximum likelihood"),
        note="exponential families only; for others the paper's condition on the loss stays",
        proved="mean parameters of a mixture are mixed, beside the claim, every exponential family",
        decided_at="smoke",
    ),
    Claim(
        id="bertrand-finite-sample-floor",
        item="stability at finite samples",
        reading="R4",
        statement="With N draws per generation the error of the mean does not vanish: E (mu_t - mu_P)^2/sigma_P^2 "
        "tends to 1/(1 + (N - 1) alpha (2 - alpha)), reached within 1e-9 at t = 3000.",
        source="arXiv:2310.00429 (approximate stability); the constant is ours",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 2, 100), "alpha": (0.5, 0.1, 0.01), "t": (3000,)},
        value=_late_error,
        bound=_floor,
        delta=1e-9,
        mutants={
            "1/N": Variant(bound=_floor_of_one_sample),
            "alpha for alpha (2 - alpha)": Variant(bound=_floor_without_square),
        },
        assumptions=("maximum likelihood", "each draw real with probability alpha", "Q_0 = P"),
        proved="fixed point of the recursion, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="bertrand-half-necessary",
        item="stability",
        reading="R1",
        statement="Retraining is stable only below lambda = 1/2 synthetic draws per real one: from lambda = 1/2 on, an "
        "error of the mean parameters does not shrink in 50 generations.",
        source="arXiv:2310.00429, a sufficient condition read as a necessary one",
        second_hand=_ABSTRACT,
        route=Route.POP,
        expected=Status.REFUTED,
        relation=">=",
        domain={"lambda": (0.5, 1.0, 9.0), "mu, v": ((1.0, 1.0), (0.0, 0.25)), "t": (50,)},
        value=_distance_left,
        bound=_all_of_it,
        delta=1e-9,
        confirm=_distance_left_by_share,
        controls={"no real data, nearly": Variant(domain={"lambda": (1e12,), "mu, v": ((1.0, 1.0),), "t": (50,)})},
        assumptions=("infinite sample", "P in the family"),
        note="the paper asks for lambda (1 + eps L/alpha) < 1/2 and does not call that necessary; lambda = 9 shrinks "
        "by .9 per generation",
        corrected_by=("bertrand-stability-rate",),
        decided_at="smoke",
    ),
)

BERTRAND = Catalogue(
    name="bertrand2023",
    title="Bertrand et al. 2023: stability of iterative retraining",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
