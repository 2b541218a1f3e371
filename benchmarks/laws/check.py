"""Compare a record with the exact laws; every limit is a proved tail bound, none is estimated from the run.

    diversity      Bernstein's inequality with the exact variance (values lie in [0, 1])
    log_variance   Chernoff with the exact cumulant generating function
    variance       one-sided Bernstein for nonnegative values with the exact second moment; exact chi-square at t = 1
    mean           Markov-Minkowski on the conditional variance, then the normal tail; exact normal at t = 1
    mean squared   one-sided Bernstein with the exact fourth moment

Every generation is tested. The error probability of a whole check, all quantities and generations together, is at
most `DELTA`: a correct kernel is turned away once in a thousand million runs.
"""

import dataclasses

import numpy as np
from scipy import stats

from benchmarks.laws import gaussian
from benchmarks.laws.categorical import diversity_moments
from benchmarks.problem import CategoricalProblem, GaussianProblem, Problem
from benchmarks.record import Record

DELTA = 1e-9

SHARP = "six exact standard errors"

# Rounding that float32 may add to the mean of a probability-like quantity: sums over K <= 1000 categories are
# accumulated pairwise or in vectors, a few tens of roundings of 2^-24 each.
_ABSOLUTE_SLACK = 1e-5

# A logarithm of a float32 variance that was multiplied t times is off by at most t roundings of a few 2^-24.
_SLACK_PER_GENERATION = 16 * 2.0**-24


class WrongResult(AssertionError):
    """A contender computed something else; its time means nothing and is not printed."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """One comparison, the worst over generations.

    Attributes:
        quantity: what was compared.
        bound: the inequality that licenses the limit.
        generation: where the margin was smallest.
        measured: value there.
        lower: smallest value that passes there.
        upper: largest value that passes there.
        passed: whether every generation passed.
    """

    quantity: str
    bound: str
    generation: int
    measured: float
    lower: float
    upper: float
    passed: bool


def _worst(quantity: str, bound: str, measured: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> Finding:
    """Reduce one comparison to the generation with the smallest margin; a value that is not a number fails."""
    width = np.where(np.isfinite(upper), upper, np.abs(lower) + 1.0) - np.where(np.isfinite(lower), lower, 0.0)
    margin = np.minimum(measured - lower, upper - measured) / np.maximum(width, 1e-300)
    margin = np.where(np.isnan(margin), -np.inf, margin)
    at = int(np.argmin(margin))
    return Finding(
        quantity, bound, at, float(measured[at]), float(lower[at]), float(upper[at]), bool(np.all(margin >= 0.0))
    )


def _check_categorical(problem: CategoricalProblem, record: Record, delta: float, sharp: bool) -> list[Finding]:
    exact, variance = diversity_moments(
        problem.target, problem.num_samples, problem.exogenous_fraction, problem.num_generations
    )
    exact, variance = exact[-problem.num_recorded :], variance[-problem.num_recorded :]
    level = np.log(2 * max(problem.num_recorded - 1, 1) / delta)
    count = record.num_replicates
    # Diversity lies in [0, 1]: above its mean it has 1 - mean left, below its mean the mean itself.
    above, below = (bernstein_reach(level, count, variance, room) for room in (1 - exact, exact))
    starts = problem.num_recorded == problem.num_generations + 1
    if starts:
        above[0] = below[0] = 0.0  # Q_0 = P in every replicate.
    slack = _ABSOLUTE_SLACK
    diversity = record.mean["diversity"]
    entropy = record.mean["entropy"]
    start = -float(np.sum(problem.target * np.log(problem.target)))
    # Entropy has no closed form; Jensen: H >= -ln sum q^2 for every replicate, hence for the means. Generation 0 is
    # exact, and entropy never exceeds ln K.
    lowest = -np.log1p(-np.minimum(diversity, 1 - 1e-12)) - 10 * slack
    highest = np.full_like(lowest, np.log(problem.support_size) + slack)
    if starts:
        lowest[0], highest[0] = start - 10 * slack, start + 10 * slack
    findings = [
        _worst("diversity", "Bernstein, exact variance", diversity, exact - below - slack, exact + above + slack),
        _worst("entropy", "Jensen against diversity; exact at 0", entropy, lowest, highest),
    ]
    if sharp:
        reach = 6 * np.sqrt(variance[-1:] / count) + slack
        last = _worst("diversity", SHARP, diversity[-1:], exact[-1:] - reach, exact[-1:] + reach)
        findings.append(dataclasses.replace(last, generation=problem.num_recorded - 1))
    first = problem.num_generations + 1 - problem.num_recorded
    return [dataclasses.replace(finding, generation=first + finding.generation) for finding in findings]


def bernstein_reach(level: float, count: int, variance: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Solve count x^2 / (2 (variance + room x / 3)) = level for x."""
    linear = level * room / 3
    return (linear + np.sqrt(linear**2 + 2 * level * count * variance)) / count


