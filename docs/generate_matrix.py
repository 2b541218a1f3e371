"""Every state x update x mixing: what is exact, which kernel, how far measured is from exact. Writes docs/matrix.md.

Run `python docs/generate_matrix.py` after a change to states, updates, kernels or `exactness`; tests/test_matrix.py
fails while the page is out of date. Cells on exact answers, kernels and refusals are asked of the code. The last column
is read from matrix_measured.json; `python docs/generate_matrix.py --measure` runs what is missing there, and with
`--all` all of it anew.
"""

import itertools
import json
import pathlib
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

import jax
import numpy as np
import optax

import zenil_dynamics as zd
from zenil_dynamics.kernels import choose

PAGE = pathlib.Path(__file__).with_name("matrix.md")
MEASURED = pathlib.Path(__file__).with_name("matrix_measured.json")

NUM_GENERATIONS, NUM_REPLICATES, SEED = 3, 20_000, 2026
ROUNDING = 1e-5
"""Relative rounding that is added to a standard error, so that deterministic loops have a z as well."""

INDICATORS = {"collapsed"}
"""Quantities that are 0 or 1 on every path: their standard error is known."""

PAIRS = zd.NGram.from_tokens([0, 0, 1, 1, 0], order=1).graph
WORDS = zd.NGram.from_tokens([0, 1, 2], order=0).graph

STATES = {
    "Categorical": (zd.Categorical([0.5, 0.3, 0.2]), zd.Categorical([0.2, 0.3, 0.5])),
    "Gaussian": (zd.Gaussian(0.0, 1.0), zd.Gaussian(1.0, 2.0)),
    "MultivariateGaussian": (
        zd.MultivariateGaussian([0.0, 1.0], [[2.0, 0.6], [0.6, 0.5]]),
        zd.MultivariateGaussian([1.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]),
    ),
    "Bernoulli": (zd.Bernoulli(0.3), zd.Bernoulli(0.6)),
    "Binomial": (zd.Binomial(2.5, num_trials=7), zd.Binomial(4.0, num_trials=7)),
    "Poisson": (zd.Poisson(1.7), zd.Poisson(3.0)),
    "Geometric": (zd.Geometric(1.2), zd.Geometric(0.5)),
    "NegativeBinomial": (zd.NegativeBinomial(2.5, num_successes=1.5), zd.NegativeBinomial(1.0, num_successes=1.5)),
    "Exponential": (zd.Exponential(2.5), zd.Exponential(1.0)),
    "Gamma": (zd.Gamma(2.5, shape=3.5), zd.Gamma(1.0, shape=3.5)),
    "FixedVarianceGaussian": (
        zd.FixedVarianceGaussian(-1.5, noise_variance=2.25),
        zd.FixedVarianceGaussian(0.5, noise_variance=2.25),
    ),
    "UniformInterval": (zd.UniformInterval(2.5), zd.UniformInterval(2.0)),
    "KernelDensity": (
        zd.KernelDensity([0.5, -1.5, 2.0], bandwidth=0.4, capacity=40),
        zd.KernelDensity([0.5, 1.0], bandwidth=0.4, capacity=40),
    ),
    "GaussianMixture": (
        zd.GaussianMixture([0.3, 0.7], [-1.0, 2.0], [0.5, 1.5], capacity=40),
        zd.GaussianMixture([0.6, 0.4], [0.0, 1.0], [1.0, 1.0], capacity=40),
    ),
    "InfiniteAlleles": (zd.InfiniteAlleles(40), zd.InfiniteAlleles(40, count=3)),
    "LinearModel": (zd.LinearModel([0.5, -1.5], noise_variance=0.3), zd.LinearModel([1.0, 1.0], noise_variance=0.3)),
    "FixedDesignModel": (
        zd.FixedDesignModel([0.5, -1.5], noise_variance=0.3),
        zd.FixedDesignModel([1.0, 1.0], noise_variance=0.3),
    ),
    "NGram": (zd.NGram([5, 2, 2, 3], PAIRS, 1), zd.NGram([2, 3, 3, 4], PAIRS, 1)),
    "NGram of order 0": (zd.NGram([5, 3, 2], WORDS, 0), zd.NGram([2, 3, 5], WORDS, 0)),
    "NeuralCategorical": tuple(
        zd.NeuralCategorical(zd.learned.LogitTable.of(probs)) for probs in ([0.5, 0.3, 0.2], [0.2, 0.3, 0.5])
    ),
}
"""Class -> target, and the state that open loops start from."""

