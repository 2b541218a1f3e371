"""Ferbach et al. 2024: loops whose samples users curate.

Of K draws one is kept, with odds e^r. True: the expected weight e^r rises, by a share of its variance; without real
data only the best items are left, in their first proportions; with enough real data the model stays within a constant
factor of them. False: that curation by taste keeps diversity.
"""

import itertools
import math
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="ferbach2024",
    title="Self-Consuming Generative Models with Curated Data Provably Optimize Human Preferences",
    authors=("Ferbach, Damien", "Bertrand, Quentin", "Bose, Avishek Joey", "Gidel, Gauthier"),
    year=2024,
    arxiv="2407.09499",
)
_SECOND_HAND = "from the abstract; the curated choice as a follow-up restates it"
Law = Float[np.ndarray, " support"]


# ferbach-reward-rises and ferbach-reward-rises-draws ------------------------------------------------------------------
# Proof. Let w = e^r and S the sum of the K weights drawn. The kept one has mean weight E sum w_i^2/S, and without
# curation it is E S/K. The difference, E (sum w_i^2 - S^2/K)/S, is at least (K - 1) E s^2/(K max w), s^2 the unbiased
# variance of the K weights, whose mean is Var w.


def _curated(probs: tuple[Fraction, ...], weights: tuple[Fraction, ...], num_candidates: int) -> list[Fraction]:
    """The law of the kept draw, over all K-tuples."""
    kept = [Fraction(0)] * len(probs)
    for drawn in itertools.product(range(len(probs)), repeat=num_candidates):
        chance = math.prod((probs[i] for i in drawn), start=Fraction(1))
        total = sum(weights[i] for i in drawn)
        for i in drawn:
            kept[i] += chance * weights[i] / total
    return kept


def _rise(theta: Theta) -> Fraction:
    kept = _curated(theta["p"], theta["e^r"], theta["K"])
    return sum(((after - p) * w for after, p, w in zip(kept, theta["p"], theta["e^r"], strict=True)), Fraction(0))


def _mean_and_variance(probs: tuple[Fraction, ...], weights: tuple[Fraction, ...]) -> tuple[Fraction, Fraction]:
    mean = sum((p * w for p, w in zip(probs, weights, strict=True)), Fraction(0))
    return mean, sum((p * w * w for p, w in zip(probs, weights, strict=True)), Fraction(0)) - mean**2


def _share_of_variance(theta: Theta) -> Fraction:
    variance = _mean_and_variance(theta["p"], theta["e^r"])[1]
    return Fraction(theta["K"] - 1, theta["K"]) * variance / max(theta["e^r"])


def _whole_variance(theta: Theta) -> Fraction:
    return _mean_and_variance(theta["p"], theta["e^r"])[1] / max(theta["e^r"])


def _share_over_mean(theta: Theta) -> Fraction:
    mean, variance = _mean_and_variance(theta["p"], theta["e^r"])
    return Fraction(theta["K"] - 1, theta["K"]) * variance / mean


def _kept_together(theta: Theta) -> bool:
    return len(theta["p"]) == len(theta["e^r"])


_WEIGHTS = np.array([1.0, 2.0, 4.0])
"""e^r of the simulated loop."""


def _mean_weight(state: Any, target: Any) -> Any:
    return jnp.sum(state.probs * jnp.asarray(_WEIGHTS, state.probs.dtype))


def _weight_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    system = zd.System(
        target=zd.Categorical(np.array(theta["p"])),
        num_samples=theta["N"],
        decoders=zd.decoders.Curation(np.log(_WEIGHTS), theta["K"]),
    )
    run = zd.simulate(
        system,
        num_generations=1,
        num_replicates=num_replicates,
        key=key,
        record=(_mean_weight,),
        keep="replicates",
        quantiles=False,
    )
    return np.asarray(run.replicates["_mean_weight"], np.float64)[:, 1]


def _risen_weight(theta: Theta, share: float) -> float:
    probs = np.array(theta["p"])
    mean = float(probs @ _WEIGHTS)
    return mean + share * float(probs @ _WEIGHTS**2 - mean**2) / float(_WEIGHTS.max())


def _weight_at_least(theta: Theta) -> float:
    return _risen_weight(theta, 1 - 1 / theta["K"])


def _weight_at_least_doubled(theta: Theta) -> float:
    return _risen_weight(theta, 2.5 * (1 - 1 / theta["K"]))


