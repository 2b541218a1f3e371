"""A hundred loops drawn at random: what `plan` and `phase` compute for them is what simulations of them show.

They are grouped by what a kernel is compiled for: open or closed, and the mixing. K, T and R are the same for all.
"""

import functools

import jax
import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.cli.phase_grid import evaluate, given
from proofs_numeric.cli.plan_question import Question
from proofs_numeric.cli.planning import answer
from tests import bounds

GENERATIONS, REPLICATES, TYPES = 12, 2048, 5
RECORDS = {"diversity": 1.0, "support_size": TYPES - 1, "missing_mass": 1.0}
"""Quantity -> length of the interval that it lies in."""
DELTA = 1e-9
GROUPS = (("bernoulli", "closed", 30), ("bernoulli", "open", 50), ("stratified", "open", 20))


def number_of_samples(random):
    """A SPEC of N_t, whole and fractional, bounded and growing."""
    first = int(random.integers(2, 40))
    return str(
        random.choice(
            [
                f"{first}",
                f"power_law:{first},{-random.uniform(0.1, 2):.3f}",
                f"power_law:{first},{random.uniform(0.1, 1):.3f}",
                f"geometric:{first},{random.uniform(1.02, 1.4):.3f}",
                f"periodic:{first},{random.integers(2, 5)},{random.integers(1, 30)}",
                f"piecewise:0={first},4={random.integers(1, 50)}",
                "table:" + ",".join(map(str, random.integers(1, 40, GENERATIONS))),
            ]
        )
    )


def real_share(random):
    """A SPEC of alpha_t that is not 0 for ever."""
    share = random.uniform(0.01, 1)
    return str(
        random.choice(
            [
                f"{share:.3f}",
                f"power_law:{share:.3f},{random.uniform(0.2, 2):.3f}",
                f"geometric:{share:.3f},{random.uniform(0.3, 0.95):.3f}",
                f"periodic:{share:.3f},{random.integers(2, 5)},{random.uniform(0, 0.1):.3f}",
                f"bursts:{share:.3f}",
                f"piecewise:0=0,5={share:.3f}",
            ]
        )
    )


@functools.cache
def questions():
    """The hundred, as (target SPEC, N SPEC, alpha SPEC, mixing)."""
    random = np.random.default_rng(2601)
    drawn = []
    for mixing, kind, count in GROUPS:
        for _ in range(count):
            probs = random.dirichlet(np.ones(TYPES)).round(6) + 1e-3
            target = "probs:" + ",".join(f"{p:.9f}" for p in probs / probs.sum())
            share = "0" if kind == "closed" else real_share(random)
            drawn.append((target, number_of_samples(random), share, mixing))
    return tuple(drawn)


@functools.cache
def planned(question):
    """What `zenil plan` says at the horizon."""
    target, samples, share, mixing = question
    return answer(
        Question.parse(
            num_samples=samples,
            exogenous_fraction=share,
            num_generations=str(GENERATIONS),
            target=target,
            mixing=mixing,
            keep_diversity=None,
            keep_vocabulary=None,
            exhaustive=False,
        )
    )


def expected(question):
    """Name -> what the plan expects of the recorded quantity."""
    plan = planned(question)
    probs = np.asarray(plan.question.target[1].probs)
    assert plan.vocabulary.rung == "exact chain"
    return {
        "diversity": plan.diversity.lower * (1 - np.sum(probs**2)),
        "support_size": plan.vocabulary.alive[0],
        "missing_mass": plan.vocabulary.missing[0],
    }


def system_of(question):
    plan = planned(question)
    return zd.System(
        plan.question.target[1], plan.loop.num_samples, plan.loop.exogenous_fraction, mixing=plan.loop.mixing
    )


def measured(question, key):
    """Means, standard errors and slacks at the horizon."""
    system = system_of(question)
    run = zd.simulate(
        system,
        num_generations=GENERATIONS,
        num_replicates=REPLICATES,
        key=key,
        record=tuple(RECORDS),
        quantiles=False,
        terminal_only=True,
        kernel="forward",
    )
    return {
        name: (
            float(run.mean[name][-1]),
            float(run.standard_error[name][-1]),
            zd.numerical_slack(system, name, GENERATIONS),
        )
        for name in RECORDS
    }


