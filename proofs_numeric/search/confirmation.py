"""A second, independent look at a counterexample; the effect that is printed comes from here only."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import jax
import numpy as np

import zenil_dynamics as zd
from proofs_numeric.budget import Budget
from proofs_numeric.claims import Claim, Route
from proofs_numeric.exact.exact_check import entries
from proofs_numeric.keys import derive_key
from proofs_numeric.monte_carlo.mean_check import check_mean, defect, draw, widen
from proofs_numeric.monte_carlo.precision import in_float64, is_narrow, is_wide
from proofs_numeric.outcome import Outcome
from proofs_numeric.relation import excess, holds
from proofs_numeric.sequential import Sums, confidence_sequence
from proofs_numeric.verdict import Instance, Status

# Two-sided normal quantile at 1e-6, for intervals that are labelled approximate because no tail fact was declared.
_NORMAL_QUANTILE = 4.891638475699


def confirm_mean(
    claim: Claim, outcome: Outcome, budget: Budget, root: str, team: zd.distributed.Processes = zd.distributed.ALONE
) -> Outcome:
    """The same example on the stream "confirm", with a sample size fixed beforehand.

    Twice the samples of the first look (at least `budget.confirm_samples`), judged once at `budget.confirm_delta`.

    Args:
        claim: route EP.
        outcome: a refuted example.
        budget: thresholds and limits.
        root: hexadecimal root of the run.
        team: processes that share the batches.

    Returns:
        The outcome of the second look; its status is REFUTED if it confirms.

    Source: Definition.
    """
    num_samples = max(budget.confirm_samples, min(2 * outcome.n, budget.n_max))
    return check_mean(claim, outcome.theta, budget, root, stream="confirm", num_samples=num_samples, team=team)


def confirm_exactly(claim: Claim, outcome: Outcome) -> tuple[bool | None, str]:
    """Whether the claim's second evaluation path breaks the relation too, and by what it differs.

    Definition.

    Args:
        claim: a deterministic claim.
        outcome: a refuted example.

    Returns:
        (None, "") without a second path, else (confirmed, sentence).
    """
    if claim.route is Route.EP or claim.confirm is None:
        return None, ""
    seconds = entries(claim.confirm(outcome.parameters))
    gaps = [excess(value, outcome.bound, claim.relation) for value in seconds]
    worst = max(range(len(gaps)), key=gaps.__getitem__)
    confirmed = not holds(gaps[worst], claim.relation, claim.delta_at(outcome.parameters))
    difference = float(seconds[worst]) - outcome.value
    return confirmed, f"an independent second path gives {float(seconds[worst]):.9g}, difference {difference:.3g}"


def simulate(claim: Claim, outcome: Outcome, budget: Budget, root: str) -> Instance | None:
    """Independent Monte Carlo estimate of an exact value, to be printed beside it.

    Definition. The interval holds with probability 1 - `budget.confirm_delta` if tail facts are declared, else
    approximately.

    Args:
        claim: a deterministic claim.
        outcome: the example.
        budget: sample size.
        root: hexadecimal root of the run.

    Returns:
        Estimate and interval; `confirmed` says whether the exact value lies inside. None without a simulator.
    """
    if claim.simulate is None or not budget.simulates:
        return None
    tail = widen(claim.simulate_tail_at(outcome.parameters), 0.0)
    key = derive_key(root, claim.id, outcome.parameters, "simulate")
    sums = Sums(outcome.value if math.isfinite(outcome.value) else 0.0)
    for batch in range(math.ceil(budget.confirm_samples / claim.batch_size)):
        samples = draw(claim, outcome.parameters, jax.random.fold_in(key, batch), claim.simulate)
        broken = defect(samples, tail)
        if broken:
            return Instance(
                theta=outcome.parameters,
                value=math.nan,
                bound=outcome.bound,
                effect=math.nan,
                stream="simulate",
                n=sums.n,
                confirmed=False,
                note=broken,
            )
        sums = sums.add(samples)
    licensed = tail.variance_bound is not None or (tail.lower is not None and tail.upper is not None)
    if licensed:
        low, high = confidence_sequence(sums, budget.confirm_delta, tail.lower, tail.upper, tail.variance_bound)
    else:
        half = _NORMAL_QUANTILE * sums.standard_deviation / math.sqrt(sums.n)
        low, high = sums.mean - half, sums.mean + half
    return Instance(
        theta=outcome.parameters,
        value=sums.mean,
        bound=outcome.bound,
        effect=sums.mean - outcome.bound,
        interval=(low - outcome.bound, high - outcome.bound),
        stream="simulate",
        n=sums.n,
        confirmed=bool(low - _rounding(outcome.value) <= outcome.value <= high + _rounding(outcome.value)),
        note="" if licensed else "approximate interval: no tail fact declared",
    )


def _rounding(value: float) -> float:
    """Allowance for a float32 simulation of a number that is exact: constant draws leave an interval of width 0."""
    return 16 * float(np.finfo(np.float32).eps) * max(1.0, abs(value))


def is_numeric(excess_value: float, slack: float) -> bool:
    """Whether a violation is too small to be told from rounding: below ten slacks, if there are any. Definition."""
    return slack > 0 and excess_value < 10.0 * slack


def needs_float64(claim: Claim, outcome: Outcome) -> bool:
    """Whether a refutation could be an artefact of float32: its effect is below ten slacks, or no slack is declared.

    Definition.
    """
    return claim.slack is None or is_numeric(outcome.excess, outcome.slack)


def in_double(
    claim: Claim, outcome: Outcome, budget: Budget, root: str, team: zd.distributed.Processes = zd.distributed.ALONE
) -> Outcome:
    """The same example in float64 on the stream "x64", judged as `confirm_mean` judges, after twice its samples.

    Args:
        claim: route EP. Its functions are called again: a slack that asks for the precision gets the new answer.
        outcome: what float32 found.
        budget: thresholds and limits.
        root: hexadecimal root of the run.
        team: processes that share the batches.

    Returns:
        The outcome in float64.

    Source: Definition.
    """
    num_samples = max(budget.confirm_samples, min(2 * outcome.n, budget.n_max))
    return _look_in_double(claim, outcome, budget, root, num_samples, team)


def support_in_double(
    claim: Claim, outcome: Outcome, budget: Budget, root: str, team: zd.distributed.Processes = zd.distributed.ALONE
) -> Outcome:
    """A supported example in float64 on the stream "x64", with the thresholds and the stopping of the first look.

    Definition. For claims without a slack, whose support says nothing about rounding otherwise.
    """
    return _look_in_double(claim, outcome, budget, root, None, team)


def _look_in_double(
    claim: Claim, outcome: Outcome, budget: Budget, root: str, num_samples: int | None, team: zd.distributed.Processes
) -> Outcome:
    narrow: list[str] = []

    def sample(theta: Any, key: jax.Array, size: int) -> np.ndarray:
        drawn = np.asarray(claim.sample(theta, key, size))  # pyright: ignore[reportOptionalCall]
        narrow.extend([str(drawn.dtype)] * is_narrow(drawn))
        return drawn

    wide = replace(claim, sample=sample)
    with repeated_in_float64(claim):
        look = check_mean(wide, outcome.theta, budget, root, stream="x64", num_samples=num_samples, team=team)
    if not narrow:
        return look
    note = f"the sampler returns {narrow[0]} where float64 is asked for, so nothing is repeated: leave out its dtypes"
    return replace(look, status=Status.UNDECIDED, note=note)


@contextmanager
def repeated_in_float64(claim: Claim) -> Iterator[None]:
    """Compute in float64 within a `with` block; a sampler that cannot is told what to do.

    Definition.

    Raises:
        ValueError: the sampler mixes dtypes there.
    """
    try:
        with in_float64():
            yield
    except (TypeError, ValueError) as error:
        if isinstance(error, ValueError) and not type(error).__module__.startswith("jax"):
            raise
        raise ValueError(
            f"the sampler of {claim.id!r} must run in float64 too, because an effect is close to its slack or it has "
            f"none; got {str(error).splitlines()[0]!r}. Leave out its dtypes, or declare a `slack`."
        ) from error


def settle(
    claim: Claim,
    firsts: Sequence[Outcome],
    budget: Budget,
    root: str,
    team: zd.distributed.Processes = zd.distributed.ALONE,
) -> tuple[Status, list[Outcome]]:
    """Look again at refuted examples: on an independent stream, and in float64 where rounding could be the reason.

    INVALID if a later stream broke a declared fact. Where every effect is below ten slacks, or no slack is declared,
    the status is REFUTED if float64 refutes one of the examples too, else NUMERIC. Otherwise the refutation stands,
    confirmed or not: the first look has paid for it.

    Args:
        claim: route EP.
        firsts: refuted examples, at least one.
        budget: thresholds and limits.
        root: hexadecimal root of the run.
        team: processes that share the batches.

    Returns:
        The status to report, and the last look at each example; its status is REFUTED if it confirms.

    Source: Definition.
    """
    seconds = [confirm_mean(claim, first, budget, root, team) for first in firsts]
    if any(second.status is Status.INVALID for second in seconds):
        return Status.INVALID, seconds
    if not all(needs_float64(claim, second) for second in seconds):
        return Status.REFUTED, seconds
    thirds = seconds if is_wide() else [in_double(claim, second, budget, root, team) for second in seconds]
    if any(third.status is Status.INVALID for third in thirds):
        return Status.INVALID, thirds
    agreed = any(third.status is Status.REFUTED for third in thirds)
    if not is_wide():
        thirds = [
            replace(third, note="; ".join(part for part in (_both(second, third), third.note) if part))
            for second, third in zip(seconds, thirds, strict=True)
        ]
    return Status.REFUTED if agreed else Status.NUMERIC, thirds


def _both(single: Outcome, double: Outcome) -> str:
    """The two effects side by side."""
    words = [
        f"{name}: effect {look.value - look.bound:.3g} in [{look.interval[0]:.3g}, {look.interval[1]:.3g}]"
        for name, look in (("float32", single), ("float64", double))
        if look.interval is not None
    ]
    return "; ".join(words)
