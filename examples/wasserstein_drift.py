"""How far does a Gaussian loop drift from its target? The setting of Shumailov et al. (Nature 2024, supplement).

They give E W2^2 = (3/2) sum_t 1/M_t to first order, for fits whose variance is divided by M - 1. The same loop under
maximum likelihood drifts no further than 2 sigma^2, which first order cannot show.
"""

import jax

import zenil_dynamics as zd

SIZE = 100
SHOWN = (1, 2, 5, 11, 100, 1000)


def main() -> None:
    """Both divisors, M = 100 draws, eleven refits and then many more."""
    zd.devices.configure()
    horizon = SHOWN[-1]
    print("divisor    t   first order      exact   measured      error")
    for name, fit in (("M - 1", zd.Unbiased()), ("M", zd.MaximumLikelihood())):
        system = zd.System(zd.Gaussian(), SIZE, fit=fit)
        run = zd.simulate(
            system, num_generations=horizon, num_replicates=20_000, key=jax.random.key(0), record=("wasserstein2",)
        )
        exact = zd.exact(system, "wasserstein2", horizon).values
        mean, error = run.mean["wasserstein2"], run.standard_error["wasserstein2"]
        for t in SHOWN:
            print(f"{name:7} {t:4d} {1.5 * t / SIZE:13.5f} {exact[t]:10.6f} {mean[t]:10.6f} {error[t]:10.6f}")


if __name__ == "__main__":
    main()


# Typical output:
#
# divisor    t   first order      exact   measured      error
# M - 1      1       0.01500   0.015044   0.015014   0.000111
# M - 1      2       0.03000   0.030075   0.030152   0.000228
# M - 1      5       0.07500   0.075093   0.074918   0.000573
# M - 1     11       0.16500   0.164790   0.164455   0.001320
# M - 1    100       1.50000   1.446320   1.425005   0.020564
# M - 1   1000      15.00000  11.839917   8.768325   1.110074
# M          1       0.01500   0.015044   0.015010   0.000111
# M          2       0.03000   0.029975   0.030029   0.000225
# M          5       0.07500   0.074096   0.073978   0.000554
# M         11       0.16500   0.159397   0.159016   0.001207
# M        100       1.50000   1.060014   1.048180   0.009645
# M       1000      15.00000   1.998948   1.961439   0.021795