# ferbach-limit and ferbach-diversity ----------------------------------------------------------------------------------
# Proof. The factor by which curation multiplies p(x) depends on x through r(x) alone and increases with it: the best
# items keep their proportions, and once they have nearly all the mass the others shrink by K w/(w + (K - 1) max w) < 1.


def _after(theta: Theta) -> Law:
    law = np.array(theta["p_0"])
    for _ in range(theta["t"]):
        law = zd.oracles.decode_curation(law, theta["r"], theta["K"])
    return law


def _best_items(theta: Theta) -> Law:
    kept = np.array(theta["p_0"]) * (np.array(theta["r"]) == max(theta["r"]))
    return kept / kept.sum()


def _uniform_on_best(theta: Theta) -> Law:
    best = (np.array(theta["r"]) == max(theta["r"])).astype(float)
    return best / best.sum()


def _one_tilt(theta: Theta) -> Law:
    tilted = np.array(theta["p_0"]) * np.exp(theta["r"])
    return tilted / tilted.sum()


def _diversity_left(theta: Theta) -> float:
    start = np.array(theta["p_0"])
    return float((1 - np.sum(_after(theta) ** 2)) / (1 - np.sum(start**2)))


def _diversity_left_by_limit(theta: Theta) -> float:
    start = np.array(theta["p_0"])
    return float((1 - np.sum(_best_items(theta) ** 2)) / (1 - np.sum(start**2)))


def _half(theta: Theta) -> float:
    return 0.5


# ferbach-real-data-factor ---------------------------------------------------------------------------------------------
# Proof. Curation keeps each of K draws with probability at most 1, so it multiplies p(x) by at most K. With lambda
# curated draws per real one, m_t = max p_t/P obeys m_{t+1} <= (1 + lambda K m_t)/(1 + lambda), m_0 = 1, and stays below
# the fixed point 1/(1 - lambda (K - 1)) of that map, if lambda (K - 1) < 1. KL(p_t || P) is at most log m_t.


def _largest_log_ratio(theta: Theta) -> float:
    """Maximum over x and t <= 200 of log p_t(x)/P(x)."""
    target, rewards = map(np.array, theta["P, r"])
    real, law, largest = 1 / (1 + theta["lambda"]), target, 0.0
    for _ in range(200):
        law = real * target + (1 - real) * zd.oracles.decode_curation(law, rewards, theta["K"])
        largest = max(largest, float(np.max(np.log(law / target))))
    return largest


def _log_factor_with(theta: Theta, rivals: float) -> float:
    return -math.log(1 - theta["lambda"] * rivals)


def _log_factor(theta: Theta) -> float:
    return _log_factor_with(theta, theta["K"] - 1)


def _log_factor_of_one_less(theta: Theta) -> float:
    return _log_factor_with(theta, theta["K"] - 2)


def _log_factor_of_nine_tenths(theta: Theta) -> float:
    return 0.9 * _log_factor(theta)


def _factor_is_finite(theta: Theta) -> bool:
    return theta["lambda"] * (theta["K"] - 1) < 1


