"""Thresholds of statistical tests at a given error probability; every bound holds at any sample size.

Each returns a distance d with P(|estimate - truth| > d) <= delta when the code is right.
"""

import math

import numpy as np
from scipy import optimize, special, stats


def hoeffding(num_samples: int, delta: float, spread: float) -> float:
    """Mean of independent values in an interval of length `spread` (Hoeffding 1963, Theorem 2, two-sided)."""
    return spread * math.sqrt(math.log(2 / delta) / (2 * num_samples))


def empirical_bernstein(variance: float, num_samples: int, delta: float, spread: float) -> float:
    """Mean of i.i.d. values in an interval of length `spread`, from their sample variance.

    Args:
        variance: sample variance, divisor n or n - 1 (the larger one is safe).
        num_samples: n.
        delta: error probability, two-sided.
        spread: length of the interval.

    Source: Audibert, Munos, Szepesvari (2009), Theorem 1.
    """
    logarithm = math.log(3 / delta)
    return math.sqrt(2 * variance * logarithm / num_samples) + 3 * spread * logarithm / num_samples


def median_of_means(values: np.ndarray, variance: float, delta: float) -> tuple[float, float]:
    """Estimate and distance for i.i.d. values of known variance, whatever their tails.

    k = ceil(8 log(1/delta)) groups of m: a group mean is further than 2 sd / sqrt(m) from the truth with probability at
    most 1/4 (Chebyshev), and the median is only if k/2 groups are, probability at most exp(-k/8) (Hoeffding).

    Raises:
        ValueError: fewer values than groups.
    """
    groups = math.ceil(8 * math.log(1 / delta))
    size = len(values) // groups
    if size == 0:
        raise ValueError(f"median of means at delta {delta:g} needs at least {groups} values; got {len(values)}.")
    means = np.asarray(values, np.float64)[: groups * size].reshape(groups, size).mean(axis=1)
    return float(np.median(means)), 2 * math.sqrt(variance / size)


def normal_mean(num_samples: int, delta: float, variance: float) -> float:
    """Mean of normal values of known variance: exact."""
    return float(stats.norm.isf(delta / 2)) * math.sqrt(variance / num_samples)


def chi_square_mean(degrees: float, num_samples: int, delta: float) -> tuple[float, float]:
    """Interval that the mean of chi-square values misses with probability `delta`: their sum is chi-square."""
    total = stats.chi2(degrees * num_samples)
    return float(total.ppf(delta / 2)) / num_samples, float(total.isf(delta / 2)) / num_samples


def log_chi_square_mean(degrees: np.ndarray, num_samples: int, delta: float) -> float:
    """Distance for the mean of sums of independent log chi-square values, one per entry of `degrees` (Chernoff).

    E exp(s log chi^2_k) = 2^s Gamma(k/2 + s) / Gamma(k/2); the exponent is optimised on each side.
    """
    half = np.asarray(degrees, np.float64) / 2
    mean = float(np.sum(special.digamma(half)))
    level = math.log(2 / delta) / num_samples

    def exponent(slope: float) -> float:
        return float(np.sum(special.gammaln(half + slope) - special.gammaln(half))) - slope * mean

    def distance(sign: int) -> float:
        limit = 50.0 if sign > 0 else float(half.min()) * 0.999
        found = optimize.minimize_scalar(
            lambda slope: (exponent(sign * slope) + level) / slope, bounds=(1e-6, limit), method="bounded"
        )
        return float(found.fun)

    return max(distance(1), distance(-1))


def binomial_interval(num_trials: int, prob: float, delta: float) -> tuple[int, int]:
    """Counts that a binomial number leaves with probability at most `delta`: exact tails."""
    law = stats.binom(num_trials, prob)
    return int(law.ppf(delta / 2)), int(law.isf(delta / 2))


def bernstein(num_samples: int, delta: float, variance: float, bound: float) -> float:
    """Mean of independent values of known variance with |value - expectation| <= bound.

    P(|mean - mu| >= t) <= 2 exp(-n t^2 / (2 (variance + bound t / 3))); t solves n t^2 = 2 L (variance + bound t / 3),
    L = log(2 / delta).

    Source: Boucheron, Lugosi, Massart, Concentration Inequalities (2013), corollary 2.11.
    """
    logarithm = math.log(2 / delta)
    linear = logarithm * bound / 3
    return (linear + math.sqrt(linear**2 + 2 * num_samples * variance * logarithm)) / num_samples


def chi_square_range(degrees: float, delta: float) -> tuple[float, float]:
    """Interval that a chi-square value leaves with probability at most `delta`.

    k - 2 sqrt(k x) and k + 2 sqrt(k x) + 2 x, x = log(2 / delta).

    Source: Laurent and Massart, Ann. Statist. 28 (2000), lemma 1.
    """
    level = math.log(2 / delta)
    spread = 2 * math.sqrt(degrees * level)
    return max(0.0, degrees - spread), degrees + spread + 2 * level


def proportion_interval(successes: int, num_trials: int, delta: float) -> tuple[float, float]:
    """Interval that misses the unknown probability of a success with probability at most `delta`.

    P(n KL(successes / n || p) >= log(2 / delta)) <= delta, Chernoff on both sides, inverted in p by bisection.

    Source: Boucheron, Lugosi, Massart, Concentration Inequalities (2013), section 2.2.
    """
    observed, level = successes / num_trials, math.log(2 / delta) / num_trials

    def end(outside: float) -> float:
        inside = observed
        for _ in range(100):
            middle = (inside + outside) / 2
            rate = special.rel_entr(observed, middle) + special.rel_entr(1 - observed, 1 - middle)
            inside, outside = (middle, outside) if rate <= level else (inside, middle)
        return outside

    return end(0.0), end(1.0)


def log_evalue_threshold(delta: float) -> float:
    """Value of log e from which an e-value rejects: P(e >= 1 / delta) <= delta (Markov)."""
    return math.log(1 / delta)


def log_evalue_multinomial(counts: np.ndarray, probs: np.ndarray) -> float:
    """Evidence that `counts` are not multinomial with `probs`; its exponential has expectation 1 if they are.

    e = mean over c of the likelihood of a Dirichlet(c p) mixture over that of p, c = 10^1 ... 10^6:
    log e_c = lgamma(c) - lgamma(n + c) + sum_b [lgamma(n_b + c p_b) - lgamma(c p_b) - n_b log p_b]. A large c looks for
    small deviations at a small price. Infinite when something impossible happened.

    Source: Good, "A Bayesian significance test for multinomial distributions", JRSS B 29 (1967).
    """
    counts, probs = np.asarray(counts, np.float64), np.asarray(probs, np.float64)
    if np.any(counts[probs <= 0] > 0):
        return math.inf
    counts, probs = counts[probs > 0], probs[probs > 0]

    def log_ratio(concentration: float) -> float:
        prior = concentration * probs
        terms = special.gammaln(counts + prior) - special.gammaln(prior) - counts * np.log(probs)
        return float(special.gammaln(concentration) - special.gammaln(counts.sum() + concentration) + terms.sum())

    ratios = [log_ratio(10.0**power) for power in range(1, 7)]
    return float(special.logsumexp(ratios)) - math.log(len(ratios))


def law_allowance(num_samples: int, total_variation: float, probs: np.ndarray) -> float:
    """What to add to the threshold of a multinomial log e-value when each draw is off by a known total variation.

    An outcome has at most probability p_b + TV, so the expectation of e is at most prod (1 + TV / p_b)^(n_b).
    """
    probs = np.asarray(probs, np.float64)
    return num_samples * math.log1p(total_variation / float(probs[probs > 0].min()))
