"""Marchi et al. 2024: closed loops that sample with a temperature.

Knowledge d changes by d' = (1 - gamma) d + gamma (eta U + (1 - eta) T_tau(d)), T_tau(d) proportional to d^(1/tau), with
a share eta of external data, uniform here. True: without external data a low temperature leaves the most likely items
and a high one the uniform law; with them the uniform law is stable exactly above tau = 1 - eta, whatever gamma; and
from a single item the loop comes back above a second, higher temperature. False: that the first threshold is enough.
"""

from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.optimize import minimize_scalar

import zenil_dynamics as zd
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="marchi2024",
    title="Heat Death of Generative Models in Closed-Loop Learning",
    authors=("Marchi, Matteo", "Soatto, Stefano", "Chaudhari, Pratik", "Tabuada, Paulo"),
    year=2024,
    arxiv="2404.02325",
)
_ABSTRACT = "from the abstract"
Law = Float[np.ndarray, " support"]


def _sampled(law: Any, temperature: float) -> Any:
    powers = law ** (1 / temperature)
    return powers / powers.sum()


def _closed_loop(law: Any, theta: Theta, external: float = 0.0) -> Any:
    """One step of knowledge d."""
    produced = external / law.size + (1 - external) * _sampled(law, theta["tau"])
    return (1 - theta["gamma"]) * law + theta["gamma"] * produced


# marchi-two-ends ------------------------------------------------------------------------------------------------------
# Proof. T_tau raises ratios to the power 1/tau, so that the factor d'(x)/d(x) = 1 - gamma + gamma d(x)^(1/tau - 1)/Z is
# the larger, the larger (tau < 1) or smaller (tau > 1) d(x) is on the support: ratios d(x)/d(y) move one way for ever,
# and rest only where all of the support are alike. Equal items stay equal, impossible ones impossible.


def _far_out(theta: Theta) -> Law:
    law = np.array(theta["d_0"])
    for _ in range(2000):
        law = _closed_loop(law, theta)
    return law


def _end(theta: Theta) -> Law:
    start = np.array(theta["d_0"])
    kept = start == start.max() if theta["tau"] < 1 else start > 0
    return kept / kept.sum()


def _end_for_other_temperatures(theta: Theta) -> Law:
    return _end({**theta, "tau": 1 / theta["tau"]})


def _uniform_on_everything(theta: Theta) -> Law:
    start = np.array(theta["d_0"])
    return _end(theta) if theta["tau"] < 1 else np.full(start.size, 1 / start.size)


# marchi-threshold -----------------------------------------------------------------------------------------------------
# Proof. T_tau(U + e) = U + e/tau + O(e^2) for e of sum 0, so a small deviation is multiplied by 1 - gamma + gamma
# (1 - eta)/tau, which is below 1 exactly for tau > 1 - eta.


def _growth(theta: Theta) -> float:
    """Derivative of one step at the uniform law towards one item, by a complex step, which does not cancel."""
    uniform = np.full(theta["K"], 1 / theta["K"])
    direction = np.eye(theta["K"])[0] - uniform
    moved = _closed_loop(uniform + 1e-30j * direction, theta, theta["eta"])
    return float(moved.imag[0] / 1e-30 / direction[0])


def _growth_law(theta: Theta) -> float:
    return 1 - theta["gamma"] + theta["gamma"] * (1 - theta["eta"]) / theta["tau"]


def _growth_without_memory(theta: Theta) -> float:
    return (1 - theta["eta"]) / theta["tau"]


def _growth_without_external_data(theta: Theta) -> float:
    return 1 - theta["gamma"] + theta["gamma"] / theta["tau"]


# marchi-fold and marchi-threshold-everywhere --------------------------------------------------------------------------
# Proof. Start with one item r times as probable as each of the K - 1 others. The step maps r to an increasing function
# of r and to nothing else, so from r = infinity r_t falls to the largest fixed point. Fixed points do not depend on
# gamma: with q = r/(r + K - 1), s = (q - eta/K)/(1 - eta) has to be R/(R + K - 1), R = r^(1/tau); that is the
# temperature log r/log R. Above its maximum over r > 1 only r = 1 is left. At K > 2 this maximum is above 1 - eta.


def _distance_left(theta: Theta) -> float:
    """Total variation from the uniform law after 2000/gamma steps from a single item."""
    law = np.where(np.arange(theta["K"]) == 0, 1 - 1e-9 * (theta["K"] - 1), 1e-9)
    for _ in range(round(2000 / theta["gamma"])):
        law = _closed_loop(law, theta, theta["eta"])
    return float(np.abs(law - 1 / law.size).sum() / 2)


def _distance_left_at(theta: Theta) -> float:
    return _distance_left({**theta, "tau": 1 - theta["eta"] + theta["above"]})


def _comes_back(theta: Theta) -> int:
    return int(_distance_left({**theta, "tau": _fold(theta) + theta["from fold"]}) < 1e-3)


