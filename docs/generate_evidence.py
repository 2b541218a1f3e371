"""Which e-process tests what, and how well: null hypotheses, formulas, measured figures. Writes docs/evidence.md.

Run `python docs/generate_evidence.py` after a change to the texts below, with `--measure` after adding a case to
tests/proofs_numeric/sequential/, and with `--measure --all` after a change to a process: that measures everything
anew, a few minutes on one core, and prints what it is at. Figures are kept in evidence_measured.json.
tests/proofs_numeric/sequential/test_evidence_page.py fails while the page is out of date.
"""

import json
import math
import pathlib
import sys
import textwrap
import time
import zlib
from typing import NamedTuple

import numpy as np

from tests.proofs_numeric.sequential import measures
from tests.proofs_numeric.sequential.cases import Case
from tests.proofs_numeric.sequential.registry import CASES

PAGE = pathlib.Path(__file__).with_name("evidence.md")
MEASURED = pathlib.Path(__file__).with_name("evidence_measured.json")

REPETITIONS, LEVEL = 2000, 0.05
PATHS, RARE = 2000, 1e-9
REFUTED = 200
SEED = 2026

HEAD = """\
# Evidence

Written by `python docs/generate_evidence.py`; do not edit this page. `--measure --all` measures its tables anew, in a
few minutes on one core.

An *e-process* against a null hypothesis starts at 1 and has a mean of at most 1 at every moment at which one may stop,
whichever law of the null is true. By Ville's inequality it reaches 1/alpha with probability at most alpha, *ever*. So
one may look after every draw, stop when one likes, and reject when it stands at 1/alpha; the logarithm is called
evidence and counted in nats (20.7 at 1e-9). [verdicts.md](verdicts.md) says how claims use it and what its thresholds
are; this page says which e-process answers which question, what it needs to know, and how well it works.

The state of every process adds over batches, shards and machines, so evidence does not depend on how the draws were
cut or in which order they came. All of them live in `proofs_numeric.sequential` and need NumPy and SciPy alone:

```python
import numpy as np
from proofs_numeric.sequential import BernoulliTest

test = BernoulliTest(success=0.5, null="<=")
state = test.zero() + test.step(np.ones(20)) + test.step(np.zeros(2))
print(f"{test.log_e(state):.2f} nats against P <= 1/2")
```

## Which fact brings which test

A bound on a mean needs a fact about the tail: without one no test of a mean exists (Bahadur & Savage 1956). Write all
that is *proved*; each fact brings its test, and the evidence of those that apply is averaged, which costs at most the
logarithm of their number.

| what is known of X | write | can refute | can support |
|---|---|---|---|
| X >= lower | `Tail(lower=...)` | `<=` | `>=` |
| X <= upper | `Tail(upper=...)` | `>=` | `<=` |
| X is 0 or 1 | `Tail(indicator=True)` | both | both |
| Var X <= v | `Tail(variance=v)` | both | both |
| sub-Gaussian with variance proxy v | `Tail(sub_gaussian=v)` | both | both |
| sub-gamma with variance factor v and scale c | `Tail(sub_gamma=(v, c))` | both | both |
| E abs(X - E X)^p <= k for a p in (1, 2] | `Tail(moment=(p, k))` | both | both |
| the cumulants psi(l) of X - E X | `Tail(cumulant=Cumulant(psi, deviation))` | both | both |
| symmetric about its centre, no moments needed | `Tail(symmetric=unit)` | both | both |

Two relations need no tail fact, because contrasts are bounded: `"symmetric"` (the law of X is symmetric about the
bound; refuted by K6, supported within a Kolmogorov distance `delta` between X and its mirror image), and
`"scale ratio"` (of pairs A, B of one shape, the scale of A is at most the bound times that of B).

Facts are trusted. A range is checked at every draw, and so is that an indicator is 0 or 1; a variance or a tail cannot
be checked by draws, and one that is too small makes the evidence worthless.

The printed interval holds at every moment at once, too. It inverts a test that needs three sums only (K2), where both
ends of the range or a bound of the variance are known; else the bets of the cumulants; else, where symmetry alone is
known, counts around a median, which is then the printed number, for there may be no mean. A side that no fact reaches
is infinite, and so are both where a moment below the second is all there is: such a claim can be decided, but its
effect is printed without an interval.
"""

