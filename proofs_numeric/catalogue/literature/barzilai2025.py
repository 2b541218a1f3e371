"""Barzilai and Shamir 2025: maximum likelihood on real data to which synthetic data are added, batch by batch.

n real draws, then n draws of the last fit per generation, all of them kept. They prove that the error stays small if n
grows polylogarithmically in the number T of generations, under standard assumptions. For types and one-parameter
families with quadratic variance more can be said exactly. True: the error is at most pi^2/(6 n) for types, uniformly
in T, and follows a product for every such family. False: that it vanishes at fixed n; and that pi^2/6 is the largest
price of synthetic data in every family.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import tabular_loop
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.exact.enumerated_chain import exact_chain
from proofs_numeric.expressions import Expression
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="barzilai2025",
    title="When Models Don't Collapse: On the Consistency of Iterative MLE",
    authors=("Barzilai, Daniel", "Shamir, Ohad"),
    year=2025,
    arxiv="2505.19046",
)
_ABSTRACT = "from the abstract and a review"
_WHOLE = math.pi**2 / 6


# barzilai-price-exact, barzilai-price, barzilai-accumulated-draws, barzilai-fixed-batch -------------------------------
# Proof. Two draws of the pool of s batches ask whether they are copies of one real draw. Unless both are of the last
# batch, the question goes to the pool of s - 1 batches; if both are, with probability 1/s^2, they are one and the same
# with probability 1/n. So 1 - c_s = (1 - 1/(n s^2)) (1 - c_{s-1}) from c_0 = 0, and c_T <= sum 1/(n s^2) < pi^2/(6 n):
# consistent as n grows, at any rate and whatever T; while c_T >= c_1 = 1/n at every T.


def _enumerated_error(theta: Theta) -> Expression:
    """E |Q_T - P|^2/diversity(P) over every sample."""
    target = theta["P"]
    chain = exact_chain(target, [theta["n"]] * theta["T"], update="accumulate")
    diversity = 1 - sum(p * p for p in target)
    return chain.mean(lambda q: sum((x - p) ** 2 for x, p in zip(q, target, strict=True))) / diversity


def _sum_of_squares(theta: Theta) -> Fraction:
    return sum((Fraction(1, theta["n"] * s * s) for s in range(1, theta["T"] + 1)), Fraction(0))


def _real_data_alone(theta: Theta) -> Fraction:
    return Fraction(1, theta["n"])


def _real_data_at_every_generation(theta: Theta) -> Fraction:
    return Fraction(1, theta["n"] * theta["T"])


def _affordable(theta: Theta) -> bool:
    return theta["n"] <= (4 if len(theta["P"]) == 2 else 2)


def _pooled_error(theta: Theta) -> float:
    error, size = 0.0, theta["n"]
    for s in range(1, theta["T"] + 1):
        error += (1 - error) / (size * s * s)
    return error


def _price(theta: Theta) -> float:
    """Error over that of the real sample alone."""
    return theta["n"] * _pooled_error(theta)


def _whole_price(theta: Theta) -> float:
    return _WHOLE


def _no_price(theta: Theta) -> float:
    return 1.0


def _hundredth(theta: Theta) -> float:
    return 0.01


def _pooled_error_by_sine(theta: Theta) -> float:
    """Euler's product for the sine, without the factors after T."""
    x = math.pi / math.sqrt(theta["n"])
    return 1 - math.sin(x) / x * math.exp(1 / (theta["n"] * (theta["T"] + 0.5)))


def _system(theta: Theta) -> zd.System:
    return tabular_loop.loop(theta["P"], theta["n"], update=zd.Accumulate())


def _kept_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    paths = tabular_loop.paths(_system(theta), key, num_replicates)
    return paths["diversity"][:, theta["T"]].astype(np.float64) / tabular_loop.diversity_of(theta["P"])


def _kept_tail(theta: Theta) -> Tail:
    largest = (1 - 1 / len(theta["P"])) / tabular_loop.diversity_of(theta["P"])
    return Tail(lower=0.0, upper=largest, reason="0 <= G(q) <= 1 - 1/K")


def _kept_slack(theta: Theta) -> float:
    slack = zd.numerical_slack(_system(theta), "diversity", tabular_loop.HORIZON)
    return slack / tabular_loop.diversity_of(theta["P"])


def _kept_at_least(theta: Theta) -> float:
    return 1 - _WHOLE / theta["n"]


def _kept_by_real_data(theta: Theta) -> float:
    return 1 - 1 / theta["n"]


