"""Probabilities that plain replicates never see: multilevel splitting over first entrances.

A million replicates say nothing about an event of probability 1e-9. Splitting reaches it in steps that are not rare:
from those particles that first entered one level, new particles are started towards the next.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int, UInt32

from zenil_dynamics import devices
from zenil_dynamics.kernels.coalescent.fixed_point import LOW, Bits48, scaled
from zenil_dynamics.loop import Loop
from zenil_dynamics.random import fold_in, pairs, words
from zenil_dynamics.schedule_table import Row
from zenil_dynamics.system import System
from zenil_dynamics.types import HostArray, Key
from zenil_dynamics.validate import positive_integer

Score = Callable[[Any, Any], Any]
"""A module-level function of (state, target), one number: how near a state is to the event."""


class SplittingEstimate(NamedTuple):
    """An unbiased estimate of a small probability, and what it is made of.

    Attributes:
        probability: mean of `estimates`.
        variance: unbiased estimate of the variance of `probability`, from the spread of the repetitions.
        estimates: product of fractions of each repetition, float64, shape (repetitions,).
        fractions: share of particles that entered each level, shape (repetitions, levels); 0 from the level on at which
            a repetition died out.
        extinct: repetitions whose estimate is 0 because no particle entered some level, bool, shape (repetitions,).
    """

    probability: float
    variance: float
    estimates: Float[np.ndarray, " repetitions"]
    fractions: Float[np.ndarray, "repetitions levels"]
    extinct: Bool[np.ndarray, " repetitions"]

    @property
    def standard_error(self) -> float:
        """Square root of `variance`."""
        return math.sqrt(self.variance)


def splitting(
    system: System,
    *,
    score: Score,
    levels: Sequence[float],
    num_generations: int,
    num_particles: int,
    key: Key,
    num_repetitions: int = 32,
) -> SplittingEstimate:
    """Estimate P(score(Q_t) >= L at some t in 0 .. T), L the last level, by fixed-effort multilevel splitting.

    Stage k moves n particles until each enters {score >= L_k} for the first time, or generation T is over. Particles of
    stage 1 start as replicates do; each of stage k + 1 starts from the entrance of one particle of stage k that
    entered, drawn uniformly and independently of the others. With p_k the share that entered, p_1 p_2 ... p_m is the
    estimate.

    It is unbiased for any n and any levels fixed in advance. Let X be the entrance (generation, state, memory) into
    level k, which is a Markov chain in k, M_k its transitions (which lose mass where T comes first), and
    g_k(f) = p_1 ... p_{k-1} (sum of f(X_i) over the particles i of stage k that entered) / n. Given stage k - 1, the
    particles of stage k are independent with the law of one uniform draw from its entrances, moved by M_k, so

        E[g_k(f) | stage k - 1] = g_{k-1}(M_k f),   hence   E g_k(f) = M_1 M_2 ... M_k f,

    which at k = m, f = 1 is the probability. Where nobody enters both sides are 0. Levels chosen from the same
    run would not be fixed; choose them from a pilot run with another key, for fractions of about 0.2.

    Args:
        system: the loop.
        score: of (state, target), one number; a module-level function, since a fresh lambda compiles anew. An entrance
            needs score >= level in the dtype of the score, so put levels between values that it can take.
        levels: L_1 < ... < L_m, the last one the event itself.
        num_generations: T, at least 1; generation 0 counts too.
        num_particles: n of every stage, at least 1. The variance falls like 1 / n.
        key: typed threefry key. A step draws from the address (repetition, level, particle, generation), so that
            a repetition is the same bits for any number of repetitions.
        num_repetitions: independent repetitions R, at least 2.

    Returns:
        A `SplittingEstimate`. For many levels estimates are skewed to the right: most lie below the truth,
        and neither the standard error nor a normal interval shows what a few repetitions have missed.

    Raises:
        ValueError: arguments out of range, levels that do not increase, or a score that is not one number, or is nan at
            a state that was reached.

    Law: tests/rare_events/test_splitting.py.
    Source: Del Moral, Feynman-Kac Formulae (2004), for unbiased products of fractions; Cerou, Del Moral, Le Gland,
    Lezaud, "Genetic genealogical models in rare event analysis" (2006), and Cerou and Guyader (2007) for splitting.
    """
    if not isinstance(system, System):
        raise ValueError(f"`system` must be a System; got {type(system).__name__}.")
    num_generations = positive_integer(num_generations, name="num_generations")
    num_particles = positive_integer(num_particles, name="num_particles")
    num_repetitions = positive_integer(num_repetitions, name="num_repetitions", smallest=2)
    for name, count in (("num_particles", num_particles), ("num_repetitions", num_repetitions)):
        if count >= 2**31:
            raise ValueError(f"`{name}` must be below 2^31; got {count}.")
    words(key)  # Refuses keys of another generator before anything else is done.
    table = system.table(num_generations)
    loop = Loop.of(system, table)
    _check_score(score, loop)
    scheme = Splitting(loop, table.rows(), _increasing(levels), score, num_particles)
    entered = _num_entered(scheme, num_repetitions, key)
    fractions = entered / num_particles
    estimates = np.prod(fractions, axis=1)
    return SplittingEstimate(
        probability=float(np.mean(estimates)),
        variance=float(np.var(estimates, ddof=1)) / num_repetitions,
        estimates=estimates,
        fractions=fractions,
        extinct=entered[:, -1] == 0,
    )


class Particle(NamedTuple):
    """One copy of the loop on its own clock.

    Attributes:
        state: Q_t.
        memory: of the update.
        generation: t.
    """

    state: Any
    memory: Any
    generation: Int[Array, ""]


class Splitting(eqx.Module):
    """A scheme ready to run: arrays are leaves, structure is static.

    Attributes:
        loop: system without schedules.
        rows: schedule table, T rows.
        levels: increasing.
        score: of (state, target).
        num_particles: n.
    """

    loop: Loop
    rows: Row
    levels: Float[HostArray, " levels"]
    score: Score = eqx.field(static=True)
    num_particles: int = eqx.field(static=True)

    def repetition(self, *, key: Key) -> tuple[Int[Array, " levels"], Bool[Array, ""]]:
        """How many particles entered each level, and whether a score was nan.

        Args:
            key: of this repetition; level k lives below `fold_in(key, k)`, particle i of it below its `fold_in(., i)`.
        """
        last = jnp.int32(self.rows.generation.shape[0])
        addresses = jnp.arange(self.num_particles, dtype=jnp.uint32)

        def start(key: Key) -> Particle:
            return Particle(*self.loop.start(key=fold_in(key, jnp.uint32(0))), jnp.int32(0))

        def stage(carry: tuple[Particle, Array, Array], inputs: tuple[Array, Array]) -> tuple[Any, Array]:
            particles, alive, broken = carry
            index, level = inputs
            # What died out stands still: at T there is no step left.
            particles = particles._replace(generation=jnp.where(alive, particles.generation, last))
            moved, inside, nan = jax.vmap(self.first_entrance, in_axes=(0, None, 0))(
                particles, level, particle_keys(key, index, addresses)
            )
            inside = inside & alive
            count = jnp.sum(inside, dtype=jnp.int32)
            started = resampled(moved, inside, key=fold_in(key, index))
            return (started, count > 0, broken | jnp.any(nan)), count

        indices = jnp.arange(self.levels.shape[0], dtype=jnp.uint32)
        particles = jax.vmap(start)(particle_keys(key, indices[0], addresses))
        begin = (particles, jnp.bool_(True), jnp.bool_(False))
        (_, _, broken), counts = lax.scan(stage, begin, (indices, jnp.asarray(self.levels)))
        return counts, broken

    def first_entrance(
        self, particle: Particle, level: Float[Array, ""], key: Key
    ) -> tuple[Particle, Bool[Array, ""], Bool[Array, ""]]:
        """Move a particle to its first state with score >= level, or to T; say whether it is there, and nan was seen.

        The step from t takes row t of the schedule, whenever the particle was started, and draws from `fold_in(key, t +
        1)`; address 0 belongs to the start.
        """

        def value(state: Any) -> Array:
            return jnp.asarray(self.score(state, self.loop.target), jnp.result_type(float))

        def outside(carry: tuple[Particle, Array, Array]) -> Bool[Array, ""]:
            moving, reached, _ = carry
            return ~(reached >= level) & (moving.generation < self.rows.generation.shape[0])

        def step(carry: tuple[Particle, Array, Array]) -> tuple[Particle, Array, Array]:
            moving, _, nan = carry
            row = row_at(self.rows, moving.generation)
            following = self.loop.step(moving.state, moving.memory, row, key=fold_in(key, moving.generation + 1))
            reached = value(following[0])
            return Particle(*following, moving.generation + 1), reached, nan | jnp.isnan(reached)

        reached = value(particle.state)
        particle, reached, nan = lax.while_loop(outside, step, (particle, reached, jnp.isnan(reached)))
        return particle, reached >= level, nan


def row_at(rows: Row, generation: Int[Array, ""]) -> Row:
    """The schedule table at one particle's own generation."""
    return Row(*(jnp.asarray(column)[generation] for column in rows))