TABLES = """\
## How well they work

Every public process stands in `tests/proofs_numeric/sequential/registry.py` or beside it, where laws judge it: the
state adds, E e <= 1 by enumeration of a finite law, false alarms, importance sampling, power, each beside a defective
copy that has to be caught. The figures below come from the same cases.

**False alarms at .05.** {repetitions:,} repetitions under the null law, a look after every draw; the share that ever
reached log 20. Sound processes stay at or below 5 %, up to a standard error of .5 %; they stay below because nobody
draws for ever.

**False alarms at 1e-9.** Plain repetitions would never see one. Paths are drawn from the bettor's own measure Q
instead, under which crossings are common, and weighed by dP/dQ at the crossing, which is computed from the two laws and
not from the evidence. The mean weight is the probability of a false alarm within so many draws: {paths:,} paths, in
units of 1e-9, +- its standard error. At most 1 is sound. What is missing to 1 are mostly the cautious bets of the
mixture, which need more draws than a path has here to win anything; they are what small effects are found with.

**Power at 1e-9.** Draws until the null is refuted, mean and 90 % quantile of {refuted} paths of the alternative, beside
the benchmark 2 log(1/alpha) (sigma/d)^2 of a test that knows mean and variance; d is the distance from the null, sigma
the deviation of what is averaged.
"""


class Row(NamedTuple):
    """What a reader has to know of one process.

    Attributes:
        title: kernel and question.
        null: hypothesis that it tests.
        needs: what has to be known, and the shape of the draws.
        formula: log e, in the notation of the docstring.
        take: when to take it.
        source: of the idea; the proof stands in the docstring of the module.
    """

    title: str
    null: str
    needs: str
    formula: str
    take: str
    source: str