# barzilai-price-families and barzilai-price-six -----------------------------------------------------------------------
# Proof. The pooled mean moves by (batch mean - m_{s-1})/s: a martingale whose increments have variance V(m_{s-1})/(n
# s^2). With V = v0 + v1 m + v2 m^2, E V(m_s) = (1 + v2/(n s^2)) E V(m_{s-1}). Sum the increments: E (m_T - m_0)^2 =
# V(m_0) (prod (1 + v2/(n s^2)) - 1)/v2. This is at least V(m_0) sum 1/(n s^2) for v2 > 0, and at most that for v2 < 0.

_FAMILIES: dict[str, tuple[float, float | None, tuple[float, float, float]]] = {
    "bernoulli": (0.3, None, (0.0, 1.0, -1.0)),
    "poisson": (1.0, None, (0.0, 1.0, 0.0)),
    "normal": (0.0, 2.0, (2.0, 0.0, 0.0)),
    "exponential": (1.0, None, (0.0, 0.0, 1.0)),
    "geometric": (0.5, None, (0.0, 1.0, 1.0)),
    "gamma": (1.0, 4.0, (0.0, 0.0, 0.25)),
}
"""Target mean, parameter, and v0, v1, v2."""


def _family_error(theta: Theta) -> float:
    """Error times n/V(m_0) by the recursion of first and second moments."""
    mean, parameter, (v0, v1, v2) = _FAMILIES[theta["family"]]
    moments = zd.oracles.mean_parameter_moments(
        [theta["n"]] * theta["T"],
        0.0,
        family=theta["family"],
        parameter=parameter,
        target_mean=mean,
        update="accumulate",
    )
    return theta["n"] * float(moments.mean_square[-1]) / (v0 + v1 * mean + v2 * mean**2)


def _family_law_with(theta: Theta, v2: float) -> float:
    terms = [1 / (theta["n"] * s * s) for s in range(1, theta["T"] + 1)]
    if v2 == 0:
        return theta["n"] * math.fsum(terms)
    return theta["n"] * math.expm1(math.fsum(math.log1p(v2 * x) if v2 * x > -1 else -math.inf for x in terms)) / v2


def _family_law(theta: Theta) -> float:
    return _family_law_with(theta, _FAMILIES[theta["family"]][2][2])


def _family_law_of_opposite_sign(theta: Theta) -> float:
    return _family_law_with(theta, -_FAMILIES[theta["family"]][2][2])


def _family_law_without_curvature(theta: Theta) -> float:
    return _family_law_with(theta, 0.0)