def resampled(particles: Particle, entered: Bool[Array, " particles"], *, key: Key) -> Particle:
    """As many particles as before, each a copy of one that entered, independent and uniform up to 2^-48 each.

    Args:
        particles: leading axis `particles`.
        entered: which of them may be copied; where none may, the copies mean nothing.
        key: of the level; the draws encrypt blocks that no `fold_in` reaches.
    """
    ranks = jnp.cumsum(entered, dtype=jnp.int32)
    first, second = pairs(key, entered.shape)
    number = jnp.broadcast_to(ranks[-1].astype(jnp.uint32), entered.shape)
    chosen, _ = scaled(Bits48(first, second & LOW), number, wide=True)
    # The particle of rank r is the first at which the running count reaches r + 1.
    parents = jnp.searchsorted(ranks, chosen.astype(jnp.int32) + 1)
    return jax.tree.map(lambda leaf: jnp.take(leaf, parents, axis=0, mode="clip"), particles)


def particle_keys(key: Key, level: UInt32[Array, ""], addresses: UInt32[Array, " particles"]) -> Key:
    """Keys at (level, particle) below that of a repetition."""
    of_level = fold_in(key, level)
    return jax.vmap(lambda address: fold_in(of_level, address))(addresses)


@jax.jit
def _run_block(scheme: Splitting, repetitions: UInt32[HostArray, " lanes"], key: Key) -> tuple[Array, Array]:
    return jax.vmap(lambda address: scheme.repetition(key=fold_in(key, address)))(repetitions)