def _fold(theta: Theta) -> float:
    items, eta = theta["K"], theta["eta"]

    def temperature(log_ratio: float) -> float:
        ratio = np.exp(log_ratio)
        kept = (ratio / (ratio + items - 1) - eta / items) / (1 - eta)
        return log_ratio / np.log(kept * (items - 1) / (1 - kept))

    # kept < 1 needs r below (K - eta (K - 1))/eta: no temperature makes a larger ratio last.
    largest = np.log((items - eta * (items - 1)) / eta)
    grid = np.linspace(1e-3, largest * (1 - 1e-6), 400)
    best = grid[np.argmax([temperature(x) for x in grid])]
    step = grid[1] - grid[0]
    found: Any = minimize_scalar(
        lambda x: -temperature(x), bounds=(max(best - step, 1e-4), best + step), method="bounded"
    )
    return float(-found.fun)


def _above_fold(theta: Theta) -> int:
    return int(theta["from fold"] > 0)


def _above_threshold(theta: Theta) -> int:
    return int(_fold(theta) + theta["from fold"] > 1 - theta["eta"])


def _always(theta: Theta) -> int:
    return 1


def _distance_of_fixed_point(theta: Theta) -> float:
    """The same limit from the share of the favoured item alone, which falls to its largest fixed point."""
    items, eta = theta["K"], theta["eta"]
    share = eta / items + 1 - eta
    for _ in range(2000):
        odds = (share / (1 - share) * (items - 1)) ** (1 / (1 - eta + theta["above"]))
        share = eta / items + (1 - eta) * odds / (odds + items - 1)
    return share - 1 / items


def _hundredth(theta: Theta) -> float:
    return 0.01


# marchi-neutral-drift -------------------------------------------------------------------------------------------------
# Proof. At tau = 1 the step is d' = d + gamma (dhat - d), dhat the measure of N draws of d: E diversity(d') =
# diversity(d) - gamma^2 E |dhat - d|^2 = (1 - gamma^2/N) diversity(d).


def _diversity(law: list[Fraction]) -> Fraction:
    return 1 - sum((q * q for q in law), Fraction(0))


def _neutral_step(theta: Theta) -> Fraction:
    gamma, law, size = theta["gamma"], theta["d_0"], theta["N"]
    return sum(
        (
            weight * _diversity([(1 - gamma) * q + gamma * Fraction(n, size) for q, n in zip(law, counts, strict=True)])
            for counts, weight in zd.oracles.multinomial_law(law, size).items()
        ),
        Fraction(0),
    )


def _neutral_law(theta: Theta) -> Fraction:
    return (1 - theta["gamma"] ** 2 / theta["N"]) * _diversity(list(theta["d_0"]))


def _nothing_lost(theta: Theta) -> Fraction:
    return _diversity(list(theta["d_0"]))


def _neutral_law_without_square(theta: Theta) -> Fraction:
    return (1 - theta["gamma"] / theta["N"]) * _diversity(list(theta["d_0"]))


# marchi-low-temperature-draws -----------------------------------------------------------------------------------------

_SHORT = 20
"""Generations of every run."""


def _entropy_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    system = zd.System(
        target=zd.Categorical(np.array([0.6, 0.4])),
        num_samples=theta["N"],
        decoders=zd.decoders.Temperature(theta["tau"]),
    )
    run = zd.simulate(
        system,
        num_generations=_SHORT,
        num_replicates=num_replicates,
        key=key,
        record=("entropy",),
        keep="replicates",
        quantiles=False,
    )
    return np.asarray(run.replicates["entropy"], np.float64)[:, -1]


def _little_entropy(theta: Theta) -> float:
    return 0.05


