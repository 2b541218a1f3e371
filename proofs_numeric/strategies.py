"""Hypothesis strategies over grids: integers mapped to plain parameter data, so that they shrink to the simplest value.

`target` climbs by integer steps and shrinking lowers integers, hence every strategy is a tuple of integers underneath.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy


def grid(values: Sequence[Any]) -> SearchStrategy[Any]:
    """One of these values; shrinks to the first.

    Definition.

    Args:
        values: simplest first, at least one.

    Returns:
        A strategy coded by the position.

    Raises:
        ValueError: no value.
    """
    values = tuple(values)
    if not values:
        raise ValueError("`values` must hold at least one value; got none. Name the simplest value first.")
    return st.integers(0, len(values) - 1).map(values.__getitem__)


def examples(domain: Mapping[str, Sequence[Any]]) -> SearchStrategy[dict[str, Any]]:
    """An example of a product of grids; shrinks to the simplest value of each parameter.

    Definition.

    Args:
        domain: parameter name -> values, simplest first.

    Returns:
        A strategy of dictionaries.
    """
    return st.fixed_dictionaries({name: grid(values) for name, values in domain.items()})


def distributions(support_sizes: Sequence[int] = (2, 3, 4), resolution: int = 20) -> SearchStrategy[tuple[float, ...]]:
    """A probability vector with positive entries; shrinks to the uniform law on the smallest support.

    Entry i is (1 + w_i)/sum(1 + w), w_i an integer in 0..resolution.

    Args:
        support_sizes: numbers of categories, smallest first.
        resolution: largest integer weight.

    Returns:
        A strategy of tuples that sum to 1.

    Source: Definition.
    """

    def normalise(weights: Sequence[int]) -> tuple[float, ...]:
        total = sum(1 + weight for weight in weights)
        return tuple((1 + weight) / total for weight in weights)

    def of_size(size: int) -> SearchStrategy[tuple[float, ...]]:
        return st.lists(st.integers(0, resolution), min_size=size, max_size=size).map(normalise)

    return grid(support_sizes).flatmap(of_size)


def schedules(
    values: Sequence[float] = (0.0, 0.1, 0.25, 0.5, 1.0), exponents: Sequence[float] = (0.5, 1.0, 1.5, 2.0)
) -> SearchStrategy[tuple[Any, ...]]:
    """A schedule as plain data: ("constant", value) or ("power_law", scale, exponent); shrinks to the first constant.

    Definition.

    Args:
        values: constants and scales, simplest first; a power law skips scale 0.
        exponents: exponents of the power law, simplest first.

    Returns:
        A strategy of tuples; the reader builds the schedule from them.
    """
    constant = st.tuples(st.just("constant"), grid(values))
    scales = [value for value in values if value > 0]
    if not scales:
        return constant
    return st.one_of(constant, st.tuples(st.just("power_law"), grid(scales), grid(exponents)))