PROCESSES: dict[str, Row] = {
    "OneSidedTest": Row(
        "K1 and K5: a mean with a lower end, a variance, or both",
        "E[X | past] <= m, or >= m",
        "X >= lower, or Var[X | past] <= v, or both; draws (n,)",
        "K1: logmeanexp_j sum_i log1p(c_j (X_i - m)/(m - lower)), c_j from .9 to .001\n"
        "K5: logmeanexp_j sum_i [log g(l_j (X_i - m)) - log1p(l_j^2 v/2)],\n"
        "    g(y) = 1 + y + y^2/2 for y >= -1, else 1/2",
        "Always, where one of the two is known: K1 needs no variance and learns the right stake by itself; K5 needs no "
        "range. The right choice where nothing more is proved.",
        "Ville 1939; Waudby-Smith & Ramdas 2024 (arXiv 2010.09686); Wang & Ramdas 2022 (arXiv 2202.01250)",
    ),
    "BernoulliTest": Row(
        "K3: the probability of an event",
        "P(X = 1 | past) = p, <= p, or >= p",
        "X is 0 or 1; draws (n,); the state is two counts",
        '"==": log int t^s (1-t)^f Beta(t; 1/2, 1/2) dt - s log p - f log(1-p), s successes, f failures\n'
        '"<=": the same with the prior cut to (p, 1]',
        "For indicators. Exact at p = 0, where one success is infinite evidence; elsewhere it decides about as fast as "
        "K1, beside which it is averaged.",
        "Robbins 1970; Krichevsky & Trofimov 1981 for the prior",
    ),
    "SubGaussianTest": Row(
        "K4: a mean with sub-Gaussian deviations",
        "E[X | past] = m, <= m, or >= m",
        "E exp(l (X - E X)) <= exp(l^2 v/2) for every l; draws (n,); the state is a sum and a count",
        '"==": 1/2 log(r/(V+r)) + S^2/(2(V+r)), S = sum (X_i - m), V = n v\n'
        '"<=": 1/2 log(4r/(V+r)) + S^2/(2(V+r)) + log Phi(S/sqrt(V+r))',
        "For normal noise of known variance, and for proved sub-Gaussian statistics. `planned` says at how many draws "
        "a decision is hoped for; wrong by 30 times it costs a few per cent.",
        "Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon 2021 (arXiv 1810.08240)",
    ),
    "SubGammaTest": Row(
        "K4, heavier: a mean with gamma-like tails",
        "E[X | past] <= m, >= m, or = m",
        "log E exp(l (X - E X)) <= v (-log(1 - c l) - c l)/c^2, the cumulants of a centred gamma law; or, through "
        "`SubGammaTest.bernstein`, l^2 v/(2 (1 - c l)), where the scale is widened to 3c/2; draws (n,)",
        "(c S + V)/c^2 + log [r^r/(Gamma(r) P(r, r))] + log int_0^1 u^(q-1) exp(-u w) du,\n"
        "q = V/c^2 + r,  w = (c S + V)/c^2 + r",
        "For squares, sums of exponentials and everything else with exponential tails. `Tail(sub_gamma=(v, c))` means "
        "the second of the two definitions, on both sides.",
        "Howard, Ramdas, McAuliffe & Sekhon 2021 (arXiv 1810.08240); Boucheron, Lugosi & Massart 2013",
    ),
    "MomentTest": Row(
        "K5 without a variance: a mean with a moment of order p in (1, 2]",
        "E[X | past] <= m, >= m, or = m",
        "E[|X - E X|^p | past] <= k; draws (n,)",
        "logmeanexp_j sum_i [log g(l_j (X_i - m)) - log1p(l_j^p k/p)],\ng(y) = 1 + y + |y|^p/p for y >= -1, else 1/p",
        "For heavy tails. The draws that it needs grow like d^(-p/(p-1)): with p = 3/2 half the distance costs 8 times "
        "as much.",
        "Definition, after Wang & Ramdas 2022 (arXiv 2202.01250)",
    ),
    "SymmetryTest": Row(
        "K6: the centre of a symmetric law",
        "X is symmetric about b given the past, or about a centre <= b, or >= b",
        "nothing but the symmetry; `unit` may be wrong by a factor of 100; draws (n,)",
        "logmeanexp_{c,s,sign} sum_i [log1p(c sign tanh((X_i - b)/s)) - log1p(c min(1, slack/s))]",
        "Where no moment exists, or none is known: Cauchy noise, differences of two systems under common random "
        "numbers, reversibility. It tests the centre, which is the mean where there is one.",
        "Definition; de la Pena 1999",
    ),
    "CumulantTest": Row(
        "K7: a mean with known cumulants",
        "E[X | past] <= m, >= m, or = m",
        "psi(l) >= log E exp(l (X - E X)), infinite where the moment is; draws (n,)",
        "logmeanexp_j [l_j sum_i (X_i - m) - n psi(l_j)]",
        "For statistics whose law is known up to its mean. If the mean itself can be computed, compute it and do not "
        "draw at all.",
        "Ville 1939; Howard, Ramdas, McAuliffe & Sekhon 2020 (arXiv 1808.03204)",
    ),
    "ScaleRatioTest": Row(
        "Ratio of two scales",
        "A is r times as wide as B, or at most, or at least, both being draws of one shape",
        "pairs (A, B) of nonnegative one-draw estimates of the two scales, (n, 2); no moments",
        "logmeanexp_{c,sign} sum_i log1p(c sign D_i), D = (A - r B)/(A + r B)",
        "Does the scale shrink by the factor r? Take A = (x - x')^2 and B = (y - y')^2 of independent draws for "
        "variances; laws without a variance do no harm. D is tanh of half the logarithm of A/(r B).",
        "Definition",
    ),
    "LawTest": Row(
        "K8: the law of X",
        "the law of X is F, or within a Kolmogorov distance `slack` of F",
        "F as `ContinuousLaw(cdf)`, `DiscreteLaw(values, probs)` or, with a uniform number beside each draw, "
        "`LawWithAtoms(cdf, below)`; draws (n,) or (n, 2); the state is counts in cells",
        "logmean over cuts into B = 2, 4, ..., 32 cells (and into single values) of\n"
        "lgamma(B/2) - lgamma(n + B/2) + sum_b [lgamma(n_b + 1/2) - lgamma(1/2) - n_b log (p_b + 2 slack)]",
        "For exact laws: it sees every departure that a cell shows, and a value that F does not know is infinite "
        "evidence; up to a slack the values between and beyond the K values of a discrete law are a cell more, of "
        'probability at most 2 K slack. Behind the relation "law".',
        "Krichevsky & Trofimov 1981; randomised transform: Ferguson 1967",
    ),
    "LawDistanceTest": Row(
        "Support of a law: its Kolmogorov distance from F",
        "the law of X is at least `margin` away from F",
        "as `LawTest`",
        "min over edges of cells, both sides, of K1 on the coin 1{X <= edge}, null F(edge) +- (margin - 1/cells),\n"
        "and of K1 on values that F does not know",
        "To say that a law is F up to a margin. No union bound: whichever edge breaks the law, its own bet loses.",
        "Definition; intersection-union principle, Berger 1982",
    ),
    "StochasticOrderTest": Row(
        "Stochastic order of a pair",
        "P(X > q) - P(Y > q) <= b for every q",
        "pairs (X, Y), (n, 2), coupled or not; thresholds learnt from a pilot",
        "logmeanexp over thresholds and stakes of K1 on 1{X > q} - 1{Y > q}",
        "Which of two systems is larger, at every level at once; drive both with one key, which costs nothing and "
        'gains much. Both directions together test equality of laws. Behind "stochastically below" and "same law".',
        "Shekhar & Ramdas 2021 (arXiv 2112.09162)",
    ),
    "OrderDistanceTest": Row(
        "Support of an order: its largest violation",
        "P(X > x) - P(Y > x) >= margin at some x",
        "as `StochasticOrderTest`",
        "min over pieces [q_k, q_{k+1}) of the line of K1 on 1{X > q_k} - 1{Y >= q_{k+1}}, null >= margin",
        "To say that an order, or an equality of laws, holds up to a margin, with nothing known about the laws.",
        "Definition; intersection-union principle, Berger 1982",
    ),
    "ContrastTest": Row(
        "Equality of two laws: location and scale",
        "X and Y have the same law, or are within a Kolmogorov distance `slack`",
        "pairs (X, Y), (n, 2); center and scale learnt from a pilot",
        "logmeanexp over h, sign and stakes of sum_i log1p(c sign (h(X_i) - h(Y_i))),\n"
        "h(z) = tanh(z)/2, tanh(z/3)/2, tanh(z^2/4)",
        'Beside the order tests, under "same law": smooth functions see a shift or a change of scale before steps do.',
        "Shekhar & Ramdas 2021 (arXiv 2112.09162)",
    ),
    "ContextTreeTest": Row(
        "K9: a conditional mean, wherever the state is",
        "E[X | past, state] <= m at every state",
        "X >= lower, and the position of the state in [0, 1), known before X; draws (n, 2)",
        "half: logmean over levels, nodes and stakes of the wealth of K1 played in that node of a dyadic tree alone;\n"
        "half: log w(root), w(v) = (1 + mean_j wealth_j(v))/2 at a leaf, else 1/2 of that + 1/2 w(left) w(right)",
        "Drift and supermartingale claims, and sweeps over a domain: a violation in one region cannot hide behind "
        'slack elsewhere. Steps of one chain may follow each other. Behind "drift".',
        "Willems, Shtarkov & Tjalkens 1995 for the weighting",
    ),
    "CellwiseTest": Row(
        "Support of a conditional mean, cell by cell",
        "E[X | past, cell] >= m throughout some cell",
        "X <= upper; draws (n, 2) as above",
        "min over cells of K1, mirrored",
        "To say that a drift holds up to a margin in every cell; each has to be visited often enough.",
        "Definition; intersection-union principle, Berger 1982",
    ),
    "Average": Row(
        "Several tests of one null hypothesis",
        "that of its parts",
        "e-processes that read the same draws",
        "logmeanexp of their evidence",
        "Done for every claim with several tail facts.",
        "Vovk & Wang 2021 (arXiv 1912.06116)",
    ),
}
"""Class name -> what stands on the page, in its order."""