_STARTS = ((0.5, 0.3, 0.2), (0.4, 0.4, 0.2), (0.26, 0.25, 0.25, 0.24), (0.6, 0.4, 0.0))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="marchi-two-ends",
        item="closed loop without external data",
        reading="R1",
        statement="Without external data the loop ends at the most likely items alike for tau < 1, and at the uniform "
        "law on its support for tau > 1, whatever gamma; within 1e-9 at t = 2000.",
        source="arXiv:2404.02325 (any temperature but one degenerates)",
        second_hand=_ABSTRACT,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"tau": (0.5, 2.0, 0.8, 1.25), "gamma": (1.0, 0.1), "d_0": _STARTS},
        value=_far_out,
        bound=_end,
        delta=1e-9,
        mutants={
            "the ends exchanged": Variant(bound=_end_for_other_temperatures),
            "uniform on all items": Variant(bound=_uniform_on_everything),
        },
        assumptions=("infinite sample", "no external data"),
        proved="ratios are monotone, beside the claim, every start",
        decided_at="smoke",
    ),
    Claim(
        id="marchi-threshold",
        item="enough external data",
        reading="R1",
        statement="Beside a share eta of uniform external data small deviations from the uniform law grow by 1 - gamma "
        "+ gamma (1 - eta)/tau per step: stable exactly above tau = 1 - eta.",
        source="arXiv:2404.02325 (a sufficient amount of external data); the factor is ours",
        second_hand=_ABSTRACT,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"tau": (0.8, 0.5, 1.0, 1.25), "eta": (0.2, 0.0, 0.5), "gamma": (1.0, 0.1), "K": (2, 10)},
        value=_growth,
        bound=_growth_law,
        delta=1e-12,
        mutants={
            "without memory": Variant(bound=_growth_without_memory),
            "without external data": Variant(bound=_growth_without_external_data),
        },
        assumptions=("infinite sample", "external data uniform"),
        proved="derivative at the uniform law, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="marchi-fold",
        item="enough external data",
        reading="R1",
        statement="From a single item the loop comes back to the uniform law exactly above the temperature tau_f = max "
        "over r > 1 of log r/log R, R/(R + K - 1) = (r/(r + K - 1) - eta/K)/(1 - eta), which is above 1 - eta for K > "
        "2.",
        source="arXiv:2404.02325 (a sufficient amount of external data); the temperature is ours",
        second_hand=_ABSTRACT,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"K": (10, 4, 3), "eta": (0.2, 0.5), "gamma": (1.0, 0.5), "from fold": (0.003, -0.003)},
        value=_comes_back,
        bound=_above_fold,
        delta=0,
        mutants={"above 1 - eta": Variant(bound=_above_threshold), "always": Variant(bound=_always)},
        assumptions=("infinite sample", "external data uniform"),
        note="K = 10, eta = .2: tau_f = .8561 against 1 - eta = .8; looked at .003 above and below, t = 2000/gamma",
        proved="monotone map of one ratio, beside the claim; the maximum is numerical",
        decided_at="smoke",
    ),
    Claim(
        id="marchi-neutral-drift",
        item="temperature one",
        reading="R2",
        statement="At tau = 1, where an infinite sample changes nothing, N draws per step cost a share gamma^2/N of "
        "the expected diversity: E diversity(d') = (1 - gamma^2/N) diversity(d).",
        source="the setting of arXiv:2404.02325 at a finite sample; the law is ours",
        second_hand=_ABSTRACT,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "N": (2, 1, 5),
            "gamma": (Fraction(1, 2), Fraction(1), Fraction(1, 10)),
            "d_0": (
                (Fraction(1, 2), Fraction(1, 2)),
                (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)),
            ),
        },
        value=_neutral_step,
        bound=_neutral_law,
        delta=0,
        mutants={
            "nothing is lost": Variant(bound=_nothing_lost),
            "gamma/N": Variant(bound=_neutral_law_without_square),
        },
        assumptions=("no external data",),
        note="a slow memory is worth a sample of N/gamma^2",
        proved="variance of a batch, beside the claim, every N, gamma and d",
        decided_at="smoke",
    ),
    Claim(
        id="marchi-low-temperature-draws",
        item="closed loop without external data",
        reading="R2",
        statement="At tau = .8 and a finite sample, two items from (.6, .4), at most .05 nats of entropy are left at t "
        "= 20.",
        source="arXiv:2404.02325 (collapse on few outputs)",
        second_hand=_ABSTRACT,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"N": (50, 20), "tau": (0.8, 0.7)},
        sample=_entropy_draws,
        bound=_little_entropy,
        tail=Tail(lower=0.0, upper=float(np.log(2)) * (1 + 1e-6), reason="entropy of two types"),
        slack=1e-4,
        delta=0.02,
        mutants={"tau = 1": Variant(domain={"N": (50,), "tau": (1.0,)})},
        assumptions=("no external data", "gamma = 1"),
        note="slack: 20 generations at 2^-20 in total variation each",
    ),
    Claim(
        id="marchi-threshold-everywhere",
        item="enough external data",
        reading="R1",
        statement="Above tau = 1 - eta the loop comes back to the uniform law from everywhere: from a single item "
        "within .01 in total variation, at t = 2000/gamma.",
        source="arXiv:2404.02325, a sufficient amount of external data, read by local stability",
        second_hand=_ABSTRACT,
        route=Route.POP,
        expected=Status.REFUTED,
        relation="<=",
        domain={"K": (10, 4), "eta": (0.2, 0.5), "gamma": (1.0, 0.5), "above": (0.01,)},
        value=_distance_left_at,
        bound=_hundredth,
        delta=1e-9,
        confirm=_distance_of_fixed_point,
        controls={
            "far above": Variant(
                domain={"K": (10, 4), "eta": (0.2, 0.5), "gamma": (1.0, 0.5), "above": (0.2,)}, must="SUPPORTED"
            ),
            "two items": Variant(
                domain={"K": (2,), "eta": (0.2, 0.5), "gamma": (1.0, 0.5), "above": (0.01,)}, must="SUPPORTED"
            ),
        },
        assumptions=("infinite sample", "external data uniform"),
        note="a second stable law with one favoured item is left up to tau_f: collapse is not undone by the "
        "temperature that would have prevented it",
        corrected_by=("marchi-fold", "marchi-threshold"),
        decided_at="smoke",
    ),
)

MARCHI = Catalogue(
    name="marchi2024",
    title="Marchi et al. 2024: closed loops with a temperature",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
