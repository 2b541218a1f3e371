"""Exact expectations of Gaussian systems."""

from zenil_dynamics.exactness.reach import Exact, NotReachable


def expectation(system, table, name) -> Exact:
    """Expected quantity at t = 0 .. T."""
    raise NotReachable(f"{name}")
