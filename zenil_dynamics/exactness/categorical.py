"""Exact expectations of categorical systems."""

from typing import Any, NamedTuple

import numpy as np
from scipy.special import xlogy

from zenil_dynamics import oracles
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.fits import MaximumLikelihood, Smoothed
from zenil_dynamics.system import Estimate, ScheduleTable, System
from zenil_dynamics.updates import Accumulate, Population, Replace

_ADDITIVE = ("entropy", "support_size", "missing_mass", "kl_to_target", "total_variation")


class _Setting(NamedTuple):
    """A categorical system as plain numbers: what the oracles take."""

    target: np.ndarray
    initial: np.ndarray | None
    num_initial: int | None
    table: ScheduleTable
    mixing: str
    update: str
    pseudocount: float
    rare_threshold: float

    @property
    def schedule(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Positional arguments of the oracles after the target."""
        return tuple(self.table)  # type: ignore[return-value]

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments that all categorical oracles share."""
        return {
            "mixing": self.mixing,
            "update": self.update,
            "initial": self.initial,
            "num_initial": self.num_initial,
            "pseudocount": self.pseudocount,
        }

    @property
    def start(self) -> np.ndarray:
        """Q_0 where it is fixed, else P."""
        return self.target if self.initial is None else self.initial


def _setting(system: System, table: ScheduleTable) -> _Setting:
    names = {Replace: "replace", Accumulate: "accumulate", Population: "population"}
    if type(system.update) not in names:
        raise NotReachable(f"there are no oracles for the update {type(system.update).__name__}.")
    if not isinstance(system.fit, (MaximumLikelihood, Smoothed)):
        raise NotReachable(f"there are no oracles for the fit {type(system.fit).__name__}.")
    estimated = isinstance(system.initial, Estimate)
    fixed = system.initial is not None and not estimated
    return _Setting(
        target=np.asarray(system.target.probs, np.float64),  # type: ignore[attr-defined]
        initial=np.asarray(system.initial.probs, np.float64) if fixed else None,  # type: ignore[union-attr]
        num_initial=system.initial.num_samples if isinstance(system.initial, Estimate) else None,
        table=table,
        mixing=system.mixing,
        update=names[type(system.update)],
        pseudocount=float(system.fit.pseudocount) if isinstance(system.fit, Smoothed) else 0.0,
        rare_threshold=float(system.rare_threshold),
    )


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
    """
    setting = _setting(system, table)
    if name == "rare_mass":
        moments = oracles.categorical_moments(setting.target, *setting.schedule, **setting.options)
        rare = setting.target < setting.rare_threshold
        return Exact(moments.mean[:, rare].sum(axis=1), "closed form")
    if name == "diversity":
        values = oracles.expected_diversity(setting.target, *setting.schedule, **setting.options)
        return Exact(values, "moment recursion")
    if name == "chi_square":
        values = oracles.expected_chi_square(setting.target, *setting.schedule, **setting.options)
        return Exact(values, "moment recursion")
    if setting.update == "population":
        return _population(setting, name)
    if name in _ADDITIVE:
        return Exact(_additive(setting)[name], "exact chain")
    if name == "successive_kl":
        return Exact(_successive_kl(setting), "exact chain")
    if name == "kl_from_target":
        return Exact(_kl_from_target(setting), "exact chain")
    raise NotReachable(f"there is no oracle for {name}.")


# The population limit is deterministic -----------------------------------------------------------------------------


def _population(setting: _Setting, name: str) -> Exact:
    """Evaluate the quantity on the deterministic path of models."""
    if setting.num_initial is not None:
        raise NotReachable(f"{name} of a population loop that starts from an estimated model has no oracle.")
    path = oracles.categorical_moments(setting.target, *setting.schedule, **setting.options).mean
    target = setting.target
    before = np.vstack([path[:1], path[:-1]])
    values = {
        "entropy": lambda: -xlogy(path, path).sum(axis=1),
        "support_size": lambda: (path > 0).sum(axis=1).astype(np.float64),
        "missing_mass": lambda: np.where(path > 0, 0.0, target).sum(axis=1),
        "kl_to_target": lambda: _kl(path, target),
        "kl_from_target": lambda: _kl(np.broadcast_to(target, path.shape), path),
        "successive_kl": lambda: _kl(path, before),
        "total_variation": lambda: np.abs(path - target).sum(axis=1) / 2,
    }
    return Exact(values[name](), "closed form")


def _kl(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """KL(first || second) by row, inf where the first charges what the second does not."""
    second = np.broadcast_to(second, first.shape)
    lost = np.any((first > 0) & (second == 0), axis=1)
    terms = xlogy(first, np.divide(first, second, out=np.ones_like(first), where=second > 0))
    return np.where(lost, np.inf, terms.sum(axis=1))


# Additive functionals: the marginal chain of one count -----------------------------------------------------------------


def _chain(setting: _Setting, functionals: tuple[str, ...], custom: Any = None) -> dict[str, np.ndarray]:
    """Call the marginal chain where it reaches."""
    try:
        return oracles.marginal_chain(
            setting.target, *setting.schedule, functionals=functionals, custom=custom, **setting.options
        )
    except ValueError as error:
        raise NotReachable(str(error)) from error


_CACHE: dict[bytes, dict[str, np.ndarray]] = {}
_CACHE_SIZE = 16


def _additive(setting: _Setting) -> dict[str, np.ndarray]:
    """All additive quantities at once: they share the chain, which is the cost."""
    parts = [np.asarray(part, np.float64).tobytes() for part in (setting.target, setting.start, *setting.table)]
    parts.append(repr((setting.num_initial, setting.mixing, setting.update, setting.pseudocount)).encode())
    identity = b"|".join(parts)
    if identity not in _CACHE:
        while len(_CACHE) >= _CACHE_SIZE:
            _CACHE.pop(next(iter(_CACHE)))
        off_target = bool(np.any((setting.start > 0) & (setting.target == 0)))
        charges = off_target or (setting.pseudocount > 0 and bool(np.any(setting.target == 0)))
        wanted = tuple(name for name in _ADDITIVE if not (charges and name == "kl_to_target"))
        values = _chain(setting, wanted)
        if charges:
            values["kl_to_target"] = _kl_off_target(setting)
        _CACHE[identity] = values
    return _CACHE[identity]


def _kl_off_target(setting: _Setting) -> np.ndarray:
    """E KL(Q_t || P) where a model may charge types that P does not: infinite while the mean charges them."""
    moments = oracles.categorical_moments(setting.target, *setting.schedule, **setting.options)
    outside = moments.mean[:, setting.target == 0].sum(axis=1)
    if np.all(outside > 0):
        return np.full(outside.shape, np.inf)
    raise NotReachable("kl_to_target is infinite at some generations and finite at others here; no oracle covers that.")


def _successive_kl(setting: _Setting) -> np.ndarray:
    """E KL(Q_t || Q_{t-1}); by the tower rule an additive functional of Q_{t-1} alone, minus the entropy of Q_t.

    E[sum q' log q' - q' log q] = -E H(Q_t) - E sum_i E[q'_i | Q_{t-1}] log q_i, and E[q' | Q] is affine in q: with the
    real share r and the uniform share s of smoothing, (1 - s)((1 - r) q_i + r P_i) + s / K.
    """
    num_generations = setting.table.num_generations
    entropy = _additive(setting)["entropy"]
    share = _real_share(setting)
    result = np.zeros(num_generations + 1)
    if setting.pseudocount == 0:
        result[1:] = entropy[:-1] - entropy[1:]
        revived = np.any(_can_miss(setting)[:-1] & (setting.target > 0), axis=1) & (share > 0)
        result[1:][revived] = np.inf
        # The first step may leave a fixed Q_0 for a mixture with P, whose cross-entropy is elementary.
        for step in np.flatnonzero((share > 0) & ~revived):
            result[step + 1] = _cross_entropy_step(setting, entropy, int(step), float(share[step]))
        return result
    if setting.update != "replace":
        raise NotReachable("successive_kl of an accumulating smoothed loop has no oracle.")
    support_size = setting.target.shape[0]
    smallest = _smallest_model(setting)

    def log_probs(probs: np.ndarray) -> np.ndarray:
        return np.log(np.maximum(probs, smallest))

    ones = np.ones(support_size)
    logs = _chain(setting, (), {"by_target": [(setting.target, log_probs)], "sum": [(ones, log_probs)]})
    total = setting.table.num_samples + support_size * setting.pseudocount
    uniform = support_size * setting.pseudocount / total
    cross = (1 - uniform) * ((1 - share) * -entropy[:-1] + share * logs["by_target"][:-1])
    cross += uniform / support_size * logs["sum"][:-1]
    result[1:] = -entropy[1:] - cross
    return result


def _cross_entropy_step(setting: _Setting, entropy: np.ndarray, step: int, share: float) -> float:
    """One step with real data from a model that misses nothing: only a fixed Q_0 is such a model."""
    if step > 0 or setting.num_initial is not None:
        raise NotReachable("successive_kl with real data after the first step has no oracle for this system.")
    # With Q_0 fixed a pool is empty, so the first fit sees this batch alone under either policy.
    mixed = share * setting.target + (1 - share) * setting.start
    log_start = np.log(np.where(setting.start > 0, setting.start, 1.0))
    return float(-entropy[1] - np.sum(mixed * log_start))


def _kl_from_target(setting: _Setting) -> np.ndarray:
    """E KL(P || Q_t): infinite once a type of P can be missing, else elementary (t = 0) or additive (smoothed)."""
    target, start = setting.target, setting.start
    own = float(xlogy(target, target).sum())
    if setting.pseudocount > 0:
        smallest = _smallest_model(setting)

        def surprise(probs: np.ndarray) -> np.ndarray:
            return -np.log(np.maximum(probs, smallest))

        values = own + _chain(setting, (), {"cross": [(target, surprise)]})["cross"]
        if setting.num_initial is None and np.any((target > 0) & (start == 0)):
            values[0] = np.inf
        return values
    lost = np.any(_can_miss(setting) & (target > 0), axis=1)
    if not np.all(lost[1:]):
        raise NotReachable("kl_from_target is finite after the first step here; no oracle covers that.")
    values = np.where(lost, np.inf, 0.0)
    if not lost[0]:
        values[0] = own - float(np.sum(xlogy(target, np.where(target > 0, start, 1.0))))
    return values


def _smallest_model(setting: _Setting) -> float:
    """Least probability that a smoothed model can give: no draw of the type in the largest training set."""
    draws = float(np.max(setting.table.num_samples, initial=setting.num_initial or 1))
    if setting.update == "accumulate":
        draws = float(setting.table.num_samples.sum() + (setting.num_initial or 0))
    fitted = setting.pseudocount / (draws + setting.target.shape[0] * setting.pseudocount)
    positive = setting.start[setting.start > 0]
    return min(fitted, float(positive.min()))


def _real_share(setting: _Setting) -> np.ndarray:
    """Expected share of real draws by generation."""
    if setting.mixing == "stratified":
        return setting.table.num_real / setting.table.num_samples
    return setting.table.exogenous_fraction


def _can_miss(setting: _Setting) -> np.ndarray:
    """Whether a maximum-likelihood model can miss type i at generation t with positive probability, shape (T+1, K).

    A logical recursion, not a numerical one: (1 - p)^N underflows where the expectation is infinite all the same.
    Type i is missed when every draw lands elsewhere, so it matters whether target and model can put mass elsewhere.
    """
    target, start = setting.target, setting.start
    target_elsewhere = (target > 0).sum() - (target > 0) > 0
    if setting.num_initial is None:
        elsewhere = (start > 0).sum() - (start > 0) > 0
        missed = start == 0
    else:
        elsewhere = missed = target_elsewhere.copy()
    pool_missed = np.ones_like(missed) if setting.num_initial is None else missed
    rows = [missed]
    for samples, fraction, real in zip(*setting.table, strict=True):
        if setting.mixing == "stratified":
            all_real, all_synthetic = real == samples, real == 0
            batch_missed = (all_synthetic | target_elsewhere) & (all_real | elsewhere)
        else:
            all_real, all_synthetic = fraction == 1, fraction == 0
            batch_missed = (target_elsewhere & (not all_synthetic)) | (elsewhere & (not all_real))
        batch_elsewhere = (target_elsewhere & (not all_synthetic)) | (elsewhere & (not all_real))
        if setting.update == "accumulate":
            pool_missed = pool_missed & batch_missed
            missed, elsewhere = pool_missed, elsewhere | batch_elsewhere
        else:
            missed, elsewhere = batch_missed, batch_elsewhere
        rows.append(missed)
    return np.array(rows)
