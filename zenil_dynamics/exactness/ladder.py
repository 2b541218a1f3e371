"""System and quantity in, exact expectation out: the only room that sees both systems and oracles."""

from zenil_dynamics.exactness import ensembles, one_model
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.fits import MaximumLikelihood, Perturbed, Smoothed, Unbiased
from zenil_dynamics.learned import GradientFit
from zenil_dynamics.states.base import with_article
from zenil_dynamics.system import System
from zenil_dynamics.validate import nearest_names, positive_integer


def exact(system: System, name: str, num_generations: int) -> Exact:
    """Expectation of a recorded quantity at generations 0 .. T, from the highest rung that reaches.

    The schedule table is all that this shares with the simulation: every number comes from `zenil_dynamics.oracles`,
    which is NumPy and SciPy in float64 and sees plain arrays.

    Args:
        system: the loop.
        name: a record name of the system's state.
        num_generations: T.

    Returns:
        (values of shape (T + 1,), rung), in the units of the record.

    Raises:
        NotReachable: no rung reaches; says why.
        ValueError: an unknown name, or a schedule that breaks its rules.
    """
    num_generations = positive_integer(num_generations, name="num_generations", smallest=0)
    state = system.initial_state
    if name not in system.quantities:
        raise ValueError(
            f"{with_article(state.family)} state has no quantity {name!r}{nearest_names(name, system.quantities)}. "
            f"It has: {', '.join(system.quantities)}."
        )
    table = system.table(num_generations)
    if isinstance(system.fit, GradientFit):
        raise NotReachable("where training by gradients ends has no closed form; no oracle covers GradientFit.")
    if not isinstance(system.fit, (MaximumLikelihood, Unbiased, Smoothed, Perturbed)):
        raise NotReachable(f"there are no oracles for the fit {type(system.fit).__name__}.")
    answer = one_model.expectation if system.ensemble is None else ensembles.expectation
    return answer(system, table, name)
