"""What one generation of a closed Gaussian loop does to mean and variance, as numbers that no replicate changes.

Let N draws of N(m, v) have mean m + sqrt(v / N) z and scatter v chi^2, and let them join a pool of n draws that were
fitted to give (m, v): n = 0 where data are replaced. The pool's mean is m itself and its scatter v d, d = n or n - 1 by
the fit. Chan's merge then leaves a product:

    m' = m + sqrt(v) sqrt(N) / (n + N) z,    v' = v (d + z^2 n / (n + N) + chi^2) / d',

and chi^2 is twice the cube of a polynomial in a second normal number. So a step is a row of coefficients.
"""

from typing import NamedTuple, Self

import numpy as np
from jaxtyping import Float

from zenil_dynamics.fits.maximum_likelihood import Unbiased
from zenil_dynamics.samplers.gamma import cube_root_polynomials
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.types import HostArray
from zenil_dynamics.updates.accumulate import Accumulate


class Steps(NamedTuple):
    """Rows by address: 0 for the sample that Q_0 is fitted to (of one draw where there is none), t + 1 from t to t + 1.

    Attributes:
        cube_root: coefficients of the cube root of half of chi^2, lowest power first.
        shape_parameter: (N - 1) / 2.
        scatter: weight of half of chi^2 in v' / v, 2 / d'.
        location: standard deviation of m' - m in units of sqrt(v).
        kept: d / d'; None where data are replaced.
        between: weight of z^2 in v' / v; None where data are replaced.
    """

    cube_root: Float[HostArray, "addresses powers"]
    shape_parameter: Float[HostArray, " addresses"]
    scatter: Float[HostArray, " addresses"]
    location: Float[HostArray, " addresses"]
    kept: Float[HostArray, " addresses"] | None
    between: Float[HostArray, " addresses"] | None

    @classmethod
    def of(cls, system: System, table: ScheduleTable) -> Self:
        """Work the rows out in float64."""
        estimated = isinstance(system.initial, Estimate)
        first = system.initial.num_samples if isinstance(system.initial, Estimate) else 1
        drawn = np.concatenate([[first], table.num_samples]).astype(np.float64)
        accumulates = isinstance(system.update, Accumulate)
        joined = drawn if estimated else np.concatenate([[0.0], drawn[1:]])
        pool = np.concatenate([[0.0], np.cumsum(joined)[:-1]]) if accumulates else np.zeros_like(drawn)
        missing = 1.0 if isinstance(system.fit, Unbiased) else 0.0
        total = pool + drawn
        # A pool of one draw is never fitted without bias but in the row that nobody uses.
        divisor = np.maximum(total - missing, 1.0)
        return cls(
            # A single draw has no scatter.
            cube_root=cube_root_polynomials((drawn - 1) / 2) * (drawn > 1)[:, None],
            shape_parameter=(drawn - 1) / 2,
            scatter=2 / divisor,
            location=np.sqrt(drawn) / total,
            kept=np.maximum(pool - missing, 0.0) / divisor if accumulates else None,
            between=pool / total / divisor if accumulates else None,
        )