def _check_gaussian(problem: GaussianProblem, record: Record, delta: float) -> list[Finding]:
    num_samples, num_generations, count = problem.num_samples, problem.num_generations, record.num_replicates
    share = delta / 7 / max(num_generations, 1)
    generations = np.arange(num_generations + 1)
    infinite = np.full(num_generations + 1, np.inf)
    rounding = _SLACK_PER_GENERATION * (generations + 1)

    lower, upper = gaussian.log_variance_limits(num_samples, num_generations, count, share)
    log_slack = rounding * np.maximum(1.0, np.abs(lower))
    log_finding = _worst(
        "log_variance", "Chernoff, exact", record.mean["log_variance"], lower - log_slack, upper + log_slack
    )

    level = np.log(1 / share)
    mean_variance, square_variance = gaussian.variance_moments(num_samples, num_generations)
    mean_square, fourth = gaussian.squared_mean_moments(num_samples, num_generations)
    # Nonnegative X: P(average <= E X - x) <= exp(-R x^2 / (2 E X^2)).
    variance_low = mean_variance - np.sqrt(2 * level * square_variance / count) - rounding
    # Jensen: the average variance is at least the exponential of the average logarithm.
    variance_low = np.maximum(variance_low, np.exp(record.mean["log_variance"]) * (1 - 2 * log_slack) - 1e-12)
    variance_low[0] = 1.0 - rounding[0]
    variance_high = infinite.copy()
    variance_high[0] = 1.0 + rounding[0]
    square_low = mean_square - np.sqrt(2 * level * fourth / count) - rounding
    square_high = infinite.copy()
    square_high[0] = 0.0
    mean_reach = gaussian.mean_limit(num_samples, num_generations, count, share) + rounding
    if num_generations:
        freedom = count * (num_samples - 1)
        tails = np.array([delta / 14, 1 - delta / 14])
        chi = stats.chi2.ppf(tails[0], freedom), stats.chi2.isf(tails[0], freedom)
        variance_low[1] = max(variance_low[1], chi[0] / (count * num_samples) - rounding[1])
        variance_high[1] = chi[1] / (count * num_samples) + rounding[1]
        squares = stats.chi2.ppf(tails[0], count), stats.chi2.isf(tails[0], count)
        square_low[1] = max(square_low[1], squares[0] / (count * num_samples) - rounding[1])
        square_high[1] = squares[1] / (count * num_samples) + rounding[1]
        mean_reach[1] = stats.norm.isf(delta / 14) / np.sqrt(count * num_samples) + rounding[1]
    squared = record.variance["mean"] * (count - 1) / count + record.mean["mean"] ** 2
    return [
        log_finding,
        _worst("variance", "Bernstein, exact; chi-square at 1", record.mean["variance"], variance_low, variance_high),
        _worst("mean", "Markov-Minkowski, normal", record.mean["mean"], -mean_reach, mean_reach),
        _worst("mean squared", "Bernstein, exact; chi-square at 1", squared, square_low, square_high),
    ]


def check(problem: Problem, record: Record, *, delta: float = DELTA, sharp: bool = False) -> list[Finding]:
    """Compare a record with the exact laws.

    Args:
        problem: what was to be computed.
        record: what a contender computed.
        delta: probability that a correct contender fails the proved bounds, at most, over all comparisons.
        sharp: also ask the diversity of the last generation to lie within six exact standard errors.

    Returns:
        One finding per quantity.
    """
    if record.num_replicates != problem.num_replicates:
        return [_miscount("replicates", problem.num_replicates, record.num_replicates)]
    for name in problem.record:
        if record.mean[name].shape != (problem.num_recorded,):
            return [_miscount(f"generations of {name}", problem.num_recorded, record.mean[name].size)]
    if isinstance(problem, CategoricalProblem):
        return _check_categorical(problem, record, delta, sharp)
    return _check_gaussian(problem, record, delta)


def _miscount(what: str, expected: int, came: int) -> Finding:
    return Finding(f"number of {what}", "count", 0, float(came), float(expected), float(expected), False)


def require(
    problem: Problem, record: Record, *, contender: str, delta: float = DELTA, sharp: bool = False
) -> list[Finding]:
    """Check a record and refuse it where it is wrong; arguments as for `check`.

    Raises:
        WrongResult: with the quantity, the generation, the value and the interval it should lie in.
    """
    findings = check(problem, record, delta=delta, sharp=sharp)
    for finding in findings:
        if not finding.passed:
            raise WrongResult(
                f"`{contender}` is wrong, its time is not printed: {finding.quantity} at generation "
                f"{finding.generation} is {finding.measured:.6g}, must lie in [{finding.lower:.6g}, "
                f"{finding.upper:.6g}] ({finding.bound})."
            )
    return findings
