"""What tracing costs, and how a function that is called often is traced once.

Most of the time until a cached program starts goes into tracing: every operation costs about 50 microseconds of Python,
whatever the arrays hold.
"""

import functools
from collections.abc import Callable
from typing import TypeVar

import jax

_Function = TypeVar("_Function", bound=Callable)


def traced_once(function: _Function) -> _Function:
    """Trace a function once for shapes and dtypes of its arguments; every further call copies the operations.

    Copying is ten times cheaper, and what is compiled is the same to the letter, since nothing remains of the call.
    Called outside of a trace, the function is compiled.

    Args:
        function: pure, of arrays and trees of arrays; reads nothing that may change.

    Returns:
        The same function.

    Definition.
    """
    return functools.wraps(function)(jax.jit(function, inline=True))  # type: ignore[return-value]