def generator(case: Case, purpose: str) -> np.random.Generator:
    """One stream per case and figure."""
    return np.random.default_rng([SEED, zlib.crc32(case.name.encode()), zlib.crc32(purpose.encode())])


def figures(case: Case) -> dict[str, float]:
    """False alarms, importance sampling and power of one case."""
    found: dict[str, float] = {}
    alarms = measures.false_alarms(case, case.process, generator(case, "alarms"), REPETITIONS, LEVEL)
    found["alarms"] = alarms / REPETITIONS
    if not case.untilted:
        weights = measures.importance_weights(case, case.process, generator(case, "weights"), PATHS, RARE)
        found |= {"weight": float(weights.mean()), "error": float(weights.std() / math.sqrt(PATHS))}
    if case.alternative is not None:
        benchmark = measures.benchmark(case, RARE)
        times = measures.samples_to_refute(
            case, case.process, generator(case, "power"), REFUTED, RARE, math.ceil(2 * case.excess * benchmark)
        )
        refuted = times[times > 0]
        found["refuted"] = refuted.size / REFUTED
        if refuted.size == REFUTED:
            found |= {"mean": float(refuted.mean()), "quantile": float(np.quantile(refuted, 0.9))}
    return {name: round(value, 4) for name, value in found.items()}


