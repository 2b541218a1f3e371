"""Look for a counterexample over a domain of grids: sweep, hunt, shrink. Checking an example is somebody else's job.

All randomness of a check is addressed by its example, so a search may adapt to what it has seen without spoiling the
evidence; the order of the sweep is addressed by the root. Every example is checked once per run.
"""

import hashlib
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import HypothesisWarning, Unsatisfiable

from proofs_numeric import strategies
from proofs_numeric.claims import Claim
from proofs_numeric.keys import canonical
from proofs_numeric.outcome import Outcome
from proofs_numeric.verdict import Status

Check = Callable[[Mapping[str, Any]], Outcome | None]


class Record:
    """Every outcome of one claim, in order of first visit; asking again is free.

    Definition.

    Args:
        check: theta -> outcome, or None when the time is up; must be a function of theta.
    """

    def __init__(self, check: Check):
        self._check = check
        self._outcomes: dict[str, Outcome | None] = {}

    def __call__(self, theta: Mapping[str, Any]) -> Outcome | None:
        """The outcome at an example; None where the time was up."""
        address = canonical(theta)
        if address not in self._outcomes:
            self._outcomes[address] = self._check(theta)
        return self._outcomes[address]

    @property
    def outcomes(self) -> list[Outcome]:
        """Outcomes of all examples checked so far. Definition."""
        return [outcome for outcome in self._outcomes.values() if outcome is not None]

    @property
    def refuted(self) -> list[Outcome]:
        """Outcomes that are REFUTED. Definition."""
        return [outcome for outcome in self.outcomes if outcome.status is Status.REFUTED]


def position(claim: Claim, theta: Mapping[str, Any]) -> tuple[int, ...]:
    """Where an example stands in the domain: the index of each value; smaller is simpler, first parameter first.

    Definition. A value between those of the domain, as a surface may propose, stands behind all of them.

    Args:
        claim: owner of the domain.
        theta: an example of it.

    Returns:
        One index per parameter.
    """
    return tuple(_index(values, theta[name]) for name, values in claim.domain.items())


def _index(values: Sequence[Any], value: Any) -> int:
    """Place of a value among those of its type and spelling; the number of all of them where there is none."""
    own = canonical({"": value})
    try:
        # Spelling a long axis takes long, comparing it does not. Arrays cannot be compared so.
        found = values.index(value)
    except ValueError:
        found = None
    if found is not None and canonical({"": values[found]}) == own:
        return found
    spelled = [canonical({"": each}) for each in values]
    return spelled.index(own) if own in spelled else len(values)


def sweep_order(claim: Claim, root: str, num_examples: int) -> list[dict[str, Any]]:
    """Examples for the sweep: known witnesses, the simplest one, then distinct ones drawn uniformly from the product.

    Definition. The draw is addressed by root and claim, so it differs between runs and repeats with the root.

    Args:
        claim: owner of the domain.
        root: hexadecimal root of the run.
        num_examples: how many at most, witnesses not counted against the simplest one.

    Returns:
        Admitted examples; all of them, in domain order, if there are no more than `num_examples`.
    """
    if claim.num_examples <= num_examples:
        return list(claim.examples())
    seed = int.from_bytes(hashlib.sha256(f"{root}|{claim.id}|sweep".encode()).digest()[:16], "big")
    generator = np.random.Generator(np.random.Philox(seed))
    shape = tuple(len(values) for values in claim.domain.values())
    first = next(claim.examples(), None)
    chosen = {canonical(witness): dict(witness) for witness in claim.witnesses}
    if first is not None:
        chosen.setdefault(canonical(first), first)
    # Tries are capped because `where` may admit very little of the product.
    for _ in range(200 * num_examples):
        if len(chosen) >= num_examples or first is None:
            break
        theta = claim.example(tuple(int(generator.integers(size)) for size in shape))
        if claim.admits(theta):
            chosen.setdefault(canonical(theta), theta)
    return list(chosen.values())


class _Found(Exception):
    """A counterexample, raised inside the hunt so that Hypothesis starts to shrink."""


def hunt(claim: Claim, record: Record, root: str, num_examples: int) -> None:
    """Hypothesis looks for a violation, steered by `target`, and shrinks what it finds; outcomes end up in `record`.

    Definition. Objective: excess per standard error where draws are involved (log e / sqrt n), else the excess
    itself. Examples are seeded by root and claim; nothing is stored between runs.

    Args:
        claim: owner of the domain.
        record: where outcomes are asked for and kept.
        root: hexadecimal root of the run.
        num_examples: most examples that Hypothesis generates.
    """
    seed = int.from_bytes(hashlib.sha256(f"{root}|{claim.id}|hunt".encode()).digest()[:8], "big")

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=num_examples,
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate, Phase.target, Phase.shrink),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.nested_given),
        verbosity=hypothesis.Verbosity.quiet,
        print_blob=False,
    )
    @hypothesis.given(strategies.examples(claim.domain))
    def violated(theta):
        hypothesis.assume(claim.admits(theta))
        outcome = record(theta)
        if outcome is None:
            return
        if outcome.status is Status.REFUTED:
            raise _Found
        score = outcome.excess if outcome.log_e is None else outcome.log_e / max(outcome.n, 1) ** 0.5
        if np.isfinite(score):
            hypothesis.target(float(score))

    try:
        with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
            warnings.simplefilter("ignore", HypothesisWarning)
            # Hypothesis keeps notes on disk even without a database; they have no business in the user's directory.
            set_hypothesis_home_dir(folder)
            violated()
    except (_Found, Unsatisfiable):
        return
    finally:
        set_hypothesis_home_dir(None)


def shrink(claim: Claim, record: Record, start: Mapping[str, Any], num_examples: int) -> Outcome:
    """Walk from a counterexample to simpler ones until no single parameter can be made simpler.

    Definition. For each parameter in turn: its simplest value, then half way, then one step. Positions fall in a
    well-founded order.

    Args:
        claim: owner of the domain.
        record: where outcomes are asked for and kept.
        start: a refuted example.
        num_examples: most examples tried.

    Returns:
        The simplest refuted outcome in domain order among all that were visited.
    """
    tried, current, moved = 0, dict(start), True
    while moved and tried < num_examples:
        moved = False
        for name, index in zip(claim.domain, position(claim, current), strict=True):
            for smaller in sorted({0, index // 2, index - 1} - {-1, index}):
                theta = current | {name: claim.domain[name][smaller]}
                if tried >= num_examples or not claim.admits(theta):
                    continue
                tried += 1
                outcome = record(theta)
                if outcome is not None and outcome.status is Status.REFUTED:
                    current, moved = theta, True
                    break
    return min(record.refuted, key=lambda outcome: position(claim, outcome.theta))
