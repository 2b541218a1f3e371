"""Draws of a claim's sampler, by the batch, and whether they keep what was declared about them."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np
from jaxtyping import Float

from proofs_numeric.budget import Budget
from proofs_numeric.claims import Claim
from proofs_numeric.keys import batch_key, derive_key
from proofs_numeric.relation import BETWEEN_LAWS
from proofs_numeric.tail import Tail

REPLAY = 4
"""Times the draws of other examples that a witness may take."""


def draw(claim: Claim, theta: Mapping[str, Any], key: jax.Array, sampler: Callable | None = None) -> np.ndarray:
    """One batch of the statistic in float64.

    Definition.

    Args:
        claim: says which sampler and which batch size.
        theta: the example.
        key: consumed.
        sampler: other function than `claim.sample` (the simulation of a deterministic claim).

    Returns:
        `claim.batch_size` numbers, or as many rows for a relation between laws.

    Raises:
        ValueError: the sampler returned another shape.
    """
    sampler = claim.sample if sampler is None else sampler
    if sampler is None:
        raise ValueError(f"claim {claim.id!r} must have a sampler to be simulated; got none. Give it `sample`.")
    samples = _real(claim, np.asarray(sampler(theta, key, claim.batch_size)))
    columns = BETWEEN_LAWS.get(claim.relation, (1,)) if sampler is claim.sample else (1,)
    shapes = [(claim.batch_size,) if number == 1 else (claim.batch_size, number) for number in columns]
    if samples.shape not in shapes:
        rows = "one number" if columns == (1,) else f"{' or '.join(map(str, columns))} numbers"
        raise ValueError(
            f"the sampler of {claim.id!r} must return shape {' or '.join(map(str, shapes))}; got {samples.shape} "
            f"at {dict(theta)}. Return {rows} per replicate."
        )
    return samples


def _real(claim: Claim, samples: np.ndarray) -> np.ndarray:
    if np.iscomplexobj(samples):
        raise ValueError(
            f"the sampler of {claim.id!r} must return real numbers; got {samples.dtype}. Return the part that is meant."
        )
    return samples.astype(np.float64)


def largest_sample(claim: Claim, theta: Mapping[str, Any], budget: Budget) -> int:
    """Draws after which an example is left undecided; `REPLAY` times as many for a witness, barely detected before.

    Definition. Two batches at least, however large: one alone does not show whether its replicates are independent.
    """
    return max(REPLAY * budget.n_max if claim.is_witness(theta) else budget.n_max, 2 * claim.batch_size)


def first_batch(claim: Claim, root: str, theta: Mapping[str, Any]) -> np.ndarray:
    """What the main stream of an example begins with. Definition."""
    return draw(claim, theta, batch_key(derive_key(root, claim.id, theta, "main"), 0))


def defect(samples: Float[np.ndarray, "samples ..."], tail: Tail) -> str:
    """Which declared fact a batch breaks, in words; empty if none. Definition."""
    if not np.all(np.isfinite(samples)):
        return f"{int(np.sum(~np.isfinite(samples)))} of {samples.size} samples are not finite"
    if tail.lower is not None and float(np.min(samples)) < tail.lower:
        return f"a sample {np.min(samples):.9g} lies below the declared lower end {tail.lower:.9g}"
    if tail.upper is not None and float(np.max(samples)) > tail.upper:
        return f"a sample {np.max(samples):.9g} lies above the declared upper end {tail.upper:.9g}"
    if tail.indicator and not np.all((samples == 0) | (samples == 1)):
        return f"a sample {samples[(samples != 0) & (samples != 1)][0]:.9g} of an indicator is neither 0 nor 1"
    return ""
