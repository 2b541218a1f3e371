"""Does a network that trains on its own output lose diversity like a sample does? A hundred steps, or only a few.

Strings of three tokens with Zipf frequencies, 32 draws per generation, none of them real. The empirical measure keeps a
share (1 - 1/N)^t of the diversity, exactly. A network that is trained long enough on every set does the same. One that
takes five steps learns little of each set, and keeps more for a long time.
"""

import jax
import optax

import zenil_dynamics as zd

SIZE = 32
NUM_GENERATIONS = 64
SHOWN = (1, 2, 4, 8, 16, 32, 64)
STEPS = (5, 20, 100)


def main() -> None:
    """Train a network on the target, then on itself with three budgets; print retained diversity beside the law."""
    zd.devices.configure()
    target = zd.Categorical.zipf(support_size=8)
    network = zd.NeuralCategorical(zd.learned.AutoregressiveNetwork(num_tokens=3, width=8, key=jax.random.key(0)))
    long = zd.GradientFit(optax.adam, learning_rate=0.03, num_steps=5000)
    start = long.trained_on(target, network, key=jax.random.key(1))
    kept = {}
    for num_steps in STEPS:
        fit = zd.GradientFit(optax.adam, learning_rate=0.03, num_steps=num_steps)
        run = zd.simulate(
            zd.System(target, SIZE, initial=start, fit=fit),
            num_generations=NUM_GENERATIONS,
            num_replicates=1000,
            key=jax.random.key(2),
            record=("diversity",),
        )
        kept[num_steps] = run.mean["diversity"] / run.mean["diversity"][0]
    print("share of diversity kept after t generations")
    print("   t  empirical measure" + "".join(f"{num_steps:>5d} steps" for num_steps in STEPS))
    for t in SHOWN:
        law = (1 - 1 / SIZE) ** t
        print(f"{t:4d} {law:18.3f}" + "".join(f"{kept[num_steps][t]:11.3f}" for num_steps in STEPS))


if __name__ == "__main__":
    main()


# Typical output:
#
# share of diversity kept after t generations
#    t  empirical measure    5 steps   20 steps  100 steps
#    1              0.969      0.979      0.972      0.969
#    2              0.938      0.954      0.940      0.936
#    4              0.881      0.906      0.889      0.881
#    8              0.776      0.830      0.798      0.785
#   16              0.602      0.672      0.622      0.604
#   32              0.362      0.417      0.388      0.355
#   64              0.131      0.128      0.155      0.122
