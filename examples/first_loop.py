"""What does a loop of self-training do to a distribution, and what should it do? Measured and exact, side by side.

A hundred types with Zipf frequencies, a thousand draws per generation, one draw in twenty real.
"""

import jax

import zenil_dynamics as zd

NUM_GENERATIONS = 60
SHOWN = (0, 1, 2, 5, 10, 30, 60)
QUANTITIES = ("entropy", "diversity", "support_size")


def main() -> None:
    """Compose a system, simulate it, ask for the exact answer, print both."""
    zd.devices.configure()
    system = zd.System(zd.Categorical.zipf(support_size=100), num_samples=1000, exogenous_fraction=0.05)
    run = zd.simulate(
        system, num_generations=NUM_GENERATIONS, num_replicates=2000, key=jax.random.key(0), record=QUANTITIES
    )
    for name in QUANTITIES:
        values, rung = zd.exact(system, name, NUM_GENERATIONS)
        print(f"{name} (exact: {rung})")
        print("generation   measured  standard error      exact")
        for t in SHOWN:
            print(f"{t:10d} {run.mean[name][t]:10.5f} {run.standard_error[name][t]:15.5f} {values[t]:10.5f}")


if __name__ == "__main__":
    main()
