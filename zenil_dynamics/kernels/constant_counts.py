"""Loops of counts whose generations all have one law, which kernels can therefore tabulate."""

import jax
import numpy as np

from zenil_dynamics.fits.maximum_likelihood import MaximumLikelihood
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states.categorical import Categorical
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.updates.replace import Replace


def refusal(system: System, table: ScheduleTable) -> str | None:
    """Why a system is no such loop, in words that continue "because"; None where it is."""
    if not isinstance(system.target, Categorical):
        return "it draws counts, and the state is not categorical"
    if type(system.update) is not Replace or type(system.fit) is not MaximumLikelihood:
        return "it needs the update Replace and the fit MaximumLikelihood"
    if jax.config.jax_enable_x64:  # pyright: ignore[reportAttributeAccessIssue]
        return "its tables have 32 bits, and x64 is on"
    if table.num_generations < 1:
        return "there is no generation to draw"
    if np.ptp(table.num_samples) or np.ptp(table.exogenous_fraction):
        return "its tables hold for one N and one alpha, and a schedule varies"
    if system.mixing != "bernoulli" and table.exogenous_fraction[0] > 0:
        return "it draws every sample from the mixture, and the mixing is stratified"
    if isinstance(system.initial, Estimate) and system.initial.num_samples != table.num_samples[0]:
        return "its tables hold for one N, and the initial sample has another size"
    return None
