"""Where the fitted coefficients of `quantile.py` and `gamma.py` come from: `python -m tests.samplers.fits` prints them.

Exact quantiles are solved in float64 from scipy's incomplete beta and gamma functions on a grid of parameters; what the
exact leading orders leave over is fitted by least squares, reweighted towards the largest error. The weight of an error
at z is exp(-z^2 / 2) beyond |z| = 1.7, but at least 1e-3, so that the tails stay right relatively, too. Tests take
the exact quantiles from here and judge the committed coefficients by total variation, whatever made them.
"""

import numpy as np
from scipy import special, stats

Z = np.linspace(-6.4, 6.4, 97)


def weight(z):
    return np.maximum(np.exp(-np.maximum(z * z / 2 - 1.5, 0)), 1e-3)


def exact_binomial_expansion(s, delta, z):
    """y(z) with I_q(n + 1 - alpha, alpha) = Phi(z), alpha = (n + 1) p + y / s, by safeguarded Newton steps."""
    p = (1 - delta) / 2
    total = 1 / (s * s * p * (1 - p))
    mean, sd = total * p, 1 / s
    low, high = 1e-9 + 0 * z, total * (1 - 1e-9) + 0 * z
    alpha = np.clip(mean + sd * (z + s * delta * (z * z + 2) / 6), 1e-3, total - 1e-3)
    for _ in range(60):
        lower, upper = special.betainc(total - alpha, alpha, 1 - p), special.betainc(alpha, total - alpha, p)
        level = np.where(z < 0, special.ndtri(np.maximum(lower, 1e-300)), -special.ndtri(np.maximum(upper, 1e-300)))
        low, high = np.where(level < z, alpha, low), np.where(level >= z, alpha, high)
        step = alpha - (level - z) * sd * 0.98
        alpha = np.where((step > low) & (step < high), step, (low + high) / 2)
    return (alpha - mean) / sd


def binomial_grid(smallest_mean, num_s, num_delta):
    """(s, delta, z) with (n + 1) p >= smallest_mean: s^2 <= 2 / (smallest_mean (1 + delta))."""
    cells = []
    for delta in np.minimum(np.sin(np.linspace(0, np.pi / 2, num_delta)), 0.9995):
        largest = np.sqrt(2 / (smallest_mean * (1 + delta)))
        cells += [(largest * f, delta) for f in np.cos(np.linspace(0, np.pi / 2, num_s, endpoint=False))]
    s, delta = (np.array(column)[:, None] + 0 * Z for column in zip(*cells, strict=True))
    return s, delta, Z + 0 * s


def exact_gamma_deviation(s, z):
    """E(z, s): the correction of Wilson and Hilferty's normal variable, divided by s^2."""
    shape = 1 / (s * s)
    level = special.gammaincinv(shape, special.ndtr(z)), special.gammainccinv(shape, special.ndtr(-z))
    root = (np.where(z < 0, *level) / shape) ** (1 / 3)
    return ((root - (1 - s * s / 9)) * 3 / s - z) / (s * s)


def exact_gamma_quantile(shape, z):
    """Gamma quantile at Phi(z). Above 10^5, where scipy's function loses digits, Cornish and Fisher's series.

    There the first order left out, shape^(-5/2), is below 1e-11.
    """
    if shape <= 1e5:
        return np.where(
            z < 0, special.gammaincinv(shape, special.ndtr(z)), special.gammainccinv(shape, special.ndtr(-z))
        )
    s, powers = shape**-0.5, [(z * z - 1) / 3, (z**3 - 7 * z) / 36, (-3 * z**4 - 7 * z**2 + 16) / 810]
    powers.append((9 * z**5 + 256 * z**3 - 433 * z) / 38880)
    return shape + (z + sum(s ** (i + 1) * power for i, power in enumerate(powers))) / s


def exact_poisson_position(rate, z):
    """The alpha at which Q(alpha, rate) = Phi(z), Q the upper incomplete gamma function; in two ways as above."""
    s = rate**-0.5
    order_3 = (3 * z**4 + 7 * z**2 - 16) / 810
    alpha = rate + (z + s * (z * z + 2) / 6 - s**2 * (z**3 + 2 * z) / 72 + s**3 * order_3) / s
    for _ in range(15 if rate <= 1e5 else 0):
        lower, upper = special.gammaincc(alpha, rate), special.gammainc(alpha, rate)
        alpha = alpha - (np.where(z < 0, special.ndtri(lower), -special.ndtri(upper)) - z) / s
    return alpha


def reweighted_least_squares(columns, target, importance, rounds=80):
    """Coefficients with nearly the smallest largest weighted error."""
    basis, target, importance = columns.reshape(-1, columns.shape[-1]), target.ravel(), importance.ravel()
    scale, current, best = np.abs(basis * importance[:, None]).max(0), importance.copy(), (np.inf, None)
    for _ in range(rounds):
        found = np.linalg.lstsq(basis / scale * current[:, None], target * current, rcond=1e-15)[0]
        error = np.abs((basis / scale @ found - target) * importance)
        best = min(best, (error.max(), found / scale), key=lambda pair: pair[0])
        current = current * np.sqrt(0.3 + error / error.max())
        current /= current.max()
    return best


def total_variation_of(error, z):
    """1/2 integral |d (phi error)|: total variation between the laws of q(Z) and (q + error)(Z), to first order."""
    return 0.5 * np.abs(np.diff(stats.norm.pdf(z) * error, axis=-1)).sum(-1)


def fit_binomial(smallest_mean=64.0):
    """Orders 3 to 5 of `quantile.expansion`."""
    s, delta, z = binomial_grid(smallest_mean, 24, 17)
    known = z + s * delta * (z * z + 2) / 6 + s * s * z * (11 * delta**2 - 15 + (delta**2 - 3) * z * z) / 144
    terms = [
        (order, power, skew)
        for order, degree in ((3, 4), (4, 7), (5, 6))
        for skew in range(order % 2, order + 1, 2)
        for power in range((order + 1) % 2, degree + 1, 2)
    ]
    columns = np.stack([s**i * z**j * delta**k for i, j, k in terms], -1)
    error, found = reweighted_least_squares(columns, exact_binomial_expansion(s, delta, z) - known, weight(z))
    return dict(zip(terms, found, strict=True)), error


def fit_gamma(smallest_shape=8.0):
    """Orders 2 to 5 of `gamma._CORRECTION`."""
    s = np.cos(np.linspace(0, np.pi / 2, 80, endpoint=False))[:, None] / np.sqrt(smallest_shape) + 0 * Z
    z = Z + 0 * s
    known = z / 36 - z**3 / 108 + s * (-7 + 4 * z**2 + z**4) / 405
    terms = [(i, j) for i, degree in ((2, 5), (3, 6), (4, 7), (5, 8)) for j in range((i + 1) % 2, degree + 1, 2)]
    columns = np.stack([s**i * z**j for i, j in terms], -1)
    error, found = reweighted_least_squares(columns, exact_gamma_deviation(s, z) - known, weight(z) * s * s)
    return dict(zip(terms, found, strict=True)), error


if __name__ == "__main__":
    for name, fit in (("binomial (order of s, power of z, power of delta)", fit_binomial), ("gamma (s, z)", fit_gamma)):
        coefficients, largest = fit()
        print(f"{name}: largest weighted error {largest:.2e}")
        for term, value in coefficients.items():
            print(f"  {term}: {value:.8g}")
