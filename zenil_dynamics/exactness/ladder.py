"""System and quantity in, exact expectation out: the only room that sees both systems and oracles."""

from zenil_dynamics.exactness import categorical, decoded, gaussian
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.states import Categorical, Gaussian
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
            f"a {state.family} state has no quantity {name!r}{nearest_names(name, system.quantities)}. "
            f"It has: {', '.join(system.quantities)}."
        )
    table = system.table(num_generations)
    if system.ensemble is not None:
        raise NotReachable("there are no oracles for an ensemble.")
    if system.crosses_families:
        raise NotReachable("there are no oracles for models of another family than the target's.")
    if system.decoders:
        return decoded.expectation(system, table, name)
    if isinstance(state, Categorical):
        return categorical.expectation(system, table, name)
    if isinstance(state, Gaussian):
        return gaussian.expectation(system, table, name)
    raise NotReachable(f"there are no oracles for a {state.family} state.")
