"""Replace the data or accumulate them? One figure of three published settings.

After Gerstgrasser et al. 2404.01413, Kazdan et al. 2410.16713 and Wang, Niu and Li 2602.16065.

Left: variance of a Gaussian fit by maximum likelihood, n draws a generation. Replaced, it dies like (1 - 1/n)^t;
accumulated, it stays above sin(pi / sqrt n) / (pi / sqrt n); fitted to n draws of a growing pool, it settles between. A
mean that has died is carried by very few replicates: at n = 10 and t = 100 nearly every run measures less than it.
Middle: accumulation with a share alpha of real data in every batch of ten, two types. The error of the pooled fit falls
like t^(-2 alpha) below alpha = 1/2 and like 1/t above it, with a logarithm in between.
Right: excess risk of a linear regression on its own labels, d = 10, T = 100 rows, noise 1. Replaced, it grows by
d / (T - d - 1) a generation; accumulated on one design it stays below pi^2 / 6 times that.
"""

import jax
import numpy as np
from matplotlib.figure import Figure

import zenil_dynamics as zd

HORIZON = 100
SIZES = (10, 32, 100, 316)
POLICIES = {"replace": zd.Replace(), "accumulate": zd.Accumulate(), "subsample": zd.AccumulateSubsample()}
COLOURS = {"replace": "#c1440e", "accumulate": "#1f5f99", "subsample": "#3d7a3d"}
DIM, ROWS = 10, 100


def exact_variance(policy: str, size: int) -> np.ndarray:
    """E v_t of the loop that starts from the target."""
    sizes, none = [size] * HORIZON, [0.0] * HORIZON
    if policy == "replace":
        return zd.oracles.gaussian_moments(sizes, none).variance
    if policy == "accumulate":
        return zd.oracles.gaussian_moments_accumulate(sizes, none)[1]
    return zd.oracles.subsample_moments(sizes, none, sizes)[1]


def variances(axis) -> None:
    """Measure and compute the left panel."""
    print(f"{'variance':12} {'n':>4} {'limit':>9} {'exact':>9} {'measured':>9} {'error':>9}   at t = {HORIZON}")
    for size in SIZES:
        for policy, update in POLICIES.items():
            if policy == "subsample" and size > 10:
                continue  # The pool of single draws grows with n; one size shows it.
            run = zd.simulate(
                zd.System(zd.Gaussian(), size, update=update),
                num_generations=HORIZON,
                num_replicates=2000 if policy == "subsample" else 20_000,
                key=jax.random.key(size),
                record=("variance",),
            )
            exact = exact_variance(policy, size)
            limits = {
                "replace": 0.0,
                "accumulate": float(zd.oracles.retained_diversity_accumulate_limit(size)),
                "subsample": zd.oracles.subsample_plateau(size),
            }
            mean, error = run.mean["variance"], run.standard_error["variance"]
            print(f"{policy:12} {size:4d} {limits[policy]:9.5f} {exact[-1]:9.5f} {mean[-1]:9.5f} {error[-1]:9.5f}")
            if size in (10, 100):
                style = {"color": COLOURS[policy], "alpha": 1.0 if size == 10 else 0.5}
                axis.plot(exact, "-", label=f"{policy}, n = {size}", **style)
                axis.plot(run.generations[::10], mean[::10], "o", markersize=3, **style)
    axis.set(xlabel="generation", ylabel="variance of the model", ylim=(0, 1.05))
    axis.legend(fontsize=7)


