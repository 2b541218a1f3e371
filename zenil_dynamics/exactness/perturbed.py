"""Exact expectations of normal models of known variance whose fitted mean outside noise disturbs."""

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.exactness.line_moments import num_initial
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import System
from zenil_dynamics.updates import Population, Replace


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
        ValueError: of an oracle that does not reach.
    """
    if system.decoders or system.ensemble is not None:
        raise NotReachable("a perturbed loop with decoders or several models has no oracle.")
    finite = isinstance(system.update, Replace)
    shares, stratified = table.exogenous_fraction, system.mixing == "stratified"
    if finite and stratified:
        shares = table.num_real / table.num_samples
    # Under bernoulli mixing the two sources disagree about the mean, which adds noise that depends on it.
    if not (isinstance(system.update, Population) or (finite and (stratified or not np.any(shares > 0)))):
        raise NotReachable("a perturbed loop has oracles for the population limit and for fixed numbers of real draws.")
    spread = float(system.initial_member.noise_variance)  # type: ignore[attr-defined]
    outside = float(system.fit.standard_deviation) ** 2  # type: ignore[attr-defined]
    target, opened = float(system.target.mean), num_initial(system)  # type: ignore[attr-defined]
    mean, variance = oracles.mean_recursion_moments(
        shares,
        outside + (spread / table.num_samples if finite else np.zeros(shares.shape)),
        target_mean=target,
        initial_mean=target if opened is not None else float(system.initial_member.mean),  # type: ignore[attr-defined]
        initial_variance=0.0 if opened is None else spread / opened + outside,
    )
    square = variance + (mean - target) ** 2
    step = variance[1:] - (1 - shares) ** 2 * variance[:-1] + shares**2 * square[:-1]
    values = {
        "mean": mean,
        "variance": np.full(mean.shape, spread),
        "collapsed": np.zeros(mean.shape),
        "kl_to_target": square / (2 * spread),
        "kl_from_target": square / (2 * spread),
        "successive_kl": np.concatenate([[0.0], step]) / (2 * spread),
    }[name]
    return Exact(values, "closed form" if name in ("mean", "variance", "collapsed") else "moment recursion")
