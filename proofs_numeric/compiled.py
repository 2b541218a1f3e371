"""Compile a sampler once for all examples: numbers of an example are traced, what gives shapes is static."""

import functools
import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Sampler = Callable[[Mapping[str, Any], Any, int], Any]


class Compiled:
    """A sampler under `jax.jit`, compiled anew only for new sizes, static values or kinds of numbers.

    Definition. Traced are the numbers of an example, also inside tuples: a new value of theirs costs nothing, where a
    new value of a static one costs a compilation (about half a second). Static are the names in `static`, truth
    values, and all that is no number.

    Args:
        sampler: (theta, key, size) -> (size,) draws, in `jax.numpy`.
        static: names whose values give shapes, lengths of loops, or branches.
        name: of the claim, for messages.
    """

    def __init__(self, sampler: Sampler, static: Sequence[str], name: str):
        functools.update_wrapper(self, sampler)
        self._sampler, self._static, self._name = sampler, frozenset(static), name

    @functools.cached_property
    def _program(self) -> Callable[..., Any]:
        # JAX is loaded with the first draw, not where a claim is written.
        import jax

        def program(traced, key, fixed, size):
            return self._sampler({**traced, **dict(fixed)}, key, size)

        return jax.jit(program, static_argnums=(2, 3))

    def __call__(self, theta: Mapping[str, Any], key: Any, size: int) -> Any:
        """Draw.

        Raises:
            ValueError: the sampler wants a plain number where it is given a traced one, or a static value has no hash.
        """
        traced = {name: _plain(value) for name, value in theta.items() if self._is_traced(name, value)}
        # In the order of the names, so that one example is compiled once however it is spelled.
        fixed = tuple(sorted((name, _frozen(name, theta[name])) for name in theta.keys() - traced.keys()))
        try:
            return self._program(traced, key, fixed, size)
        except (TypeError, IndexError) as error:
            if not (type(error).__module__.startswith("jax") or "Tracer" in str(error)):
                raise
            raise ValueError(
                f"the sampler of claim {self._name!r} needs a plain number where {', '.join(traced) or 'the key'} "
                "is traced. Name what gives shapes, loop lengths or branches in `static`, or write jit=False "
                f"for a sampler that runs on the host. JAX says: {str(error).splitlines()[0]}"
            ) from error

    def _is_traced(self, name: str, value: Any) -> bool:
        return name not in self._static and _is_numeric(value)


class CompiledEach:
    """The sampler of a domain sweep under `jax.jit`: arrays are traced, parameters with one value are static.

    Definition.

    Args:
        sampler: (arrays of shape (size,), key, size) -> (size,) draws, in `jax.numpy`.
    """

    def __init__(self, sampler: Sampler):
        functools.update_wrapper(self, sampler)
        self._sampler = sampler

    @functools.cached_property
    def _program(self) -> Callable[..., Any]:
        import jax

        def program(traced, key, fixed, size):
            return self._sampler({**traced, **dict(fixed)}, key, size)

        return jax.jit(program, static_argnums=(2, 3))

    def __call__(self, thetas: Mapping[str, Any], key: Any, size: int) -> Any:
        """Draw.

        Raises:
            ValueError: a whole number beyond int32, which JAX would wrap around in silence, or a fixed value without a
                hash.
        """
        import jax

        traced = {name: value for name, value in thetas.items() if isinstance(value, np.ndarray)}
        fixed = tuple(sorted((name, _frozen(name, thetas[name])) for name in thetas.keys() - traced.keys()))
        if not jax.config.jax_enable_x64:  # pyright: ignore[reportAttributeAccessIssue]
            for name, column in traced.items():
                _require_int32(name, column)
        return self._program(traced, key, fixed, size)


def _require_int32(name: str, column: np.ndarray) -> None:
    if column.dtype.kind in "iu" and not -(2**31) <= int(column.min()) <= int(column.max()) < 2**31:
        raise ValueError(
            f"whole numbers of a traced parameter must fit int32; got {int(column.max())} for {name!r}. Write it as a "
            "float, or compute in float64 (--x64)."
        )


def _is_numeric(value: Any) -> bool:
    """Numbers, and tuples and arrays of them; not truth values, of which there are two."""
    if isinstance(value, (tuple, list)):
        return bool(value) and all(map(_is_numeric, value))
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf"
    return isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_))


def _plain(value: Any) -> Any:
    """Python numbers: they do not force a precision upon the sampler, and have one kind each."""
    if isinstance(value, (tuple, list)):
        return tuple(map(_plain, value))
    if isinstance(value, np.ndarray):
        return tuple(map(_plain, value.tolist())) if value.ndim else _plain(value.item())
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def _frozen(name: str, value: Any) -> Any:
    frozen = tuple(value) if isinstance(value, list) else value
    try:
        hash(frozen)
    except TypeError:
        raise ValueError(
            f"the static parameter {name!r} must be hashable to be compiled for; got {value!r}. Write it as a tuple, "
            "or write jit=False."
        ) from None
    return frozen
