"""Short ways to write neighbours of a claim: the same sentence with one number changed.

Each returns a `Variant`, to be listed under `mutants` (must be refuted) or `controls` (must be left standing).
"""

from collections.abc import Callable, Sequence
from typing import Any

from proofs_numeric.claims import Theta, Variant


def scale_bound(factor: Any, must: str = "NOT_REFUTED") -> Variant:
    """The claim with `factor` times its bound.

    Definition.

    Args:
        factor: a number; a Fraction keeps exact bounds exact.
        must: as a control: "NOT_REFUTED" or "SUPPORTED".

    Returns:
        The neighbour, named "bound x factor".
    """
    return Variant(
        adjust_bound=lambda theta, bound: _each(bound, lambda number: factor * number),
        must=must,
        name=f"bound x {factor}",
    )


def shift_bound(step: Any, must: str = "NOT_REFUTED") -> Variant:
    """The claim with `step` added to its bound.

    Definition.

    Args:
        step: a number, units of the bound.
        must: as a control: "NOT_REFUTED" or "SUPPORTED".

    Returns:
        The neighbour, named "bound + step".
    """
    return Variant(
        adjust_bound=lambda theta, bound: _each(bound, lambda number: number + step),
        must=must,
        name=f"bound + {step}",
    )


def scale(parameter: str, factor: Any, must: str = "NOT_REFUTED") -> Variant:
    """The statistic at `factor` times one parameter, beside the bound at the parameter itself.

    Definition.

    Args:
        parameter: a name of the domain.
        factor: a number.
        must: as a control: "NOT_REFUTED" or "SUPPORTED".

    Returns:
        The neighbour, named "parameter x factor".
    """
    return Variant(
        adjust_theta=_with(parameter, lambda number: factor * number), must=must, name=f"{parameter} x {factor}"
    )


def shift(parameter: str, step: Any, must: str = "NOT_REFUTED") -> Variant:
    """The statistic at one parameter plus `step`, beside the bound at the parameter itself: off by one, say.

    Definition.

    Args:
        parameter: a name of the domain.
        step: a number; whole for a parameter that gives a shape.
        must: as a control: "NOT_REFUTED" or "SUPPORTED".

    Returns:
        The neighbour, named "parameter + step".
    """
    return Variant(adjust_theta=_with(parameter, lambda number: number + step), must=must, name=f"{parameter} + {step}")


def _each(bound: Any, change: Callable[[Any], Any]) -> Any:
    """Exact claims may have one bound per entry; a law as bound has nothing that could be changed."""
    try:
        return [change(number) for number in bound] if isinstance(bound, Sequence) else change(bound)
    except TypeError:
        raise ValueError(
            f"a neighbour changes the bound, which must be a number; got {type(bound).__name__}. For a claim on laws "
            "write a Variant with another `sample` or `bound`."
        ) from None


def _with(parameter: str, change: Callable[[Any], Any]) -> Callable[[Theta], Theta]:
    def adjusted(theta: Theta) -> Theta:
        if parameter not in theta:
            raise ValueError(f"a neighbour changes {parameter!r}, but the domain has {', '.join(theta) or 'nothing'}.")
        return {**theta, parameter: change(theta[parameter])}

    return adjusted