FITS = {"NeuralCategorical": zd.GradientFit(optax.adam, learning_rate=0.05, num_steps=20)}
"""Class -> fit, where it is not maximum likelihood."""

TARGETS = ("Bernoulli", "Poisson", "Exponential", "UniformInterval")
"""Targets that a Gaussian model is fitted to."""

UPDATES = {
    "replace": zd.Replace(),
    "accumulate": zd.Accumulate(),
    "subsample": zd.AccumulateSubsample(),
    "window": zd.Window(2),
    "reuse": zd.ReuseReal(4),
    "weighted": zd.Weighted(0.6),
    "debiased": zd.Debiased(),
    "population": zd.Population(),
    "replace, 2 coupled": zd.Replace(),
    "replace, 2 uncoupled": zd.Replace(),
}
LOOPS = {"closed": (0.0, "bernoulli"), "bernoulli": (0.4, "bernoulli"), "stratified": (0.4, "stratified")}

HEAD = """\
# Every state x update x mixing

Written by `python docs/generate_matrix.py`, which asks the code; do not edit this page.

Closed loops (alpha = 0) start from the target, open ones (alpha = 0.4, under either mixing) from another state; N = 9,
maximum likelihood, or twenty steps of Adam for `NeuralCategorical`. *Exact* lists what `zd.exact` answers; numbers in
brackets are the reasons why it refuses the others, or why the combination itself is refused. *Kernel* is the automatic
choice when everything is recorded. *|z|* is the largest distance of measured from exact means, in standard errors
(exact ones for indicators) widened by rounding (relative 1e-5), over all exact quantities that are finite and three
generations, at {replicates} replicates and one fixed key; a dash means that nothing was compared. Among so many
comparisons a largest |z| of 4 or 5 is expected. The weights of an ensemble are 0.7 and 0.3. Data policies: `subsample`
is `AccumulateSubsample`, `reuse` is `ReuseReal(4)`, `window` is `Window(2)`, `weighted` is `Weighted(0.6)`, in which
the mixing plays no part: the number of real draws is always that of stratified mixing.
"""


class Case(NamedTuple):
    """One row.

    Attributes:
        section: heading that it stands under.
        update: name of the data policy.
        loop: closed, or the mixing of an open loop.
        parts: of the system.
    """

    section: str
    update: str
    loop: str
    parts: dict

    @property
    def key(self) -> str:
        """Name in the file of measurements."""
        return f"{self.section} | {self.update} | {self.loop}"

    def system(self) -> zd.System:
        """The loop.

        Raises:
            ValueError: the combination has no meaning; says why.
        """
        system = zd.System(num_samples=9, **self.parts)
        system.table(NUM_GENERATIONS)
        return system


def cases() -> Iterator[Case]:
    """All rows in the order of the page."""
    ensembles = {"coupled": zd.Ensemble([0.7, 0.3]), "uncoupled": zd.Ensemble([0.7, 0.3], coupled=False)}
    sections = {name: (target, start, None) for name, (target, start) in STATES.items()}
    gaussian = STATES["Gaussian"]
    for name in TARGETS:
        sections[f"Gaussian models of a {name} target"] = (STATES[name][0], gaussian[1], gaussian[0])
    for (section, (target, start, model)), (update, policy), (loop, (share, mixing)) in itertools.product(
        sections.items(), UPDATES.items(), LOOPS.items()
    ):
        parts = {"target": target, "exogenous_fraction": share, "update": policy, "mixing": mixing, "model": model}
        parts["fit"] = FITS.get(section)
        if share:
            parts["initial"] = start
        parts["ensemble"] = ensembles.get(update.rpartition(" ")[2])
        yield Case(section, update, loop, parts)