def errors(axis) -> None:
    """Measure and compute the middle panel."""
    horizon, size, diversity = 1000, 10, 0.5
    print(f"\n{'error':12} {'t':>4} {'exponent':>9} {'seen':>9} {'exact':>9} {'measured':>9} {'error':>9}")
    for share, colour in zip((0.0, 0.2, 0.5, 0.8), ("#c1440e", "#b8860b", "#3d7a3d", "#1f5f99"), strict=True):
        system = zd.System(zd.Categorical([0.5, 0.5]), size, share, update=zd.Accumulate())
        exact = 1 - np.asarray(zd.exact(system, "diversity", horizon).values) / diversity
        run = zd.simulate(
            system,
            num_generations=horizon,
            num_replicates=4000,
            key=jax.random.key(round(10 * share)),
            record=("diversity",),
        )
        mean, error = 1 - run.mean["diversity"] / diversity, run.standard_error["diversity"] / diversity
        stated, seen = -min(1.0, 2 * share) + 0.0, np.log(exact[horizon] / exact[horizon // 2]) / np.log(2)
        row = f"{stated:9.3f} {seen:9.3f} {exact[horizon]:9.5f} {mean[horizon]:9.5f} {error[horizon]:9.1e}"
        print(f"alpha = {share:<4} {horizon:4d} {row}")
        shown = np.unique(np.geomspace(1, horizon, 13).astype(int))
        axis.plot(np.arange(1, horizon + 1), exact[1:], "-", color=colour, label=f"alpha = {share}")
        axis.plot(shown, mean[shown], "o", markersize=3, color=colour)
    axis.set(xlabel="generation", ylabel="E |Q_t - P|^2 / diversity(P)", xscale="log", yscale="log")
    axis.legend(fontsize=7)


def risks(axis) -> None:
    """Measure and compute the right panel."""
    horizon, rows = 20, [ROWS] * 20
    fresh, fixed = zd.LinearModel(np.ones(DIM)), zd.FixedDesignModel(np.ones(DIM))
    bound = np.full(horizon + 1, np.pi**2 / 6 * DIM / (ROWS - DIM - 1))
    replaced = zd.oracles.regression_risk_replace(rows, DIM, 1.0)
    pooled = zd.oracles.regression_risk_accumulate(rows, DIM, 1.0)
    same = zd.oracles.regression_risk_accumulate_same_design(ROWS, horizon, DIM, 1.0)
    print(f"\n{'excess risk':12} {'t':>4} {'stated':>9} {'exact':>9} {'measured':>9} {'error':>9}")
    for name, model, policy, stated, exact, colour in (
        ("replace", fresh, "replace", replaced, replaced, COLOURS["replace"]),
        ("accumulate", fresh, "accumulate", bound, pooled, COLOURS["accumulate"]),
        ("one design", fixed, "accumulate", bound, same, "black"),
    ):
        run = zd.simulate(
            zd.System(model, ROWS, update=POLICIES[policy]),
            num_generations=horizon,
            num_replicates=2000,
            key=jax.random.key(7),
            record=("excess_risk",),
        )
        mean, error = run.mean["excess_risk"], run.standard_error["excess_risk"]
        for t in (1, 10, 20):
            print(f"{name:12} {t:4d} {stated[t]:9.5f} {exact[t]:9.5f} {mean[t]:9.5f} {error[t]:9.5f}")
        designs = "one design" if model is fixed else "fresh designs"
        axis.plot(exact, "--" if model is fixed else "-", color=colour, label=f"{policy}, {designs}")
        axis.plot(run.generations[::2], mean[::2], "o", markersize=3, color=colour)
    axis.axhline(bound[0], color="black", linewidth=0.6, label="stated bound for one design")
    axis.set(xlabel="generation", ylabel="excess risk")
    axis.set_yscale("log")
    axis.legend(fontsize=7)


def main() -> None:
    """All panels; the picture goes to replace_or_accumulate.png."""
    zd.devices.configure()
    figure = Figure(figsize=(14, 4), layout="constrained", dpi=120)
    left, middle, right = figure.subplots(1, 3)
    variances(left)
    errors(middle)
    risks(right)
    figure.savefig("replace_or_accumulate.png")


if __name__ == "__main__":
    main()


# Typical output:
#
# variance        n     limit     exact  measured     error   at t = 100
# replace        10   0.00000   0.00003   0.00000   0.00000
# accumulate     10   0.84344   0.84428   0.84501   0.00372
# subsample      10   0.73899   0.74113   0.75360   0.01530
# replace        32   0.00000   0.04180   0.03937   0.00313
# accumulate     32   0.94938   0.94968   0.94591   0.00219
# replace       100   0.00000   0.36603   0.37140   0.00627
# accumulate    100   0.98363   0.98373   0.98391   0.00126
# replace       316   0.00000   0.72836   0.73036   0.00479
# accumulate    316   0.99480   0.99483   0.99501   0.00072
#
# error           t  exponent      seen     exact  measured     error
# alpha = 0.0  1000     0.000     0.001   0.15648   0.15462   3.0e-03
# alpha = 0.2  1000    -0.400    -0.392   0.01507   0.01491   3.1e-04
# alpha = 0.5  1000    -1.000    -0.867   0.00079   0.00077   1.7e-05
# alpha = 0.8  1000    -1.000    -0.995   0.00017   0.00016   3.6e-06
#
# excess risk     t    stated     exact  measured     error
# replace         1   0.11236   0.11236   0.11238   0.00126
# replace        10   1.12360   1.12360   1.12373   0.01121
# replace        20   2.24719   2.24719   2.23959   0.02273
# accumulate      1   0.18482   0.11236   0.11238   0.00126
# accumulate     10   0.18482   0.16961   0.17018   0.00183
# accumulate     20   0.18482   0.17429   0.17482   0.00187
# one design      1   0.18482   0.11236   0.11238   0.00126
# one design     10   0.18482   0.17413   0.17466   0.00189
# one design     20   0.18482   0.17934   0.17961   0.00193
