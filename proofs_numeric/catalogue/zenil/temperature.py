"""Theorem 2 for a loop that resamples with a temperature: q^b, b = 1/tau.

True: with an infinite sample exponents multiply, and against a share alpha of uniform data the uniform law is stable
exactly above tau = 1 - alpha. False: that every temperature above 1 prevents collapse at a finite sample, where its
strength 1 - b has to stand against drift of order 1/N.
"""

import functools
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.special import entr

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops.recursions import binomial_matrix
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Theorem 2, Eq. (12)"
Law = Float[np.ndarray, " support"]


# thm2-temperature-infinite --------------------------------------------------------------------------------------------
# Proof. (q^b)^b = q^(b^2): exponents multiply. At the uniform law U the map q^b/sum q^b has derivative b on deviations
# of sum 0, so alpha U + (1 - alpha) T(q) has (1 - alpha)/tau, which is below 1 exactly for tau > 1 - alpha.

_STARTS = ((0.5, 0.3, 0.2), (0.28, 0.24, 0.24, 0.24))


def _tempered(probs: Any, temperature: float) -> Any:
    powers = probs ** (1 / temperature)
    return powers / powers.sum()


def _tempered_for_ever(theta: Theta) -> Law:
    law = np.array(theta["Q_0"])
    for _ in range(theta["t"]):
        law = _tempered(law, theta["tau"])
    return law


def _growth_of_deviation(theta: Theta) -> float:
    """Derivative of one generation at the uniform law towards Q_0 - U, by a complex step, which does not cancel."""
    start, step = np.array(theta["Q_0"]), 1e-30
    uniform = np.full(start.size, 1 / start.size)
    moved = _tempered(uniform + 1j * step * (start - uniform), theta["tau"])
    after = theta["alpha"] * uniform + (1 - theta["alpha"]) * moved
    return float(after.imag[0] / step / (start - uniform)[0])


def _iterates_and_growth(theta: Theta) -> Law:
    return np.append(_tempered_for_ever(theta), _growth_of_deviation(theta))


def _with_exponent(theta: Theta, exponent: float, growth: float) -> Law:
    powers = np.array(theta["Q_0"]) ** exponent
    return np.append(powers / powers.sum(), growth)


def _power_law(theta: Theta) -> Law:
    return _with_exponent(theta, theta["tau"] ** -theta["t"], (1 - theta["alpha"]) / theta["tau"])


def _power_inverted(theta: Theta) -> Law:
    return _with_exponent(theta, theta["tau"] ** theta["t"], (1 - theta["alpha"]) / theta["tau"])


def _threshold_one(theta: Theta) -> Law:
    return _with_exponent(theta, theta["tau"] ** -theta["t"], 1 / theta["tau"])


# thm2-temperature-preserves -------------------------------------------------------------------------------------------
# Two types: the count is a Markov chain, n' ~ Bin(N, D(n/N)), D(q) = q^b/(q^b + (1-q)^b).

_TARGET = 0.7


def _resampled(share: Float[np.ndarray, "..."], power: float) -> Float[np.ndarray, "..."]:
    weight, other = share**power, (1 - share) ** power
    return weight / (weight + other)


@functools.lru_cache(maxsize=32)
def _count_law(num_samples: int, power: float, num_generations: int) -> Float[np.ndarray, " counts"]:
    # 0^0 would revive a lost type at power 0; powers here are positive.
    matrix = binomial_matrix(num_samples, _resampled(np.arange(num_samples + 1) / num_samples, power))
    first = binomial_matrix(num_samples, _resampled(np.array([_TARGET]), power))[0]
    return first @ np.linalg.matrix_power(matrix, num_generations - 1)


def _generations(theta: Theta) -> int:
    return 10 * theta["N"]


def _entropies(num_samples: int) -> Float[np.ndarray, " counts"]:
    shares = np.arange(num_samples + 1) / num_samples
    return entr(shares) + entr(1 - shares)


def _late_entropy(theta: Theta) -> float:
    return float(_count_law(theta["N"], theta["b"], _generations(theta)) @ _entropies(theta["N"]))


def _late_entropy_by_steps(theta: Theta) -> float:
    law = zd.oracles.decoded_count_laws(
        [_TARGET, 1 - _TARGET],
        [theta["N"]] * _generations(theta),
        0.0,
        lambda probs: zd.oracles.decode_temperature(probs, 1 / theta["b"]),
    )[-1]
    return float(law @ _entropies(theta["N"]))


def _tenth(theta: Theta) -> float:
    return 0.1


def _entropy_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    system = zd.System(
        target=zd.Categorical(np.array([_TARGET, 1 - _TARGET])),
        num_samples=theta["N"],
        decoders=zd.decoders.Temperature(1 / theta["b"]),
    )
    run = zd.simulate(
        system,
        num_generations=_generations(theta),
        num_replicates=num_replicates,
        key=key,
        record=("entropy",),
        keep="replicates",
        quantiles=False,
    )
    return np.asarray(run.replicates["entropy"], np.float64)[:, -1]


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm2-temperature-infinite",
        item="Thm 2",
        reading="R6",
        statement="With an infinite sample and no real data Q_t is proportional to Q_0^(tau^-t), t <= 10; with a share "
        "alpha of uniform data a small deviation from the uniform law grows by (1 - alpha)/tau, so that it is stable "
        "exactly for tau > 1 - alpha.",
        source=f"{SOURCE}, for a tempered sampler",
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "tau": (0.8, 1.25, 1.0, 2.0),
            "t": (1, 2, 10),
            "alpha": (0.2, 0.0, 0.5),
            "Q_0": _STARTS,
        },
        value=_iterates_and_growth,
        bound=_power_law,
        delta=1e-9,
        mutants={
            "exponent tau^t": Variant(bound=_power_inverted),
            "threshold tau = 1": Variant(bound=_threshold_one),
        },
        assumptions=("infinite sample", "P uniform for the second part"),
        note="local stability alone: above 1 - alpha other fixed points may be left (see zd.oracles.temperature_fold)",
        proved="exponents multiply; derivative at the uniform law, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-temperature-preserves",
        item="Thm 2",
        reading="R6",
        statement="Every resampling power b < 1 prevents collapse: E H(Q_t) >= .1 nats at t = 10 N, N = 20 or 100.",
        source=f"{SOURCE}, 'architectural invariant' against temperature",
        route=Route.REC,
        expected=Status.REFUTED,
        relation=">=",
        domain={"N": (20, 100), "b": (0.9, 0.95, 0.98, 0.8)},
        value=_late_entropy,
        bound=_tenth,
        delta=1e-9,
        confirm=_late_entropy_by_steps,
        simulate=_entropy_draws,
        simulate_tail=Tail(lower=0.0, upper=float(np.log(2)) * (1 + 1e-6), reason="entropy of two types"),
        mutants={"no temperature: b = 1": Variant(domain={"N": (20, 100), "b": (1.0,)})},
        controls={
            "strong against 1/N: b = .9 and .8 at N = 100": Variant(
                domain={"N": (100,), "b": (0.9, 0.8)}, must="SUPPORTED"
            )
        },
        assumptions=("alpha = 0", "two types, Q_0 = (.7, .3)"),
        note="what counts is (1 - b) N: b = .9 leaves .019 nats at N = 20 and .664 at N = 100, b = .98 there .027",
        corrected_by=("thm2-temperature-infinite",),
        decided_at="smoke",
    ),
)