def answers(system: zd.System) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Exact values, and reasons of refusals, by quantity."""
    found, refused = {}, {}
    for name in system.quantities:
        try:
            found[name] = zd.exact(system, name, NUM_GENERATIONS).values
        except zd.NotReachable as refusal:
            refused[name] = str(refusal)
    return found, refused


def largest_z(system: zd.System, exact: dict[str, np.ndarray]) -> float | None:
    """Of all finite exact values, or None where there is none."""
    names = tuple(name for name, values in exact.items() if np.isfinite(values[1:]).any())
    if not names:
        return None
    run = zd.simulate(
        system,
        num_generations=NUM_GENERATIONS,
        num_replicates=NUM_REPLICATES,
        key=jax.random.key(SEED),
        record=names,
    )
    worst = 0.0
    for name in names:
        finite = np.isfinite(exact[name])
        error = run.standard_error[name]
        if name.removeprefix("member_") in INDICATORS:
            # A rare event may not occur at all; then the run says nothing about its own error.
            error = np.sqrt(exact[name] * (1 - exact[name]) / NUM_REPLICATES)
        allowed = np.hypot(error, ROUNDING * (1 + np.abs(exact[name])))
        with np.errstate(invalid="ignore"):
            distance = np.abs(run.mean[name] - exact[name]) / allowed
        worst = max(worst, float(np.max(distance[finite])))
    return worst


def measure(*, everything: bool) -> None:
    """Run what has not been measured, and save after every run."""
    found = {} if everything else read()
    for case in sorted(cases(), key=lambda case: ("bernoulli", "closed", "stratified").index(case.loop)):
        if case.key in found:
            continue
        try:
            system = case.system()
        except ValueError:
            continue
        worst = largest_z(system, answers(system)[0])
        if worst is not None:
            found[case.key] = round(worst, 2)
            MEASURED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read() -> dict[str, float]:
    """Measurements by row."""
    return json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}


class Reasons:
    """Numbers refusals in the order in which they are first met."""

    def __init__(self):
        self._numbers: dict[str, int] = {}

    def number(self, reason: str, name: str | None = None) -> str:
        """The number of a reason, in brackets."""
        own = rf"(?<!\w){name.removeprefix('member_')}(?!\w)" if name else "$^"
        text = re.sub(own, "the quantity", reason, count=1)
        return f"[{self._numbers.setdefault(text[0].upper() + text[1:], len(self._numbers) + 1)}]"

    def lines(self) -> list[str]:
        """One line per reason."""
        return [f"- [{number}] {reason}" for reason, number in self._numbers.items()]


def listed(found: dict[str, np.ndarray], refused: dict[str, str], reasons: Reasons) -> str:
    """Exact quantities, then the reasons for the others."""
    numbers = dict.fromkeys(reasons.number(reason, name) for name, reason in refused.items())
    names = "all" if not refused else ", ".join(f"`{name}`" for name in found)
    return " ".join(filter(None, [names, *numbers]))


def row(case: Case, measured: dict[str, float], reasons: Reasons) -> str:
    """One line of a table."""
    try:
        system = case.system()
    except ValueError as refusal:
        return f"| {case.update} | {case.loop} | refused {reasons.number(str(refusal))} | | |"
    found, refused = answers(system)
    table = system.table(NUM_GENERATIONS)
    kernel = choose(system, table, tuple(system.quantities), terminal_only=False).name
    score = f"{measured[case.key]:.2f}" if case.key in measured else "-"
    return f"| {case.update} | {case.loop} | {listed(found, refused, reasons)} | {kernel} | {score} |"


def page() -> str:
    """The whole page."""
    reasons, measured = Reasons(), read()
    lines = [HEAD.format(replicates=f"{NUM_REPLICATES:,}")]
    for section, rows in itertools.groupby(cases(), lambda case: case.section):
        lines += [f"## {section}", "", "| update | loop | exact | kernel | \\|z\\| |", "|---|---|---|---|---|"]
        lines += [*(row(case, measured, reasons) for case in rows), ""]
    lines += ["## Reasons", "", *reasons.lines()]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure(everything="--all" in sys.argv)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
