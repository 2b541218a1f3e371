"""Body of the GPU kernel for Gaussians: mean and variance of a replicate stay in registers for all generations.

Words and formulas are those of the forward kernel on the same key addresses.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float32, Int32

from zenil_dynamics.random import Tag, threefry2x32
from zenil_dynamics.samplers.gamma import SMALLEST_INVERTED, quantile
from zenil_dynamics.samplers.normal import from_random_word

QUANTITIES: Mapping[str, Callable[[Array, Array], Array]] = MappingProxyType(
    {
        "mean": lambda mean, variance: mean,
        "variance": lambda mean, variance: variance,
        "log_variance": lambda mean, variance: jnp.log(variance),
    }
)

SMALLEST_NUM_SAMPLES = 2 * int(SMALLEST_INVERTED) + 1
"""From here on the chi-square number of a generation is inverted, and not drawn by rejection."""


class Shape(NamedTuple):
    """What the body is compiled for."""

    names: tuple[str, ...]
    num_generations: int
    terminal_only: bool


def run(shape: Shape, refs: tuple[Any, ...]) -> None:
    """Run all generations of the replicates of one program.

    Args:
        shape: static.
        refs: key words (lanes,) twice; initial mean and variance (lanes,); N_t (generations,); then the outputs: a
            trace (generations + 1, lanes) per name, or (1, lanes) of the last one.
    """
    key_0_ref, key_1_ref, mean_ref, variance_ref, num_samples, *traces = refs
    key_0, key_1 = key_0_ref[:], key_1_ref[:]

    def record(state: tuple[Array, Array], row: Int32[Array, ""] | int) -> None:
        for name, trace in zip(shape.names, traces, strict=True):
            trace[row, :] = QUANTITIES[name](*state)

    def generation(t: Int32[Array, ""], state: tuple[Array, Array]) -> tuple[Array, Array]:
        if not shape.terminal_only:
            record(state, t)
        step_0, step_1 = threefry2x32(key_0, key_1, jnp.uint32(0), t.astype(jnp.uint32) + 1)
        words = threefry2x32(step_0, step_1, jnp.uint32(Tag.BITS), jnp.uint32(0))
        return refit(state, words, num_samples[t].astype(jnp.float32))

    state = lax.fori_loop(0, shape.num_generations, generation, (mean_ref[:], variance_ref[:]))
    record(state, 0 if shape.terminal_only else shape.num_generations)


def refit(
    state: tuple[Float32[Array, " lanes"], Float32[Array, " lanes"]],
    words: tuple[Array, Array],
    drawn: Float32[Array, ""],
) -> tuple[Float32[Array, " lanes"], Float32[Array, " lanes"]]:
    """Mean and variance of a sample; see `samplers.standard_moments`."""
    mean, variance = state
    scatter = 2 * quantile(from_random_word(words[1]), (drawn - 1) * 0.5)
    return mean + jnp.sqrt(variance / drawn) * from_random_word(words[0]), variance * scatter / drawn
