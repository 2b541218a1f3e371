"""Counts from conditioned Poisson tables: the whole law of few types and few draws, and mutants of it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds
from zenil_dynamics.kernels import poisson_lanes
from zenil_dynamics.kernels.additive import TabulatedQuantity, TabulatedTerm
from zenil_dynamics.kernels.poisson import ConditionedPoisson
from zenil_dynamics.samplers import alias
from zenil_dynamics.system import Estimate

DELTA = 1e-9

TARGET = zd.Categorical([0.5, 0.3, 0.2])
START = zd.Categorical([0.1, 0.3, 0.6])
SIZE = 4
HORIZON = 6
REPLICATES = 150_000
TINY = {
    "closed": zd.System(TARGET, SIZE),
    "closed from elsewhere": zd.System(TARGET, SIZE, initial=START),
    "closed, two types": zd.System(zd.Categorical([0.35, 0.0, 0.65]), 6),
    "closed from a sample": zd.System(TARGET, SIZE, initial=zd.estimate(SIZE)),
    "open": zd.System(TARGET, SIZE, 0.3, initial=START),
    "hardly open": zd.System(TARGET, SIZE, 1e-6, initial=START),
    "fresh draws alone": zd.System(TARGET, SIZE, 1.0, initial=START),
    "open from a sample": zd.System(TARGET, SIZE, 0.6, initial=zd.estimate(SIZE)),
}


def prepared(system, horizon=HORIZON):
    """A kernel that records its counts as one number in base N + 1, which float32 holds exactly."""
    kernel = ConditionedPoisson.of(system, system.table(horizon), ("diversity",))
    size, support = int(kernel.laws.num_samples), system.target.support_size
    assert (size + 1) ** support < 2**24
    digits = np.zeros(-(-support // poisson_lanes.CHUNK) * poisson_lanes.CHUNK, np.float32)
    digits[:support] = (size + 1.0) ** np.arange(support)
    (table,) = kernel.quantities[0].terms
    by_count = np.arange(table.by_count.shape[0], dtype=np.float32)
    code = TabulatedQuantity(np.zeros((), np.float32), (TabulatedTerm(by_count, digits),))
    return eqx.tree_at(lambda kernel: kernel.quantities, kernel, (code,))


def nothing(state, observed):
    return jnp.zeros(())


def codes_of(kernel, replicates, words):
    (values,) = kernel((nothing,), replicates, key=jax.random.wrap_key_data(words), terminal_only=False)
    return values


compiled = jax.jit(codes_of)


def codes(kernel, key, run=compiled, num_replicates=REPLICATES):
    """Counts at generations 0 .. T, encoded; shape (T + 1, replicates)."""
    values = run(kernel, jnp.arange(num_replicates, dtype=jnp.uint32), jax.random.key_data(key))
    return np.rint(np.asarray(values)).astype(np.int64)


def chain(system):
    """(code of every state, law of the first counts, transition matrix), by enumeration."""
    size = int(system.table(1).num_samples[0])
    fraction = float(system.table(1).exogenous_fraction[0])
    target = np.asarray(system.target.probs, np.float64)
    states = list(zd.oracles.compositions(size, len(target)))

    def step(model, fraction):
        law = zd.oracles.step_law(tuple(model), tuple(target), size, fraction)
        return np.array([law.get(state, 0.0) for state in states])

    if isinstance(system.initial, Estimate):
        first = step(target, 1.0)
    else:
        first = step(np.asarray(system.initial_state.probs, np.float64), fraction)
    matrix = np.array([step(np.array(state) / size, fraction) for state in states])
    return np.array(states) @ (size + 1) ** np.arange(len(target)), first, matrix


SMALLEST_CELL = 5e-3
TABLES = 4e-7
"""Total variation of two generations. At most three types with means up to 6: 28 numbers have a mass above 2^-33, so a
table is off by 2^-28 at most; there are twelve. Conditioning on an event of probability .5 or more makes it four times
as much, and a uniform of 24 bits adds 2^-25 to each of two acceptances, likewise."""
ACCEPTANCE = 4e-6
"""Relative error of a weight in two generations: logarithms in float32, numbers up to 10."""


def evidence(found, law):
    """log e-value of cells `found` against `law`, unlikely cells together, less what tables and rounding may add."""
    counts = np.bincount(found, minlength=len(law))
    rare = law < SMALLEST_CELL
    if np.any(counts[law == 0]):
        return np.inf
    counts = np.append(counts[~rare], counts[rare].sum())
    law = np.append(law[~rare], law[rare].sum())
    if law[-1] < SMALLEST_CELL:
        counts, law = np.append(counts[:-2], counts[-2:].sum()), np.append(law[:-2], law[-2:].sum())
    allowance = len(found) * np.log1p(ACCEPTANCE) + bounds.law_allowance(len(found), TABLES, law)
    return bounds.log_evalue_multinomial(counts, law) - allowance


def excess(system, measured, opened):
    """Largest evidence of three: the first counts with the next ones, those two generations later, the last ones.

    Relative to the threshold of DELTA / 3; above 1 rejects.
    """
    known, first, matrix = chain(system)
    order = np.argsort(known)
    place = np.minimum(np.searchsorted(known[order], measured), len(known) - 1)
    cells = order[place]
    if np.any(known[cells][opened:] != measured[opened:]):
        return np.inf
    horizon = measured.shape[0] - 1
    pairs = cells[opened] * len(known) + cells[opened + 1]
    later = first @ np.linalg.matrix_power(matrix, horizon - opened)
    found = [
        evidence(pairs, (first[:, None] * matrix).reshape(-1)),
        evidence(cells[opened] * len(known) + cells[opened + 2], (first[:, None] * (matrix @ matrix)).reshape(-1)),
        evidence(cells[horizon], later),
    ]
    return max(found) / bounds.log_evalue_threshold(DELTA / 3)


def opened(system):
    return 0 if isinstance(system.initial, Estimate) else 1


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", TINY)
def test_counts_of_two_generations_together_have_their_law(name, key):
    """Also the law of pairs two generations apart, so that time is right, and that after six."""
    system = TINY[name]
    assert excess(system, codes(prepared(system), key), opened(system)) < 1


def test_absorbed_replicates_stay_as_they_are():
    system = TINY["closed from elsewhere"]
    measured = codes(prepared(system), jax.random.key(2))[1:]
    fixed = np.isin(measured, SIZE * (SIZE + 1) ** np.arange(3))
    assert fixed[0].any()
    assert 0.5 < fixed[-1].mean() < 1
    assert np.all(fixed[1:] >= fixed[:-1])
    np.testing.assert_array_equal(measured[1:][fixed[:-1]], measured[:-1][fixed[:-1]])


# Mutants of the same law


def with_laws(kernel, **changed):
    return eqx.tree_at(
        lambda kernel: kernel.laws,
        kernel,
        eqx.tree_at(lambda laws: [getattr(laws, name) for name in changed], kernel.laws, list(changed.values())),
    )


def wrong_head_mean(kernel, system):
    return with_laws(
        kernel,
        own_share=kernel.laws.own_share * np.float32(1.05),
        fresh_means=kernel.laws.fresh_means * np.float32(1.05),
    )


def own_share_applied_twice(kernel, system):
    rows = np.arange(kernel.laws.own.rows.shape[0])
    return with_laws(kernel, own=alias.poisson((1 - float(system.table(1).exogenous_fraction[0])) ** 2 * rows))


def one_draw_too_few(kernel, system):
    return with_laws(kernel, num_samples=kernel.laws.num_samples - np.int32(1))


@pytest.mark.stat(delta=DELTA / 10)
@pytest.mark.parametrize(
    ("mutant", "num_replicates"),
    [(wrong_head_mean, 400_000), (own_share_applied_twice, REPLICATES), (one_draw_too_few, REPLICATES)],
)
def test_wrong_tables_are_caught(mutant, num_replicates, key):
    """The smallest effect is a mean that is 5 % too large in the acceptance alone, at 400,000 replicates."""
    system = TINY["open"]
    measured = codes(mutant(prepared(system), system), key, num_replicates=num_replicates)
    assert excess(system, measured, opened(system)) > 1


REAL = {name: getattr(poisson_lanes, name) for name in ("propose", "_block")}


def always(laws, state, attempt, left):
    return left >= 0


def with_the_head_drawn_too(laws, state, attempt, proposal):
    return REAL["propose"](laws, state._replace(head=jnp.full_like(state.head, -1)), attempt, proposal)


def with_words_of_the_attempt_before(laws, state, attempt, proposal):
    return REAL["propose"](laws, state, attempt._replace(number=attempt.number & np.uint32(0xFFFFFFFE)), proposal)


def with_words_of_two_types(tag, attempt, label):
    return REAL["_block"](tag, attempt, label // 2)


WRONG_STEPS = {
    "acceptance skipped": ("accept", always),
    "head drawn too": ("propose", with_the_head_drawn_too),
    "words used by two attempts": ("propose", with_words_of_the_attempt_before),
    "words used by two types": ("_block", with_words_of_two_types),
}


@pytest.mark.stat(delta=DELTA / 10)
@pytest.mark.parametrize("name", WRONG_STEPS)
def test_wrong_steps_are_caught(name, monkeypatch, key):
    place, mutant = WRONG_STEPS[name]
    monkeypatch.setattr(poisson_lanes, place, mutant)
    system = TINY["open"]
    measured = codes(prepared(system), key, jax.jit(lambda *arguments: codes_of(*arguments)))
    assert excess(system, measured, opened(system)) > 1


@pytest.mark.parametrize("cap", [0, 1])
def test_a_lane_whose_attempts_run_out_keeps_its_counts(cap, monkeypatch):
    """Nobody waits for ever: the cap is unreachable, and behind it the sum is still N."""
    monkeypatch.setattr(poisson_lanes, "MAX_ATTEMPTS", cap)
    system = TINY["open"]
    run = jax.jit(lambda *arguments: codes_of(*arguments))
    measured = codes(prepared(system), jax.random.key(0), run, num_replicates=512)[1:]
    digits = measured[..., None] // (SIZE + 1) ** np.arange(3) % (SIZE + 1)
    assert np.all(digits.sum(axis=-1) == SIZE)
    if cap == 0:
        assert np.all(measured == SIZE * (SIZE + 1) ** 2)  # the head of the opening is the third type
    else:
        assert np.any(measured[1:] != measured[:-1])


@pytest.mark.parametrize("name", ["closed from elsewhere", "open"])
def test_counts_do_not_depend_on_who_shares_the_lanes(name):
    """64 replicates alone, other ones first, or among 150,000: a replicate's counts are its own."""
    kernel, words = prepared(TINY[name]), jax.random.key_data(jax.random.key(5))
    whole = codes(kernel, jax.random.key(5))
    for first in (0, 500):
        few = compiled(kernel, jnp.arange(first, first + 64, dtype=jnp.uint32), words)
        np.testing.assert_array_equal(np.asarray(few)[1:], whole[1:, first : first + 64])
