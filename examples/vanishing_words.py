"""How long does a rare word live in a closed loop? The settings of Suresh et al., arXiv 2412.17646.

Beside each measured value stand the exact one and what the paper states: a lower bound for words, an equation for
Poisson counts, an upper bound for the standard deviation of a Gaussian fit.
"""

import jax
import numpy as np

import zenil_dynamics as zd

REPLICATES = 20_000


def present(state, target):
    """1 while the first type is alive."""
    return (state.probs[0] > 0).astype(state.probs.dtype)


def line(name, generation, run, record, stated, exact):
    """Print one row; the replicate's number is 1 or 0, or a count of words."""
    measured, error = run.mean[record][generation], run.standard_error[record][generation]
    print(f"{name:34} {generation:4d} {stated:10} {exact:9.5f} {measured:9.5f} {error:9.5f}")


def words() -> None:
    """A word with one expected copy in a hundred draws."""
    share, size, horizon = 0.01, 100, 50
    target = [share, 1 - share]
    run = zd.simulate(
        zd.System(zd.Categorical(target), size),
        num_generations=horizon,
        num_replicates=REPLICATES,
        key=jax.random.key(1),
        record=(present,),
    )
    missing = zd.oracles.probability_missing(target, [size] * horizon, [0.0] * horizon)[:, 0]
    growth = zd.oracles.galton_watson_iterate(horizon)
    for t in (1, 10, 25, 50):
        stated = f">= {-np.expm1(-size * share * growth[t]):.5f}"
        line("word alive, N p = 1", t, run, "present", stated, 1 - missing[t])


def counts() -> None:
    """Ten Poisson counts of mean 1."""
    mean, size, horizon = 1.0, 10, 500
    run = zd.simulate(
        zd.System(zd.Poisson(mean), size),
        num_generations=horizon,
        num_replicates=REPLICATES,
        key=jax.random.key(2),
        record=("collapsed",),
    )
    alive = 1 - np.asarray(run.mean["collapsed"])
    exact = 1 - zd.oracles.poisson_collapse_probability([size] * horizon, mean)
    growth = zd.oracles.galton_watson_iterate(horizon)
    for t in (1, 10, 100, 500):
        stated, error = -np.expm1(-size * mean * growth[t]), run.standard_error["collapsed"][t]
        print(
            f"{'Poisson mean above 0, N = 10':34} {t:4d} = {stated:8.5f} {exact[t]:9.5f} {alive[t]:9.5f} {error:9.5f}"
        )


def wide(state, target):
    """1 while the standard deviation is above a tenth of the target's."""
    return (state.variance > 0.01).astype(state.variance.dtype)


def spread() -> None:
    """Ten normal draws, variance divided by N - 1."""
    size, level, horizon = 10, 0.1, 100
    run = zd.simulate(
        zd.System(zd.Gaussian(), size, fit=zd.Unbiased()),
        num_generations=horizon,
        num_replicates=REPLICATES,
        key=jax.random.key(3),
        record=(wide,),
    )
    for t in (45, 100):
        exact = zd.oracles.scale_survival([size] * t, level, divisor="unbiased")
        stated = f"<= {np.exp(-t / (4 * size - 1)) / level:.5f}"
        line("sigma above 0.1, N = 10, unbiased", t, run, "wide", stated, exact)


def vocabulary() -> None:
    """A thousand words with Zipf-Mandelbrot frequencies, a thousand draws."""
    ranks = np.arange(1, 1001)
    target = 1 / (ranks + 2.7)
    system = zd.System(zd.Categorical(target / target.sum()), 1000)
    run = zd.simulate(system, num_generations=10, num_replicates=500, key=jax.random.key(4), record=("support_size",))
    exact = zd.exact(system, "support_size", 10).values
    measured = np.asarray(run.mean["support_size"])
    error = np.asarray(run.standard_error["support_size"])
    for t in range(1, 11):
        share, of = measured[t] / measured[1], exact[t] / exact[1]
        print(
            f"{'words alive, as a share of t = 1':34} {t:4d} {'':10} {of:9.5f} {share:9.5f} {error[t] / exact[1]:9.5f}"
        )


if __name__ == "__main__":
    zd.devices.configure()
    print(f"{'quantity':34} {'t':>4} {'stated':10} {'exact':>9} {'measured':>9} {'error':>9}")
    words()
    counts()
    spread()
    vocabulary()


# Typical output:
#
# quantity                              t stated         exact  measured     error
# word alive, N p = 1                   1 >= 0.63212   0.63397   0.63215   0.00341
# word alive, N p = 1                  10 >= 0.15824   0.16139   0.16365   0.00262
# word alive, N p = 1                  25 >= 0.07167   0.07501   0.07540   0.00187
# word alive, N p = 1                  50 >= 0.03765   0.04112   0.04295   0.00143
# Poisson mean above 0, N = 10          1 =  0.99995   0.99995   0.99995   0.00005
# Poisson mean above 0, N = 10         10 =  0.82139   0.82139   0.82125   0.00271
# Poisson mean above 0, N = 10        100 =  0.17752   0.17752   0.17770   0.00270
# Poisson mean above 0, N = 10        500 =  0.03899   0.03899   0.03995   0.00138
# sigma above 0.1, N = 10, unbiased    45 <= 3.15421   0.43597   0.44440   0.00351
# sigma above 0.1, N = 10, unbiased   100 <= 0.76988   0.08156   0.08105   0.00193
# words alive, as a share of t = 1      1              1.00000   1.00000   0.00122
# words alive, as a share of t = 1      2              0.75011   0.75004   0.00121
# words alive, as a share of t = 1      3              0.61376   0.61395   0.00111
# words alive, as a share of t = 1      4              0.52476   0.52479   0.00104
# words alive, as a share of t = 1      5              0.46103   0.46103   0.00096
# words alive, as a share of t = 1      6              0.41270   0.41279   0.00089
# words alive, as a share of t = 1      7              0.37454   0.37467   0.00087
# words alive, as a share of t = 1      8              0.34352   0.34393   0.00082
# words alive, as a share of t = 1      9              0.31772   0.31777   0.00080
# words alive, as a share of t = 1     10              0.29587   0.29595   0.00072
