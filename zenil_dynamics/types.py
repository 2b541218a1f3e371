"""Names for what crosses module boundaries.

Shape words used throughout: `replicates generations support`. Axis order is fixed:
`(replicates, generations, *event)`.
"""

from typing import Any, TypeAlias

from jaxtyping import PRNGKeyArray

Key: TypeAlias = PRNGKeyArray
"""A typed threefry key, as made by `jax.random.key`; always keyword-only, always consumed once."""

HostArray: TypeAlias = Any
"""An array that is NumPy on the host, as parameter or result, and a traced JAX array inside the kernel."""
