"""Names for what crosses module boundaries.

Shape words used throughout: `replicates generations support`. Axis order is fixed:
`(replicates, generations, *event)`.
"""

from typing import Any, TypeAlias

import equinox as eqx
from jaxtyping import PRNGKeyArray

Key: TypeAlias = PRNGKeyArray
"""A typed threefry key, as made by `jax.random.key`; always keyword-only, always consumed once."""

HostArray: TypeAlias = Any
"""An array that is NumPy on the host, as parameter or result, and a traced JAX array inside the kernel."""


class Module(eqx.Module):
    """An Equinox module whose methods are Python's own.

    Equinox makes a bound method a module, so that it may be passed as a tree. Nothing here does that, and a system's
    methods are called for every example of a property test, at 15 microseconds each time.
    """

    __getattribute__ = object.__getattribute__
