"""Evidence of a claim from the evidence of its examples: half weighted sum, half fractional product.

    sum:      M = sum_k e_k/K + (1 - k/K)             finds one bad example
    product:  W = prod_k (1/2 + e_k/2)                pools many slightly bad ones
    claim:    e = (M + W)/2

Both have mean at most 1 under the null if E[e_k | earlier examples] <= 1, which fresh randomness per example gives;
the choice of the next example may then depend on everything seen so far.

Source: Vovk & Wang 2021 (arXiv 1912.06116); the mixture is a Definition.
"""

import math
from collections.abc import Sequence

from proofs_numeric.sequential.log_sums import log_sum_exp


def merge(log_evidence: Sequence[float], max_examples: int) -> float:
    """Claim-level evidence.

    Args:
        log_evidence: log e_k of each distinct example visited, nats.
        max_examples: K, fixed before the run.

    Returns:
        log of (M + W)/2, nats.

    Raises:
        ValueError: more examples than were declared, which would break the bound.

    Source: module docstring.
    """
    visited = len(log_evidence)
    if visited > max_examples:
        raise ValueError(
            f"`log_evidence` must hold at most {max_examples} examples; got {visited}. Raise max_examples."
        )
    unspent = 1.0 - visited / max_examples
    weighted = [value - math.log(max_examples) for value in log_evidence]
    log_sum = log_sum_exp([*weighted, math.log(unspent) if unspent > 0 else -math.inf])
    log_product = sum(log_sum_exp([0.0, value]) - math.log(2.0) for value in log_evidence)
    return log_sum_exp([log_sum, log_product]) - math.log(2.0)
