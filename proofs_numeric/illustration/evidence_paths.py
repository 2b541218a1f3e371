"""How the evidence of one example grew, batch by batch."""

import math
from collections.abc import Mapping
from typing import Any

from proofs_numeric.budget import Budget
from proofs_numeric.claims import Claim
from proofs_numeric.monte_carlo.mean_check import check_mean
from proofs_numeric.pictures import EvidencePath, thinned
from proofs_numeric.search.searcher import part_of

_LOG10 = math.log(10.0)
_MOST_POINTS = 97


def evidence_path(claim: Claim, theta: Mapping[str, Any], budget: Budget, root: str) -> EvidencePath:
    """Check an example again on the stream of its search and keep what the evidence was after each batch.

    Args:
        claim: route EP.
        theta: the example.
        budget: of the run.
        root: of the run; with the same one these are the numbers behind its verdict.

    Returns:
        The path, thinned for reading; its last point is where the check stopped.

    Source: Definition.
    """
    part = part_of(claim, budget)
    points: list[tuple[int, float, float]] = []
    check_mean(claim, theta, part, root, trace=lambda n, against, in_favour: points.append((n, against, in_favour)))
    kept = [points[i] for i in thinned(len(points), _MOST_POINTS)]
    licensed = bool(kept) and math.isfinite(kept[-1][2])
    return EvidencePath(
        n=tuple(n for n, _, _ in kept),
        against=tuple(against / _LOG10 for _, against, _ in kept),
        in_favour=tuple(in_favour / _LOG10 for _, _, in_favour in kept) if licensed else None,
        refutes_at=part.log_example_threshold / _LOG10,
        supports_at=part.log_support_threshold / _LOG10,
    )
