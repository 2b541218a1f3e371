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


# Typical output:
#
# entropy (exact: exact chain)
# generation   measured  standard error      exact
#          0    3.68078         0.00000    3.68078
#          1    3.62715         0.00106    3.62777
#          2    3.58184         0.00142    3.58224
#          5    3.48592         0.00203    3.48637
#         10    3.40194         0.00246    3.40262
#         30    3.31930         0.00274    3.32241
#         60    3.31231         0.00284    3.31391
# diversity (exact: moment recursion)
# generation   measured  standard error      exact
#          0    0.93924         0.00000    0.93924
#          1    0.93830         0.00010    0.93830
#          2    0.93743         0.00014    0.93745
#          5    0.93544         0.00020    0.93538
#         10    0.93298         0.00026    0.93308
#         30    0.93008         0.00031    0.93012
#         60    0.92937         0.00033    0.92971
# support_size (exact: exact chain)
# generation   measured  standard error      exact
#          0  100.00000         0.00000  100.00000
#          1   95.83550         0.04234   95.81616
#          2   90.03800         0.06122   89.94840
#          5   78.71000         0.08051   78.66123
#         10   71.67200         0.08933   71.54252
#         30   67.07450         0.09100   67.26555
#         60   67.05750         0.09190   66.98197
