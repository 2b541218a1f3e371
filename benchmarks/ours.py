"""`zenil_dynamics.simulate`: streaming summaries, by the kernel that it chooses itself."""

from benchmarks.contender import Contender, Run
from benchmarks.problem import CategoricalProblem, Problem
from benchmarks.record import Record


def prepare(problem: Problem) -> Run:
    """Build the system; compilation happens at the first call of the run."""
    import jax

    import zenil_dynamics as zd

    if isinstance(problem, CategoricalProblem):
        system = zd.System(
            target=zd.Categorical(problem.target),
            num_samples=problem.num_samples,
            exogenous_fraction=problem.exogenous_fraction,
        )
    else:
        system = zd.System(target=zd.Gaussian(mean=0.0, variance=1.0), num_samples=problem.num_samples)

    def run(seed: int) -> Record:
        # `simulate` returns NumPy tables, hence only after every device has finished: nothing is left to block on.
        trajectory = zd.simulate(
            system,
            num_generations=problem.num_generations,
            num_replicates=problem.num_replicates,
            key=jax.random.key(seed),
            record=problem.record,
            keep="summary",
            quantiles=False,
            terminal_only=isinstance(problem, CategoricalProblem) and problem.terminal_only,
        )
        return Record(
            trajectory.num_replicates,
            trajectory.mean,
            trajectory.variance,
            trajectory.minimum,
            trajectory.maximum,
            trajectory.kernel,
        )

    return run


OURS = Contender(
    "zenil_dynamics", "float32", "exact sufficient statistics in JAX, all cores or the accelerator", prepare
)
