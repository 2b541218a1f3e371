"""Names for what crosses module boundaries.

Shape words used throughout: `replicates generations support`. Axis order is fixed:
`(replicates, generations, *event)`.
"""

from typing import TypeAlias

from jaxtyping import Array as Array
from jaxtyping import PRNGKeyArray

Key: TypeAlias = PRNGKeyArray
"""A typed threefry key, as made by `jax.random.key`; always keyword-only, always consumed once."""
