"""How fast could it be: random words that a sampler must consume, at the measured rate of the generator."""

import concurrent.futures
import dataclasses
import functools
import time

import numpy as np

from benchmarks.problem import CategoricalProblem, GaussianProblem, Problem
from benchmarks.rivals.numpy_categorical import draw_counts, surprise_table
from benchmarks.rivals.threads import num_cores

_PILOT_REPLICATES = 32


@functools.lru_cache(maxsize=32)
def words_per_refit(problem: Problem) -> float:
    """Random 32-bit words that one generation of one replicate cannot do without.

    A multinomial over S types is S - 1 dependent binomials of a word each, S being the types that may still be drawn
    (measured by a NumPy pilot where alpha = 0; all K with exogenous samples). A normal mean and a chi-square scatter
    are two words. The state at T alone can also be had from a coalescent, a word for each ancestor that it still
    follows and one for its type (measured by a pilot, too): the fewer of the two counts.
    """
    if isinstance(problem, GaussianProblem):
        return 2.0
    if problem.terminal_only:
        forward = words_per_refit(dataclasses.replace(problem, terminal_only=False))
        return min(_ancestors(problem) / problem.num_generations, forward)
    if problem.exogenous_fraction > 0:
        return problem.support_size - 1.0
    pilot = CategoricalProblem(
        problem.support_size,
        problem.num_samples,
        problem.num_generations,
        min(_PILOT_REPLICATES, problem.num_replicates),
    )
    table = surprise_table(pilot.num_samples)
    support = draw_counts(pilot, table, np.random.default_rng(0), pilot.num_replicates)["support_size"]
    # Generation t + 1 is drawn from the types of generation t.
    return float(np.mean(support[:-1] - 1))


def _ancestors(problem: CategoricalProblem) -> float:
    """Picks of parents and types of one replicate, averaged over a few."""
    generator = np.random.default_rng(0)
    num_replicates = min(_PILOT_REPLICATES, problem.num_replicates)
    picks = 0
    for _ in range(num_replicates):
        alive = problem.num_samples
        for _ in range(problem.num_generations - 1):
            picks += alive
            ended = generator.binomial(alive, problem.exogenous_fraction)
            alive = np.unique(generator.integers(problem.num_samples, size=alive - ended)).size
            picks += ended
            if alive == 0 or (alive == 1 and problem.exogenous_fraction == 0):
                break
        picks += alive
    return picks / num_replicates


def words_per_second(*, quick: bool = False) -> float:
    """Measure `zenil_dynamics.random.threefry2x32` on the default device, all cores of a CPU, words never stored.

    Args:
        quick: a hundredth of the work.
    """
    import jax
    import jax.numpy as jnp

    from zenil_dynamics.random import threefry2x32

    on_cpu = jax.default_backend() == "cpu"
    lanes = 2**14 if on_cpu else 2**22
    rounds = (16 if quick else 2048) if on_cpu else (4 if quick else 512)
    workers = num_cores() if on_cpu else 1

    @jax.jit
    def consume(key_word: jax.Array) -> jax.Array:
        lane = jnp.arange(lanes, dtype=jnp.uint32)

        def body(i: jax.Array, total: jax.Array) -> jax.Array:
            first, second = threefry2x32(key_word, key_word, lane, jnp.full_like(lane, i.astype(jnp.uint32)))
            return total ^ first ^ second

        # The exclusive or keeps the compiler from dropping words; it costs next to nothing beside twenty rounds.
        return jnp.bitwise_xor.reduce(jax.lax.fori_loop(0, rounds, body, jnp.zeros_like(lane)))

    keys = [jax.device_put(np.uint32(worker + 1)) for worker in range(workers)]
    jax.block_until_ready([consume(key) for key in keys])
    seconds = []
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for _ in range(2 if quick else 7):
            started = time.perf_counter()
            list(pool.map(lambda key: jax.block_until_ready(consume(key)), keys))
            seconds.append(time.perf_counter() - started)
    return 2.0 * lanes * rounds * workers / float(np.median(seconds))
