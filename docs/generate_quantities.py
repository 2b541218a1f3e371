"""Which recorded quantities does `zd.exact` reach, and by which rung? Writes docs/quantities.md.

Run `python docs/generate_quantities.py` after a change to `exactness` or `oracles`; tests/test_documents.py fails while
the page is out of date. Every cell is asked of the code on a small system, under both mixings, so that the page can
neither promise nor deny what the code does not.
"""

import itertools
import pathlib
from collections.abc import Iterable

import numpy as np

import zenil_dynamics as zd

PAGE = pathlib.Path(__file__).with_name("quantities.md")

UPDATES = {"replace": zd.Replace(), "accumulate": zd.Accumulate(), "population": zd.Population()}
SHARES = {"closed": 0.0, "open": 0.2}
MIXINGS = ("bernoulli", "stratified")
NUM_SAMPLES, NUM_GENERATIONS = 7, 5

FAMILIES = {
    "categorical": (
        zd.Categorical([0.5, 0.3, 0.2]),
        zd.Categorical([0.2, 0.3, 0.5]),
        {"mle": zd.MaximumLikelihood(), "smoothed": zd.Smoothed(pseudocount=0.5)},
    ),
    "gaussian": (
        zd.Gaussian(mean=0.0, variance=1.0),
        zd.Gaussian(mean=1.0, variance=2.0),
        {"mle": zd.MaximumLikelihood(), "unbiased": zd.Unbiased()},
    ),
}
"""Family -> target, another state to start from, fits."""

HEAD = """\
# Which quantity has an exact answer

Written by `python docs/generate_quantities.py`, which asks the code; do not edit this page.

`zd.exact(system, name, T)` answers from the highest rung that reaches. *Closed* means alpha = 0 at every generation,
*open* that some generation sees real data. Every cell holds for both mixings (`bernoulli`, `stratified`) unless it
names one. `inf` marks an expectation that is infinite from some generation on, exactly. A number in brackets is a
refusal, `zd.NotReachable`; the reasons stand below. The meaning of each quantity is in [dynamics.md](dynamics.md),
the formulas behind the rungs are in [oracles.md](oracles.md).
"""

TAIL = """\
A rung may also refuse a single instance: a marginal chain whose cost exceeds `oracles.MARGINAL_CHAIN_LIMIT`
operations, or whose interpolation does not reach its accuracy, is refused with that reason, and so is `kl_to_target`
where the model may charge a type outside the target's support at some generations and not at others. A function that
is recorded beside the named quantities never has an exact answer here.
"""


class Reasons:
    """Numbers refusals in the order in which they are first met."""

    def __init__(self):
        self._numbers: dict[str, int] = {}

    def number(self, reason: str) -> int:
        """The number of a reason."""
        return self._numbers.setdefault(reason, len(self._numbers) + 1)

    def lines(self) -> list[str]:
        """One line per reason."""
        return [f"- [{number}] {reason}" for reason, number in self._numbers.items()]


def answer(name: str, reasons: Reasons, **parts) -> str:
    """The rung, or the number of the refusal."""
    system = zd.System(num_samples=NUM_SAMPLES, **parts)
    try:
        values, rung = zd.exact(system, name, NUM_GENERATIONS)
    except zd.NotReachable as refusal:
        reason = str(refusal).replace(name, "the quantity", 1)
        return f"[{reasons.number(reason[0].upper() + reason[1:])}]"
    return f"{rung}, inf" if np.isinf(values).any() else rung


def cell(name: str, reasons: Reasons, **parts) -> str:
    """The answers under both mixings, as one where they agree."""
    answers = {mixing: answer(name, reasons, mixing=mixing, **parts) for mixing in MIXINGS}
    if len(set(answers.values())) == 1:
        return answers[MIXINGS[0]]
    return "; ".join(f"{mixing}: {words}" for mixing, words in answers.items())


def markdown(header: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table, framed by empty lines."""
    header = list(header)
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return ["", *lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def main_table(family: str, reasons: Reasons) -> list[str]:
    """One row per quantity, or two where the fits differ; Q_0 = P."""
    target, _, fits = FAMILIES[family]
    columns = list(itertools.product(("replace", "accumulate"), SHARES)) + [("population", "open")]
    rows = []
    for name in target.quantities:
        by_fit = {
            fit_name: [
                cell(name, reasons, target=target, exogenous_fraction=SHARES[share], update=UPDATES[update], fit=fit)
                for update, share in columns
            ]
            for fit_name, fit in fits.items()
        }
        if len({tuple(cells) for cells in by_fit.values()}) == 1:
            rows.append([f"`{name}`", "any", *next(iter(by_fit.values()))])
        else:
            rows.extend([f"`{name}`", fit_name, *cells] for fit_name, cells in by_fit.items())
    titles = [f"{update}, {share}" for update, share in columns[:-1]] + ["population"]
    return markdown(["quantity", "fit", *titles], rows)


def start_table(family: str, reasons: Reasons) -> list[str]:
    """Where another Q_0 changes the answer."""
    target, other, fits = FAMILIES[family]
    starts = {"a state": other, "`estimate(...)`": zd.estimate(num_samples=5)}
    changed: dict[tuple[str, ...], list[str]] = {}
    for name, (start, initial), (update, policy), (share, fraction) in itertools.product(
        target.quantities, starts.items(), UPDATES.items(), SHARES.items()
    ):
        for fit_name, fit in fits.items():
            parts = {"target": target, "exogenous_fraction": fraction, "update": policy, "fit": fit}
            usual, here = cell(name, reasons, **parts), cell(name, reasons, initial=initial, **parts)
            if usual != here:
                names = changed.setdefault((start, update, share, fit_name, here), [])
                names.append(f"`{name}`")
    # Fits and shares that change the same names in the same way become one row.
    merged: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for (start, update, share, fit_name, here), names in changed.items():
        entry = merged.setdefault((start, update, here, ", ".join(names)), {"share": set(), "fit": set()})
        entry["share"].add(share)
        entry["fit"].add(fit_name)
    rows = [
        [
            start,
            update,
            "any" if entry["share"] == set(SHARES) else ", ".join(sorted(entry["share"])),
            "any" if entry["fit"] == set(fits) else ", ".join(sorted(entry["fit"])),
            here,
            names,
        ]
        for (start, update, here, names), entry in merged.items()
    ]
    return markdown(["initial", "update", "loop", "fit", "answer", "quantities"], rows)


def page() -> str:
    """The whole page."""
    reasons = Reasons()
    lines = [HEAD]
    for family in FAMILIES:
        lines += [f"## {family.capitalize()}", "", "From Q_0 = P:", *main_table(family, reasons)]
        lines += ["From another Q_0 the answer differs here, and nowhere else:", *start_table(family, reasons)]
    lines += ["## Reasons", "", *reasons.lines(), "", TAIL]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