def measure(*, everything: bool) -> None:
    """Measure cases without figures, or all of them, and save after each; drop those of cases that are gone."""
    names = {case.name for case in CASES}
    found = {} if everything else {name: line for name, line in read().items() if name in names}
    for index, case in enumerate(CASES, start=1):
        if case.name not in found:
            start = time.perf_counter()
            found[case.name] = figures(case)
            print(f"{index}/{len(CASES)} {case.name}: {time.perf_counter() - start:.1f} s", flush=True)
            MEASURED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read() -> dict[str, dict[str, float]]:
    """Figures by case."""
    return json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}


def wrapped(item: str) -> str:
    """An item of a list in lines of the house's width."""
    return textwrap.fill(item, width=118, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def section(name: str, row: Row) -> list[str]:
    """What a reader has to know of one process."""
    return [
        f"### {row.title}",
        "",
        f"`{name}`",
        "",
        wrapped(f"- **Null hypothesis.** {row.null}."),
        wrapped(f"- **Needs.** {row.needs}."),
        wrapped(f"- **When.** {row.take}"),
        wrapped(f"- **Source.** {row.source}."),
        "",
        "```text",
        row.formula,
        "```",
        "",
    ]


def table_line(case: Case, line: dict[str, float]) -> str:
    """Figures of one case."""
    sampled = f"{line['weight']:.3f} +- {line['error']:.3f} ({case.horizon:,})" if "weight" in line else "[a]"
    if case.alternative is None:
        power = "- | - | -"
    elif "mean" in line:
        power = f"{line['mean']:,.0f} | {line['quantile']:,.0f} | {measures.benchmark(case, RARE):,.0f}"
    else:
        power = f"> | > | {measures.benchmark(case, RARE):,.0f}"
    alarms = f"{100 * line['alarms']:.1f} % ({case.samples:,})"
    return f"| {case.name} | `{type(case.process).__name__}` | {case.laws} | {alarms} | {sampled} | {power} |"


def page() -> str:
    """The whole page."""
    measured = read()
    lines = [HEAD, "## The processes", ""]
    for name, row in PROCESSES.items():
        lines += section(name, row)
    lines += [
        TABLES.format(repetitions=REPETITIONS, paths=PATHS, refuted=REFUTED),
        "In brackets: draws per path. `IntervalTest` is what the printed interval inverts (K2), which needs three sums",
        "and no table of bets.",
        "",
        "| case | process | null; alternative | alarms at .05 | at 1e-9, over 1e-9 | mean n | 90 % | benchmark |",
        "|---|---|---|---|---|---|---|---|",
        *(table_line(case, measured[case.name]) for case in CASES if case.name in measured),
    ]
    reasons = [f"{case.name}: {case.untilted}" for case in CASES if case.untilted]
    lines += ["", "[a] No measure of the bettor is sampled, because ...", "", *(f"- {reason}." for reason in reasons)]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure(everything="--all" in sys.argv)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
