"""How many samples a decision takes, from the growth rate of the evidence."""

import math


def samples_for(log_threshold: float, standard_deviation: float, distance: float) -> int | None:
    """Mean number of samples until the evidence crosses a threshold.

    n = (log threshold + 2) / g with growth rate g = d^2/(2 sigma^2) per sample; 79 (sigma/d)^2 at 37.5 nats.

    Args:
        log_threshold: nats.
        standard_deviation: sigma of the statistic.
        distance: d, distance of its mean from the null hypothesis, same units.

    Returns:
        Samples, at least 1; None if the mean does not stand outside the null.

    Source: Definition; Kelly growth rate to second order.
    """
    if not (distance > 0 and math.isfinite(standard_deviation)):
        return None
    return max(1, math.ceil(2.0 * (log_threshold + 2.0) * (standard_deviation / distance) ** 2))