_HALF = (Fraction(1, 2), Fraction(1, 2))
_RARE = (Fraction(9, 10), Fraction(1, 10))
_THREE = (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5))
_PLAIN, _CLOSE = (Fraction(1), Fraction(2)), (Fraction(10), Fraction(11))
_REWARDS = {"p_0": ((0.5, 0.3, 0.2), (0.2, 0.2, 0.6)), "r": ((0.0, 1.0, 2.0), (1.0, 1.0, 0.0)), "K": (2, 4)}

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="ferbach-reward-rises",
        item="curation as preference optimisation",
        reading="R1",
        statement="Keeping one of K draws with odds e^r raises E e^r by at least (K - 1)/K Var(e^r)/max e^r per round.",
        source="arXiv:2407.09499 (expected reward is maximised)",
        second_hand=_SECOND_HAND,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={
            "p": (_HALF, _RARE, _THREE),
            "e^r": (_PLAIN, _CLOSE, (Fraction(1), Fraction(10)), (Fraction(1), Fraction(2), Fraction(4))),
            "K": (2, 3, 4),
        },
        where=_kept_together,
        value=_rise,
        bound=_share_of_variance,
        delta=0,
        mutants={
            "without (K - 1)/K": Variant(bound=_whole_variance),
            "mean for maximum": Variant(bound=_share_over_mean),
        },
        assumptions=("infinite sample", "no real data"),
        note="every K-tuple enumerated",
        proved="sample variance of the K weights, beside the claim, every p, r and K",
        decided_at="smoke",
    ),
    Claim(
        id="ferbach-reward-rises-draws",
        item="curation as preference optimisation",
        reading="R2",
        statement="The same for a model refitted to N curated draws, in expectation.",
        source="arXiv:2407.09499 (expected reward is maximised)",
        second_hand=_SECOND_HAND,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={"N": (20, 5), "p": ((0.5, 0.3, 0.2), (0.9, 0.05, 0.05)), "K": (2, 4)},
        sample=_weight_draws,
        bound=_weight_at_least,
        tail=Tail(lower=1.0, upper=4.0, reason="smallest and largest weight"),
        slack=1e-4,
        delta=0.05,
        mutants={
            "two and a half times as much": Variant(
                bound=_weight_at_least_doubled, domain={"N": (20,), "p": ((0.5, 0.3, 0.2),), "K": (2, 4)}
            )
        },
        assumptions=("no real data",),
        note="weights 1, 2, 4; the mean of a refitted model is that of the law it was drawn from. Slack: 2^-20 in "
        "total variation, and the quadrature of the curated law",
        proved="as ferbach-reward-rises",
    ),
    Claim(
        id="ferbach-limit",
        item="limit of curation",
        reading="R1",
        statement="Without real data the curated law tends to p_0 given the items of largest reward; within 1e-9 at t "
        "= 200.",
        source="arXiv:2407.09499 (collapse on the best level)",
        second_hand=_SECOND_HAND,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={**_REWARDS, "t": (200,)},
        value=_after,
        bound=_best_items,
        delta=1e-9,
        mutants={"uniform on them": Variant(bound=_uniform_on_best), "one tilt by e^r": Variant(bound=_one_tilt)},
        assumptions=("infinite sample", "no real data", "rewards a unit apart"),
        proved="factors depend on the reward alone, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="ferbach-real-data-factor",
        item="stability with real data",
        reading="R1",
        statement="With lambda curated draws per real one, lambda (K - 1) < 1, no item ever has more than 1/(1 - "
        "lambda (K - 1)) times its real probability, and KL(p_t || P) <= -log(1 - lambda (K - 1)); t <= 200.",
        source="arXiv:2407.09499 (stability with a positive share of real data)",
        second_hand=_SECOND_HAND,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={
            "lambda": (0.5, 0.2, 0.9),
            "K": (2, 3, 4),
            "P, r": (
                ((0.5, 0.3, 0.2), (0.0, 1.0, 2.0)),
                ((0.9, 0.1), (0.0, 3.0)),
                ((0.999999, 0.000001), (0.0, 8.0)),
            ),
        },
        where=_factor_is_finite,
        value=_largest_log_ratio,
        bound=_log_factor,
        delta=1e-9,
        mutants={
            "K - 2 for K - 1": Variant(bound=_log_factor_of_one_less),
            "nine tenths of it": Variant(bound=_log_factor_of_nine_tenths),
        },
        assumptions=("infinite sample", "Q_0 = P"),
        note="nearly reached by one rare item that everyone prefers",
        proved="curation multiplies by at most K, beside the claim, every reward",
        decided_at="smoke",
    ),
    Claim(
        id="ferbach-diversity",
        item="limit of curation",
        reading="R1",
        statement="Curation by taste keeps diversity: half of the Gini-Simpson diversity is left at t = 200.",
        source="arXiv:2407.09499, human curation read as a remedy for collapse",
        second_hand=_SECOND_HAND,
        route=Route.POP,
        expected=Status.REFUTED,
        relation=">=",
        domain={**_REWARDS, "t": (200,)},
        along={"t": (1, 2, 5, 10, 20, 50, 100, 200)},
        value=_diversity_left,
        bound=_half,
        delta=1e-6,
        confirm=_diversity_left_by_limit,
        controls={
            "all items alike": Variant(domain={**_REWARDS, "r": ((0.0, 0.0, 0.0),), "t": (200,)}, must="SUPPORTED")
        },
        assumptions=("infinite sample", "no real data"),
        note="an item a unit of reward behind has shrunk below 1e-20 by then",
        corrected_by=("ferbach-limit", "ferbach-real-data-factor"),
        decided_at="smoke",
    ),
)

FERBACH = Catalogue(
    name="ferbach2024",
    title="Ferbach et al. 2024: curated synthetic data",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
