"""Facts about a statistic that license a test of its mean: proved, never estimated."""

import math
from dataclasses import dataclass, replace

from proofs_numeric.sequential import Cumulant


@dataclass(frozen=True, kw_only=True)
class Tail:
    """The facts about a statistic that license a test of its mean; proved, never estimated.

    Definition. To refute E X <= b a lower end or one of the facts below the range is needed; to support it an upper
    end or one of those. Give all that is known: every fact brings its own test, and their evidence is averaged.
    Samples outside the range make the verdict INVALID.

    Args:
        lower: X >= lower on every path, or None.
        upper: X <= upper on every path, or None.
        variance: Var X <= variance, or None. Where nothing else is known, the slack of the claim has to bound the
            rounding of every draw and not of their mean alone.
        indicator: X is 0 or 1, and its mean a probability; says the range [0, 1] as well.
        sub_gaussian: v with E exp(l (X - E X)) <= exp(l^2 v/2) for every real l, units squared; the variance of a
            normal law.
        sub_gamma: (v, c) with log E exp(l (X - E X)) <= l^2 v/(2 (1 - c |l|)) for |l| < 1/c; both tails.
        moment: (p, k) with 1 < p <= 2 and E |X - E X|^p <= k: for laws without a variance.
        cumulant: what is known of log E exp(l (X - E X)).
        symmetric: X is symmetric about its mean, or about its median where it has no mean, which is then the number
            that the claim speaks of; the value is a guess of how far X strays from there and may be wrong by a factor
            of 100. The slack of the claim must then bound the mean absolute rounding error of a draw.
        reason: why it is true, one sentence.
    """

    lower: float | None = None
    upper: float | None = None
    variance: float | None = None
    indicator: bool = False
    sub_gaussian: float | None = None
    sub_gamma: tuple[float, float] | None = None
    moment: tuple[float, float] | None = None
    cumulant: Cumulant | None = None
    symmetric: float | None = None
    reason: str = ""

    def __post_init__(self):
        if self.indicator:
            self._become_indicator()
        if self.lower is not None and self.upper is not None and not self.lower <= self.upper:
            raise ValueError(
                f"`lower` must not exceed `upper`; got {self.lower} and {self.upper}. Exchange the two ends."
            )
        for name in ("lower", "upper"):
            end = getattr(self, name)
            if end is not None and math.isnan(end):
                raise ValueError(f"`{name}` must be a number; got {end}. Leave it out if none is known.")
        if self.variance is not None and not (math.isfinite(self.variance) and self.variance >= 0):
            raise ValueError(
                f"`variance` must be finite and nonnegative; got {self.variance}. Leave it out if none is known."
            )
        for name in ("sub_gaussian", "symmetric"):
            value = getattr(self, name)
            if value is not None and not _is_positive(value):
                raise ValueError(f"`{name}` must be finite and positive; got {value!r}. Leave it out if none is known.")
        if self.sub_gamma is not None and not (_is_pair(self.sub_gamma) and all(map(_is_positive, self.sub_gamma))):
            raise ValueError(
                f"`sub_gamma` must be a pair of positive numbers (v, c); got {self.sub_gamma!r}. With c = 0 it is "
                "`sub_gaussian`."
            )
        if self.moment is not None and not (
            _is_pair(self.moment) and 1 < self.moment[0] <= 2 and _is_positive(self.moment[1])
        ):
            raise ValueError(
                f"`moment` must be a pair (p, k) with 1 < p <= 2 and k > 0; got {self.moment!r}. Without a moment "
                "above the first no test of a mean exists."
            )
        if self.cumulant is not None and not isinstance(self.cumulant, Cumulant):
            raise ValueError(
                f"`cumulant` must be a Cumulant; got {type(self.cumulant).__name__}. Write "
                "Cumulant(function, deviation)."
            )

    def _become_indicator(self) -> None:
        """Say the range that an indicator has anyway, and refuse another one."""
        if self.lower not in (None, 0) or self.upper not in (None, 1):
            raise ValueError(
                f"`indicator` must come without another range than [0, 1]; got {self.lower} and {self.upper}. "
                "Leave the ends out."
            )
        object.__setattr__(self, "lower", 0.0)
        object.__setattr__(self, "upper", 1.0)

    def widened(self, slack: float) -> "Tail":
        """Facts of the rounded statistic: the range widened by the slack; an indicator stays 0 or 1. Definition."""
        if self.indicator:
            return self
        return replace(
            self,
            lower=None if self.lower is None else self.lower - slack,
            upper=None if self.upper is None else self.upper + slack,
        )

    @property
    def variance_bound(self) -> float | None:
        """The smallest bound of the variance that the facts say; None if none does.

        Expanding both sides of a sub-Gaussian or sub-gamma bound at l = 0 gives Var X <= v.

        Source: Boucheron, Lugosi & Massart 2013, section 2.3, for the first.
        """
        gamma = None if self.sub_gamma is None else self.sub_gamma[0]
        square = self.moment[1] if self.moment is not None and self.moment[0] == 2 else None
        return min((v for v in (self.variance, self.sub_gaussian, gamma, square) if v is not None), default=None)

    def describe(self) -> str:
        """The facts in words. Definition."""
        parts = []
        if self.indicator:
            parts.append("an indicator")
        elif self.lower is not None or self.upper is not None:
            low = "-inf" if self.lower is None else f"{self.lower:.6g}"
            high = "inf" if self.upper is None else f"{self.upper:.6g}"
            parts.append(f"range [{low}, {high}]")
        if self.variance is not None:
            parts.append(f"variance at most {self.variance:.6g}")
        if self.sub_gaussian is not None:
            parts.append(f"sub-Gaussian with variance proxy {self.sub_gaussian:.6g}")
        if self.sub_gamma is not None:
            parts.append(f"sub-gamma with variance factor {self.sub_gamma[0]:.6g} and scale {self.sub_gamma[1]:.6g}")
        if self.moment is not None:
            parts.append(f"central moment of order {self.moment[0]:.6g} at most {self.moment[1]:.6g}")
        if self.cumulant is not None:
            parts.append("known cumulants")
        if self.symmetric is not None:
            parts.append("symmetric")
        text = ", ".join(parts) or "none"
        return f"{text} ({self.reason})" if self.reason else text


def _is_positive(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value) and value > 0


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2
