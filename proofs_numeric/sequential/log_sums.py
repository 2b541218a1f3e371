"""Sums of numbers that are known by their logarithms."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float


def log_sum_exp(logs: Float[np.ndarray, " terms"] | Sequence[float]) -> float:
    """Log of the sum of exponentials; +inf if a term is, -inf for none.

    Definition.

    Args:
        logs: logarithms, nats.

    Returns:
        log sum exp(logs), nats.
    """
    terms = np.asarray(logs, np.float64)
    if terms.size == 0:
        return -math.inf
    largest = float(np.max(terms))
    if not math.isfinite(largest):
        return largest
    return largest + math.log(float(np.sum(np.exp(terms - largest))))


def log_mean_exp(logs: Float[np.ndarray, " terms"] | Sequence[float]) -> float:
    """Log of the mean of exponentials.

    Definition.

    Args:
        logs: logarithms, nats; at least one.

    Returns:
        log mean exp(logs), nats.
    """
    return log_sum_exp(logs) - math.log(len(logs))
