"""Body of the GPU kernel for counts: a warp holds a few replicates of a categorical loop for all generations.

The shares of the types lie in an output of the kernel that serves as memory, a row per type and a column per replicate;
a column is read and written by one thread only. Words and formulas are those of the forward kernel on the same key
addresses, so that both draw the same counts wherever the compilers round alike.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float32, Int32, UInt32

from zenil_dynamics.random import threefry2x32
from zenil_dynamics.samplers import two_float, weight_grid
from zenil_dynamics.samplers.lanes import AcrossLanes
from zenil_dynamics.samplers.multinomial import draw_category
from zenil_dynamics.samplers.two_float import TwoFloat


def _entropy(share: Float32[Array, " lanes"]) -> Float32[Array, " lanes"]:
    return -share * jnp.log(jnp.where(share == 0, 1, share))


def _diversity(share: Float32[Array, " lanes"]) -> Float32[Array, " lanes"]:
    return share * (1 - share)


def _support_size(share: Float32[Array, " lanes"]) -> Float32[Array, " lanes"]:
    return (share > 0).astype(jnp.float32)


TERMS: Mapping[str, Callable[[Float32[Array, " lanes"]], Float32[Array, " lanes"]]] = MappingProxyType(
    {"entropy": _entropy, "diversity": _diversity, "support_size": _support_size}
)
"""What a type of some share adds to a quantity; nothing where the share is 0."""


def _some(mask: Bool[Array, " lanes"]) -> Bool[Array, ""]:
    return jnp.max(mask.astype(jnp.int32)) > 0


def _union(bits: Int32[Array, " lanes"]) -> Int32[Array, ""]:
    """Of the bits that regimes have: 1, 2, 4 and 8."""
    first, second, third, fourth = (jnp.max(bits & (1 << bit)) for bit in range(4))
    return first | second | third | fourth


_BY_MAXIMA = AcrossLanes(_some, _union)
"""The Triton backend reduces by sums and extremes only; each is one instruction of a warp."""


class Shape(NamedTuple):
    """What the body is compiled for."""

    names: tuple[str, ...]
    support: int
    num_generations: int
    closed: bool
    terminal_only: bool


def run(shape: Shape, refs: tuple[Any, ...]) -> None:
    """Run all generations of the replicates of one program.

    Args:
        shape: static.
        refs: key words (lanes,) twice; initial shares (support, lanes), which are never read here because the output
            for shares begins as a copy of them; target (support,); N_t and alpha_t (generations,); then the outputs:
            shares (support, lanes), and a trace (generations + 1, lanes) per name, or (1, lanes) of the last one.
    """
    key_0_ref, key_1_ref, _, target, num_samples, fraction, shares, *traces = refs
    key_0, key_1 = key_0_ref[:], key_1_ref[:]

    def generation(t: Int32[Array, ""], nothing: tuple[()]) -> tuple[()]:
        step_0, step_1 = threefry2x32(key_0, key_1, jnp.uint32(0), t.astype(jnp.uint32) + 1)

        def weight(category: Int32[Array, ""]) -> Float32[Array, " lanes"]:
            share = shares[category, :]
            return share if shape.closed else fraction[t] * target[category] + (1 - fraction[t]) * share

        if not shape.terminal_only:
            _record(shape, shares, traces, t)
        _draw(shape.support, weight, shares, num_samples[t], step_0, step_1)
        return nothing

    lax.fori_loop(0, shape.num_generations, generation, ())
    _record(shape, shares, traces, 0 if shape.terminal_only else shape.num_generations)


def _record(shape: Shape, shares: Any, traces: list[Any], row: Int32[Array, ""] | int) -> None:
    """Sum what the types add to every quantity; the parts that rounding would lose are carried along."""

    def add(category: Int32[Array, ""], sums: tuple[TwoFloat, ...]) -> tuple[TwoFloat, ...]:
        share = shares[category, :]
        terms = (TERMS[name](share) for name in shape.names)
        grown = ((two_float.two_sum(old.high, term), old.low) for old, term in zip(sums, terms, strict=True))
        return tuple(TwoFloat(new.high, new.low + low) for new, low in grown)

    nothing = jnp.zeros(shares.shape[1:], jnp.float32)
    sums = lax.fori_loop(0, shape.support, add, (TwoFloat(nothing, nothing),) * len(shape.names))
    for trace, total in zip(traces, sums, strict=True):
        trace[row, :] = total.high + total.low


def _draw(
    support: int,
    weight: Callable[[Int32[Array, ""]], Float32[Array, " lanes"]],
    shares: Any,
    num_samples: Int32[Array, ""],
    key_0: UInt32[Array, " lanes"],
    key_1: UInt32[Array, " lanes"],
) -> None:
    """Replace all shares by those of a multinomial draw; see `samplers.multinomial`.

    A category's weight depends on its own share alone, so that it is read before its row is overwritten.
    """
    low_bits = weight_grid.low_bits_of(support)
    nothing = jnp.zeros(key_0.shape, jnp.int32)

    def raise_largest(category: Int32[Array, ""], largest: Float32[Array, " lanes"]) -> Float32[Array, " lanes"]:
        return jnp.maximum(largest, weight(category))

    largest = lax.fori_loop(0, support, raise_largest, jnp.zeros(key_0.shape, jnp.float32))
    power = weight_grid.power_below(largest)

    def add(
        category: Int32[Array, ""], total: tuple[Int32[Array, " lanes"], Int32[Array, " lanes"]]
    ) -> tuple[Int32[Array, " lanes"], Int32[Array, " lanes"]]:
        high, low = weight_grid.split(weight(category), power, low_bits)
        return total[0] + high, total[1] + low

    high, low = lax.fori_loop(0, support, add, (nothing, nothing))
    trials = two_float.from_integer(num_samples)

    def store(category: Int32[Array, ""] | int, count: Int32[Array, " lanes"]) -> None:
        # Not a plain quotient: division on a GPU may miss the nearest number.
        shares[category, :] = two_float.divide(two_float.from_integer(count), trials).high

    def draw(category: Int32[Array, ""], remaining: Any) -> Any:
        here = weight_grid.split(weight(category), power, low_bits)
        remaining, count = draw_category(
            remaining, here, low_bits, key_0, key_1, category.astype(jnp.uint32), _BY_MAXIMA
        )
        store(category, count)
        return remaining

    carried = weight_grid.carry(high, low, low_bits)
    left, *_ = lax.fori_loop(0, support - 1, draw, (nothing + num_samples, *carried))
    store(support - 1, left)