@functools.cache
def all_measured(words):
    """Every loop simulated under one key."""
    key = jax.random.wrap_key_data(np.array(words, np.uint32))
    return [measured(question, jax.random.fold_in(key, index)) for index, question in enumerate(questions())]


def under(key):
    return all_measured(tuple(int(word) for word in np.asarray(jax.random.key_data(key))))


@pytest.fixture
def key(request):
    """One key for the tests of this file, of the seed of the run: they judge the same draws."""
    from tests.conftest import SEED

    return jax.random.fold_in(jax.random.key(request.config.stash[SEED]), 2601)


def distance(error, spread, slack, delta):
    """How far a mean may be from what is expected."""
    return bounds.empirical_bernstein(error**2 * REPLICATES, REPLICATES, delta, spread) + slack


def misses(runs, expectation):
    """Comparisons beyond their threshold, which all hold at once but with probability DELTA."""
    delta = DELTA / (len(questions()) * len(RECORDS))
    return [
        (question, name, mean, value)
        for question, run in zip(questions(), runs, strict=True)
        for name, value in expectation(question).items()
        for mean, error, slack in [run[name]]
        if abs(mean - value) > distance(error, RECORDS[name], slack, delta)
    ]


def test_the_hundred_are_of_all_kinds():
    assert len(set(questions())) == 100
    kinds = {(samples.partition(":")[0].rstrip("0123456789"), share.partition(":")[0].rstrip("0.123456789"))
             for _, samples, share, _ in questions()}  # fmt: skip
    assert len(kinds) >= 25
    regimes = {planned(question).diversity.phase.regime for question in questions() if question[3] == "bernoulli"}
    assert len(regimes) >= 6


@pytest.mark.stat(delta=DELTA)
def test_plans_are_what_simulations_show(key):
    assert misses(under(key), expected) == []


def one_generation_less(table):
    return [column[:-1] for column in table]


def one_draw_more(table):
    return [table.num_samples + 1, table.exogenous_fraction, table.num_real]


def only_one_of_two_draws_real(table):
    # 1 - alpha in the place of (1 - alpha)^2.
    return [table.num_samples, 1 - np.sqrt(1 - table.exogenous_fraction), (table.num_real + 1) // 2]


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("mutant", [one_generation_less, one_draw_more, only_one_of_two_draws_real])
def test_wrong_plans_are_caught(key, mutant):
    """Each shows in the diversity of some loop by more than the thresholds, which are about 0.05."""

    def wrong(question):
        plan = planned(question)
        share = zd.oracles.retained_diversity(*mutant(plan.loop.table(GENERATIONS)), mixing=plan.loop.mixing)[-1]
        return {"diversity": share * (1 - np.sum(np.asarray(plan.question.target[1].probs) ** 2))}

    assert misses(under(key), wrong)


def test_all_agree_within_five_standard_errors_at_this_key():
    """A record of fixed draws and no bound: of 300 comparisons none is further than this, beyond rounding."""
    scores = [
        (max(abs(mean - value) - slack, 0.0) / error if error else float(abs(mean - value) > slack + 1e-6))
        for question, run in zip(questions(), under(jax.random.key(0)), strict=True)
        for name, value in expected(question).items()
        for mean, error, slack in [run[name]]
    ]
    assert len(scores) == 300
    print(f"largest of {len(scores)}: {max(scores):.2f} standard errors")
    assert max(scores) < 5


def test_phase_and_plan_compute_the_same_number():
    for question in questions():
        _, samples, share, mixing = question
        if mixing == "bernoulli":
            diagram = evaluate(given([samples], [share]), GENERATIONS)
            assert diagram.retained[0, 0] == planned(question).diversity.lower
            assert diagram.phases[0][0] == planned(question).diversity.phase or np.isnan(diagram.phases[0][0].lower)