def _num_entered(scheme: Splitting, num_repetitions: int, key: Key) -> Int[np.ndarray, "repetitions levels"]:
    """Run blocks of a width that depends on the scheme alone, the last one padded."""
    width = max(1, devices.block_width(scheme.loop.num_bytes) // scheme.num_particles)
    counts = []
    for first in range(0, num_repetitions, width):
        addresses = np.arange(first, first + width, dtype=np.uint32)
        entered, broken = (np.asarray(found) for found in _run_block(scheme, addresses, key))
        asked = num_repetitions - first
        if np.any(broken[:asked]):
            where = first + int(np.flatnonzero(broken)[0])
            raise ValueError(
                f"`score` must be a number at every state; it was nan in repetition {where}. "
                "Give a score that is defined where the model has collapsed."
            )
        counts.append(entered[:asked])
    return np.concatenate(counts).astype(np.int64)


def _increasing(levels: Any) -> Float[np.ndarray, " levels"]:
    array = np.asarray(levels, np.float64)
    if array.ndim != 1 or array.size == 0 or not np.all(np.isfinite(array)) or np.any(np.diff(array) <= 0):
        raise ValueError(
            f"`levels` must be finite numbers that increase, the event last; got {levels!r}. "
            "Negate the score where the event is small values."
        )
    return array


def _check_score(score: Any, loop: Loop) -> None:
    if not callable(score):
        raise ValueError(f"`score` must be a function of (state, target); got {score!r}.")
    value = jax.eval_shape(score, loop.template, loop.target)
    if getattr(value, "shape", None) != () or not (
        jnp.issubdtype(value.dtype, jnp.floating) or jnp.issubdtype(value.dtype, jnp.integer)
    ):
        raise ValueError(f"`score` must return one real number; got {value}. Reduce it, for instance by jnp.max.")