_HALF, _THIRD = (Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="barzilai-price-exact",
        item="consistency with accumulating data",
        reading="R7",
        statement="Pooling n draws per generation, E |Q_T - P|^2/diversity(P) <= sum_{s <= T} 1/(n s^2), T <= 4.",
        source="arXiv:2505.19046 (no collapse as the share of real data vanishes); the bound is ours",
        second_hand=_ABSTRACT,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"n": (2, 1, 3, 4), "T": (3, 1, 2), "P": (_HALF, _THIRD)},
        where=_affordable,
        value=_enumerated_error,
        bound=_sum_of_squares,
        delta=0,
        mutants={
            "real data alone, 1/n": Variant(bound=_real_data_alone),
            "as if all were real, 1/(n T)": Variant(bound=_real_data_at_every_generation),
        },
        assumptions=("the first batch is real", "types, maximum likelihood"),
        note="every sample enumerated",
        proved="two draws of the pool, beside the claim, every P, n and T",
        decided_at="smoke",
    ),
    Claim(
        id="barzilai-price",
        item="consistency with accumulating data",
        reading="R7",
        statement="The error over that of the real sample alone, n E |Q_T - P|^2/diversity(P), stays below pi^2/6 "
        "uniformly in n and T: consistent as n grows, at whatever rate and for whatever T. T <= 10^5.",
        source="arXiv:2505.19046 (n polylogarithmic in T); for types any growth will do, ours",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<",
        domain={"n": (10, 1, 2, 100, 10_000), "T": (10, 1000, 100_000)},
        along={"T": (1, 2, 5, 10, 100, 1000, 10_000, 100_000)},
        value=_price,
        bound=_whole_price,
        delta=1e-9,
        mutants={"no price": Variant(bound=_no_price)},
        assumptions=("the first batch is real", "types, maximum likelihood"),
        note="reached only as n and T go to infinity: 1.566 at n = 10",
        proved="as barzilai-price-exact",
    ),
    Claim(
        id="barzilai-accumulated-draws",
        item="consistency with accumulating data",
        reading="R7",
        statement="Of the diversity of P at least 1 - pi^2/(6 n) is kept in expectation, T <= 80.",
        source="arXiv:2505.19046 (no collapse as the share of real data vanishes); the number is ours",
        second_hand=_ABSTRACT,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={
            "n": (10, 3, 20),
            "T": (80, 20),
            "P": ((0.5, 0.5), (0.4, 0.3, 0.2, 0.1)),
        },
        sample=_kept_draws,
        bound=_kept_at_least,
        tail=_kept_tail,
        slack=_kept_slack,
        delta=0.02,
        mutants={
            "1 - 1/n": Variant(bound=_kept_by_real_data, domain={"n": (10,), "T": (80,), "P": ((0.5, 0.5),)}),
        },
        assumptions=("the first batch is real",),
        proved="as barzilai-price-exact",
    ),
    Claim(
        id="barzilai-price-families",
        item="consistency with accumulating data",
        reading="RF",
        statement="For a family with variance function V = v0 + v1 m + v2 m^2 the pooled mean has E (m_T - m_0)^2 = "
        "V(m_0) (prod_{s <= T} (1 + v2/(n s^2)) - 1)/v2, T <= 1000.",
        source="arXiv:2505.19046 (regular families); the law is ours, from Morris (1982)",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"family": tuple(_FAMILIES), "n": (10, 1, 2, 100), "T": (10, 1, 1000)},
        value=_family_error,
        bound=_family_law,
        delta=1e-9,
        mutants={
            "-v2": Variant(bound=_family_law_of_opposite_sign),
            "v2 = 0": Variant(bound=_family_law_without_curvature),
        },
        assumptions=("the first batch is real", "maximum likelihood"),
        note="limits: (sinh x/x - 1) n for v2 = 1, (1 - sin x/x) n for v2 = -1, x = pi/sqrt n; pi^2/6 for v2 = 0",
        proved="martingale increments, beside the claim, every n and T",
        decided_at="smoke",
    ),
    Claim(
        id="barzilai-arbitrary-speed",
        item="necessity of assumptions",
        reading="RF",
        statement="Without the assumptions there are families whose pooled fits are consistent on real data and "
        "collapse arbitrarily quickly beside synthetic data.",
        source="arXiv:2505.19046",
        second_hand=_ABSTRACT,
        route=Route.CF,
        expected=Status.NOT_TESTABLE,
        reason="The families are constructed for the purpose in a text that was not read, and 'arbitrarily quickly' "
        "speaks of infinitely many of them.",
    ),
    Claim(
        id="barzilai-fixed-batch",
        item="consistency with accumulating data",
        reading="R7",
        statement="At a fixed batch size the pooled fit is consistent as T grows: E |Q_T - P|^2/diversity(P) <= .01 at "
        "T = 10^5.",
        source="arXiv:2505.19046, read without growth of n",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"n": (2, 10, 100), "T": (100_000,)},
        along={"T": (1, 10, 100, 1000, 10_000, 100_000)},
        value=_pooled_error,
        bound=_hundredth,
        delta=1e-9,
        confirm=_pooled_error_by_sine,
        controls={"n = 1000": Variant(domain={"n": (1000,), "T": (100_000,)}, must="SUPPORTED")},
        assumptions=("the first batch is real", "types, maximum likelihood"),
        note="no consistent estimate can come from n real draws alone; the limit is 1 - sin(x)/x, x = pi/sqrt n: .157 "
        "at n = 10",
        corrected_by=("barzilai-price-exact", "barzilai-price"),
        decided_at="smoke",
    ),
    Claim(
        id="barzilai-price-six",
        item="consistency with accumulating data",
        reading="RF",
        statement="In every regular family synthetic data cost at most a factor pi^2/6 over the real sample alone, at "
        "every n; T = 2000.",
        source="the price pi^2/6 of Dey and Donoho, arXiv:2410.22812, joined to arXiv:2505.19046 at finite n",
        second_hand="from abstracts",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"family": ("exponential", "geometric", "gamma"), "n": (1, 2, 10), "T": (2000,)},
        value=_family_error,
        bound=_whole_price,
        delta=1e-6,
        confirm=_family_law,
        controls={
            "v2 <= 0": Variant(
                domain={"family": ("bernoulli", "poisson", "normal"), "n": (1, 2, 10), "T": (2000,)}, must="SUPPORTED"
            )
        },
        assumptions=("the first batch is real", "maximum likelihood"),
        note="exponential: 2.67 at n = 1, 1.73 at n = 10; pi^2/6 = 1.645 in the limit of large n alone",
        corrected_by=("barzilai-price-families",),
        decided_at="smoke",
    ),
)

BARZILAI = Catalogue(
    name="barzilai2025",
    title="Barzilai and Shamir 2025: consistency of iterative maximum likelihood",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
