"""Verdicts as plain JSON data, schema 1. Reports are pure functions of this."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from proofs_numeric.budget import Budget
from proofs_numeric.discovery import FALSE_DISCOVERY_RATE, discovered
from proofs_numeric.pictures import Curve, EvidencePath
from proofs_numeric.proportion import clopper_pearson
from proofs_numeric.resolution_curve import ResolutionCurve
from proofs_numeric.verdict import Instance, NeighbourResult, Status, Verdict

SCHEMA = 1


def plain(x: Any) -> Any:
    """The value as JSON knows it: numbers that are not finite become null, fractions become "p/q", tuples lists.

    Definition.

    Args:
        x: any value of a domain or a verdict.

    Returns:
        Plain data.
    """
    if isinstance(x, (bool, str)) or x is None:
        return x
    if isinstance(x, (int, np.integer)):
        return int(x)
    if isinstance(x, (float, np.floating)):
        return float(x) if math.isfinite(x) else None
    if isinstance(x, Fraction):
        return f"{x.numerator}/{x.denominator}"
    if isinstance(x, Mapping):
        return {str(name): plain(value) for name, value in x.items()}
    if isinstance(x, np.ndarray):
        return plain(x.tolist())
    if isinstance(x, (list, tuple)):
        return [plain(item) for item in x]
    return str(x)


def _instance(instance: Instance | None) -> dict[str, Any] | None:
    if instance is None:
        return None
    return plain(
        {
            "theta": instance.theta,
            "value": instance.value,
            "bound": instance.bound,
            "effect": instance.effect,
            "interval": instance.interval,
            "stream": instance.stream,
            "n": instance.n,
            "confirmed": instance.confirmed,
            "log10_e": None if instance.log_e is None else instance.log_e / math.log(10.0),
            "note": instance.note,
        }
    )


def _neighbour(result: NeighbourResult) -> dict[str, Any]:
    return plain(
        {
            "status": result.status.value,
            "required": result.required,
            "passed": result.passed,
            "effect": result.effect,
            "n": result.n,
            "theta": result.theta,
        }
    )


def _resolution(curve: ResolutionCurve | None) -> dict[str, Any] | None:
    if curve is None:
        return None
    points = [
        {
            "factor": point.factor,
            "killed": point.killed,
            "num_examples": point.num_examples,
            "share": point.share,
            "interval": point.interval,
            "median_n": point.median_samples,
        }
        for point in curve.points
    ]
    facts = {"words": curve.sentence, "unit": curve.unit, "finest": curve.finest, "complete": curve.complete}
    return plain(facts | {"points": points})


def _curve(curve: Curve | None) -> dict[str, Any] | None:
    if curve is None:
        return None
    return plain(
        {
            "parameter": curve.parameter,
            "places": curve.places,
            "at": curve.at,
            "values": curve.values,
            "bounds": curve.bounds,
            "intervals": curve.intervals,
            "spread": curve.spread,
            "num_draws": curve.num_draws,
            "level": curve.level,
        }
    )


def _evidence_path(path: EvidencePath | None) -> dict[str, Any] | None:
    if path is None:
        return None
    return plain(
        {
            "n": path.n,
            "against": path.against,
            "in_favour": path.in_favour,
            "refutes_at": path.refutes_at,
            "supports_at": path.supports_at,
        }
    )


def verdict_to_json(verdict: Verdict, strict: bool = False) -> dict[str, Any]:
    """One verdict as plain data.

    Definition. "effect" is value - bound at the minimal counterexample (at the example nearest to a violation if not
    refuted), from the confirm stream for Monte Carlo; "interval" contains that effect; "log10_e" has to reach
    "threshold".

    Args:
        verdict: the verdict.
        strict: passed on to `Verdict.as_expected`.

    Returns:
        A dictionary with the keys of schema 1 and further ones.
    """
    return plain(
        {
            "id": verdict.claim_id,
            "item": verdict.item,
            "reading": verdict.reading,
            "statement": verdict.statement,
            "relation": verdict.relation,
            "source": verdict.source,
            "status": verdict.status.value,
            "expected": None if verdict.expected is None else verdict.expected.value,
            "as_expected": verdict.as_expected(strict),
            "attempted": verdict.attempted,
            "rung": None if verdict.rung is None else verdict.rung.value,
            "exact": verdict.rung is not None and verdict.exact,
            "assurance": verdict.assurance,
            "scope": verdict.scope,
            "proof": verdict.proof,
            "certificate": verdict.certificate_file or None,
            "assumption": verdict.assumption,
            "note": verdict.note,
            "num_examples": verdict.num_examples,
            "n": verdict.n,
            "log10_e": verdict.log10_e,
            "threshold": verdict.threshold,
            "effect": verdict.effect,
            "interval": verdict.interval,
            "value": verdict.value,
            "bound": verdict.bound,
            "delta": verdict.delta,
            "slack": verdict.slack,
            "n_star": verdict.n_star,
            "coverage": verdict.coverage,
            "samples_to_decide": verdict.samples_to_decide,
            "counterexample": _instance(verdict.counterexample),
            "most_convincing": _instance(verdict.most_convincing),
            "closest": _instance(verdict.closest),
            "simulation": _instance(verdict.simulation),
            "mutants": {name: _neighbour(result) for name, result in verdict.mutants.items()},
            "controls": {name: _neighbour(result) for name, result in verdict.controls.items()},
            "kill_rate": verdict.kill_rate,
            "kill_interval": verdict.kill_interval,
            "resolution": _resolution(verdict.resolution),
            "weak": verdict.weak,
            "curve": _curve(verdict.curve),
            "evidence_path": _evidence_path(verdict.evidence_path),
            "corrected_by": verdict.corrected_by,
            "keep": verdict.keep,
            "compilations": {"programs": verdict.num_compilations, "examples_after_first": verdict.num_recompiled},
            "seconds": verdict.seconds,
            "reproduce": verdict.reproduction,
            # Filled in where catalogues are known.
            "catalogue": "",
            "script": None,
            **verdict.said,
        }
    )


def summarise(verdicts: Sequence[Verdict], strict: bool = False) -> dict[str, Any]:
    """Counts over a run, and the error probability that it has spent.

    Definition.

    Args:
        verdicts: of the run.
        strict: passed on to `Verdict.as_expected`.

    Returns:
        Plain data.
    """
    counts = Counter(verdict.status for verdict in verdicts if verdict.attempted)
    mutants = [result for verdict in verdicts for result in verdict.mutants.values()]
    controls = [result for verdict in verdicts for result in verdict.controls.values()]
    killed = sum(result.passed for result in mutants)
    parted = [verdict.claim_id for verdict in verdicts if not verdict.as_expected(strict)]
    found, tested = discovered(verdicts)
    return {
        "claims": len(verdicts),
        "statuses": {status.value: counts[status] for status in Status},
        "not_attempted": sum(not verdict.attempted for verdict in verdicts),
        "as_expected": len(verdicts) - len(parted),
        "parted": parted,
        "mutants": len(mutants),
        "mutants_killed": killed,
        "kill_interval": clopper_pearson(killed, len(mutants)) if mutants else None,
        "controls": len(controls),
        "controls_passed": sum(result.passed for result in controls),
        "weak": [verdict.claim_id for verdict in verdicts if verdict.weak],
        "discoveries": {"rate": FALSE_DISCOVERY_RATE, "tested": tested, "claims": found},
        "n": sum(verdict.n for verdict in verdicts),
        "seconds": sum(verdict.seconds for verdict in verdicts),
    }


def to_json(
    verdicts: Sequence[Verdict], budget: Budget, root: str, *, seconds: float | None = None, strict: bool = False
) -> dict[str, Any]:
    """A whole run as plain data: the payload of `zenil verify --json`.

    Definition.

    Args:
        verdicts: in the order of the run.
        budget: what was allowed.
        root: hexadecimal root of the run.
        seconds: wall time of the run; None takes the sum over claims.
        strict: passed on to `Verdict.as_expected`.

    Returns:
        {"schema", "root", "budget", "claims", "catalogues", "summary"}.
    """
    summary = summarise(verdicts, strict)
    spent = summary["claims"] + summary["mutants"] + summary["controls"]
    summary["false_alarm_bound"] = budget.alpha_suite * spent / budget.max_claims
    if seconds is not None:
        summary["seconds"] = seconds
    return {
        "schema": SCHEMA,
        "root": root,
        "budget": plain(
            {
                "name": budget.name,
                "alpha_suite": budget.alpha_suite,
                "max_claims": budget.max_claims,
                "max_examples": budget.max_examples,
                "beta": budget.beta,
                "confirm_delta": budget.confirm_delta,
                "n_max": budget.n_max,
                "num_examples": budget.num_examples,
                "seconds_per_claim": budget.seconds,
            }
        ),
        "claims": [verdict_to_json(verdict, strict) for verdict in verdicts],
        "catalogues": [],
        "summary": plain(summary),
    }


def dumps(payload: Mapping[str, Any]) -> str:
    """The text of a payload; refuses what JSON does not know. Definition."""
    return json.dumps(payload, indent=2, allow_nan=False)
