"""Theorem 2, first half: what the entropy of the closed loop does in expectation, along paths, and in total.

True: it falls in expectation, by E KL(Q' || P'), in total by H(Q_0); the support falls along every path. False
neighbours: it falls along every path, rare types vanish at once, and it falls where the variance is not fitted.
"""

import functools
from collections.abc import Sequence
from fractions import Fraction
from math import comb, factorial, prod
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

import zenil_dynamics as zd
from proofs_numeric.catalogue import pair_loop
from proofs_numeric.catalogue.entropies import entropy, expected_entropy, expected_loss, loss_per_type, positive_laws
from proofs_numeric.catalogue.recursions import binomial_matrix
from proofs_numeric.claim import Claim, Tail, Theta, Variant

SOURCE = "arXiv:2601.05280v2, Theorem 2, Eq. (12)"
States = Float[np.ndarray, "states support"]
Draws = Float[np.ndarray, " replicates"]


# thm2-entropy-identity ------------------------------------------------------------------------------------------------
# Proof. E Q' = P' given Q, hence E[H(Q')] = -E sum Q' log(Q'/P') - E sum Q' log P' = -E KL(Q' || P') + H(P').


@functools.lru_cache(maxsize=32)
def _lattice(num_types: int, num_samples: int) -> tuple[States, Float[np.ndarray, " states"]]:
    counts = np.array(list(zd.oracles.compositions(num_samples, num_types)))
    coefficients = [factorial(num_samples) / prod(factorial(c) for c in row) for row in counts.tolist()]
    return counts / num_samples, np.array(coefficients)


@functools.lru_cache(maxsize=32)
def _transition(num_types: int, num_samples: int, share: float) -> tuple[States, Float[np.ndarray, "states next"]]:
    """Mixtures P' of all lattice models, and the law of the next model under each."""
    states, coefficients = _lattice(num_types, num_samples)
    target = np.arange(1, num_types + 1) / (num_types * (num_types + 1) / 2)
    mixtures = share * target + (1 - share) * states
    counts = np.round(states * num_samples)
    return mixtures, coefficients * np.prod(mixtures[:, None, :] ** counts[None, :, :], axis=-1)


def _mean_entropy(theta: Theta) -> Float[np.ndarray, " states"]:
    _, weights = _transition(theta["K"], theta["N"], theta["a"])
    return weights @ entropy(_lattice(theta["K"], theta["N"])[0])


def _divergence(theta: Theta) -> Float[np.ndarray, " states"]:
    mixtures, weights = _transition(theta["K"], theta["N"], theta["a"])
    states = _lattice(theta["K"], theta["N"])[0]
    logs = np.log(states, out=np.zeros_like(states), where=states > 0)
    log_mixtures = np.log(mixtures, out=np.zeros_like(mixtures), where=mixtures > 0)
    # Where P' = 0 nothing is drawn: the weight is 0 and the placeholder log 0 := 0 is harmless.
    divergences = np.sum(states[None] * (logs[None] - log_mixtures[:, None, :]), axis=-1)
    return np.sum(weights * divergences, axis=-1)


def _identity(theta: Theta) -> Float[np.ndarray, " states"]:
    return entropy(_transition(theta["K"], theta["N"], theta["a"])[0]) - _divergence(theta)


def _identity_with_chi_square(theta: Theta) -> Float[np.ndarray, " states"]:
    # E chi2(Q' || P') = (#atoms of P' - 1)/N exactly.
    mixtures, _ = _transition(theta["K"], theta["N"], theta["a"])
    return entropy(mixtures) - ((mixtures > 0).sum(axis=-1) - 1) / (2 * theta["N"])


def _identity_from_model(theta: Theta) -> Float[np.ndarray, " states"]:
    return entropy(_lattice(theta["K"], theta["N"])[0]) - _divergence(theta)


# thm2-supermartingale -------------------------------------------------------------------------------------------------
# Proof. The identity at alpha = 0 with KL >= 0, and KL(Q' || Q) = 0 only if Q' = Q: off point masses, N draws miss Q
# with positive probability (all N may fall on one atom).


def _entropy_after(theta: Theta) -> Float[np.ndarray, " laws"]:
    return expected_entropy(theta["N"], positive_laws(theta["K"]))


def _entropy_before(theta: Theta) -> Float[np.ndarray, " laws"]:
    return entropy(positive_laws(theta["K"]))


# thm2-loss-upper-bound ------------------------------------------------------------------------------------------------
# Proof. KL <= log(1 + chi2) and E log(1 + chi2) <= log(1 + E chi2) by Jensen, twice; E chi2(Q' || Q) = (K - 1)/N.


def _loss(theta: Theta) -> Float[np.ndarray, " laws"]:
    return expected_loss(theta["N"], positive_laws(theta["K"]))


def _loss_bound(theta: Theta) -> float:
    return float(np.log1p((theta["K"] - 1) / theta["N"]))


def _first_order_loss(theta: Theta) -> float:
    return (theta["K"] - 1) / (2 * theta["N"])


def _half_chi_square_bound(theta: Theta) -> float:
    return float(np.log1p(_first_order_loss(theta)))


# thm2-total-loss ------------------------------------------------------------------------------------------------------
# Proof. The identity summed: sum_{t<T} E KL(Q_{t+1} || Q_t) = H(Q_0) - E H(Q_T), and E H(Q_T) -> 0 since the finite
# chain is absorbed at point masses. On the lattice H <= (1 + log N) N G, so the rest at T = 40 N is below
# N (1 + log N) e^-40 < 2e-15 for N <= 50.


def _summed_loss(theta: Theta, num_generations: int) -> float:
    size, start = theta["N"], np.array(theta["Q0"])
    lattice = np.arange(size + 1) / size
    matrix, ahead = binomial_matrix(size, lattice), loss_per_type(size, lattice)
    total, law = float(loss_per_type(size, start).sum()), binomial_matrix(size, start).sum(axis=0)
    for _ in range(num_generations - 1):
        total += float(law @ ahead)
        law = law @ matrix
    return total


def _total_loss(theta: Theta) -> float:
    return _summed_loss(theta, 40 * theta["N"])


def _loss_until_size(theta: Theta) -> float:
    return _summed_loss(theta, theta["N"])


def _reversed_loss(theta: Theta) -> float:
    # KL(Q_t || Q_{t+1}) is infinite as soon as a type is lost, which has positive probability.
    return float("inf")


def _initial_entropy(theta: Theta) -> float:
    return float(entropy(np.array(theta["Q0"])))


# thm2-decrease-pathwise -----------------------------------------------------------------------------------------------
# For two types the entropy rises exactly when the next share lies nearer to 1/2, a comparison of integers.


def _rise_probability(theta: Theta) -> Fraction:
    size, count = theta["N"], theta["n"]
    rising = [k for k in range(size + 1) if abs(2 * k - size) < abs(2 * count - size)]
    return Fraction(sum(comb(size, k) * count**k * (size - count) ** (size - k) for k in rising), size**size)


def _never(theta: Theta) -> int:
    return 0


def _support_growth(theta: Theta) -> Fraction:
    size, count = theta["N"], theta["n"]
    grown = [k for k in range(size + 1) if (k > 0) + (k < size) > (count > 0) + (count < size)]
    return Fraction(sum(comb(size, k) * count**k * (size - count) ** (size - k) for k in grown), size**size)


def _rise_draws(theta: Theta, key: Any, num_replicates: int) -> Draws:
    share = theta["n"] / theta["N"]
    after = pair_loop.first_shares(pair_loop.pair_system(share, share, theta["N"]), key, num_replicates)[:, 1]
    # On the lattice two distances to 1/2 differ by at least 1/N or not at all.
    return (abs(after - 0.5) < abs(share - 0.5) - 0.5 / theta["N"]).astype(np.float64)


# thm2-zero-mass -------------------------------------------------------------------------------------------------------
# The probability of no draw is found from the complement, in integers, so that (1 - p)^N appears on one side only.


def _absent_probability(theta: Theta) -> Fraction:
    size, rare = theta["N"], theta["Np"] / theta["N"]
    hit, miss = rare.numerator, rare.denominator - rare.numerator
    term, present = Fraction(miss) ** size, 0
    for n in range(1, size + 1):
        term = term * (size - n + 1) * hit / (n * miss)
        present += term
    return 1 - Fraction(present) / rare.denominator**size


def _absent_formula(theta: Theta) -> Fraction:
    return (1 - theta["Np"] / theta["N"]) ** theta["N"]


def _one_draw_less(theta: Theta) -> Fraction:
    return (1 - theta["Np"] / theta["N"]) ** (theta["N"] - 1)


def _double_exponent(theta: Theta) -> float:
    return float(np.exp(-2 * float(theta["Np"])))


def _always(theta: Theta) -> int:
    return 1


def _absent_draws(theta: Theta, key: Any, num_replicates: int) -> Draws:
    rare = float(theta["Np"] / theta["N"])
    paths = pair_loop.first_shares(pair_loop.pair_system(rare, rare, theta["N"]), key, num_replicates)
    return (paths[:, 1] == 0).astype(np.float64)


# thm2-support-monotone ------------------------------------------------------------------------------------------------
# Proof. A type with q = 0 has no draws, hence no mass in the next empirical measure.


def _gained(theta: Theta, share: Fraction, pseudocount: Fraction) -> list[Fraction]:
    """For every lattice model, the probability that the next one has a type that it lacks."""
    size, num_types = theta["N"], theta["K"]
    uniform = [Fraction(1, num_types)] * num_types
    result = []
    for counts in zd.oracles.compositions(size, num_types):
        model = [Fraction(count, size) for count in counts]
        law = zd.oracles.step_law(model, uniform, size, share)
        result.append(sum((w for after, w in law.items() if _gains(counts, after, pseudocount)), Fraction(0)))
    return result


def _gains(before: Sequence[int], after: Sequence[int], pseudocount: Fraction) -> bool:
    return any(b == 0 and a + pseudocount > 0 for b, a in zip(before, after, strict=True))


def _support_gain(theta: Theta) -> list[Fraction]:
    return _gained(theta, Fraction(0), Fraction(0))


def _support_gain_mixed(theta: Theta) -> list[Fraction]:
    return _gained(theta, Fraction(1, 100), Fraction(0))


def _support_gain_smoothed(theta: Theta) -> list[Fraction]:
    return _gained(theta, Fraction(0), Fraction(1, 1000))


# thm2-pathwise-fraction -----------------------------------------------------------------------------------------------
# "Of the live steps at most a share b rises" is "E[rising steps - b live steps] <= 0". Each item of a sample copies a
# parent of the sample before: a second path beside the kernel, and one that compiles in a second where the kernel's
# tree over 20 types takes ten.

_NUM_TYPES = 20
_SHARE = 0.15


def _horizon(theta: Theta) -> int:
    return min(2 * theta["N"], 200)


@functools.partial(jax.jit, static_argnames=("num_samples", "num_generations", "num_replicates"))
def _zipf_entropies(
    key: Any, num_samples: int, num_generations: int, num_replicates: int
) -> Float[Array, "replicates generations"]:
    law = 1 / np.arange(1, _NUM_TYPES + 1)
    edges = jnp.asarray(np.round(np.cumsum(law)[:-1] / law.sum() * 2**32).astype(np.uint32))

    def entropy_of(types):
        counts = jnp.sum(types[:, None] == jnp.arange(_NUM_TYPES), axis=0)
        return jnp.sum(jax.scipy.special.entr(counts / jnp.float32(num_samples)))

    def path(replicate):
        own = zd.random.fold_in(key, replicate)
        words = zd.random.bits(zd.random.fold_in(own, 0), (num_samples,))
        first = jnp.sum(words[:, None] >= edges, axis=1)

        def step(types, generation):
            words = zd.random.bits(zd.random.fold_in(own, generation), (num_samples,))
            types = types[words % jnp.uint32(num_samples)]
            return types, entropy_of(types)

        later = jax.lax.scan(step, first, jnp.arange(1, num_generations))[1]
        return jnp.append(entropy_of(first), later)

    return jax.lax.map(path, jnp.arange(num_replicates), batch_size=64)


def _rising_excess(theta: Theta, key: Any, num_replicates: int, share: float = _SHARE) -> Draws:
    later = np.asarray(_zipf_entropies(key, theta["N"], _horizon(theta), num_replicates), np.float64)
    initial = float(entropy(np.asarray(zd.Categorical.zipf(support_size=_NUM_TYPES).probs, np.float64)))
    before, after = np.column_stack([np.full(num_replicates, initial), later[:, :-1]]), later
    # float32 entropies of 20 types err by less than 5e-6, so every step counted as rising truly rises.
    rising, live = after > before + 1e-5, before > 1e-5
    return np.mean(rising - share * live, axis=1)


def _rising_excess_over_half(theta: Theta, key: Any, num_replicates: int) -> Draws:
    return _rising_excess(theta, key, num_replicates, share=0.5)


def _fraction_slack(theta: Theta) -> float:
    # Words modulo N favour some parents by 2^-32, so a draw is off by N 2^-33 in total variation, and a step of the
    # path by all draws up to it; 19 rounded edges in the first generation.
    size = theta["N"]
    return size * (19 + size * _horizon(theta) / 2) * 2.0**-33


# thm2-fixed-variance --------------------------------------------------------------------------------------------------
# A fit that moves only the mean leaves the differential entropy log(2 pi e s2)/2 where it was.


def _gaussian_entropy(variance: float) -> float:
    return 0.5 * float(np.log(2 * np.pi * np.e * variance))


def _entropy_after_mean_fit(theta: Theta) -> float:
    return _gaussian_entropy(theta["s2"])


def _entropy_of_start(theta: Theta) -> float:
    return _gaussian_entropy(theta["s2"])


def _entropy_after_variance_fit(theta: Theta) -> float:
    # Two draws, variance divided by 2: log of s2 chi2_1 / 2, and E log chi2_1 = psi(1/2) + log 2 = -gamma - log 2.
    return _gaussian_entropy(theta["s2"]) + 0.5 * (-np.euler_gamma - 2 * np.log(2))


_STARTS = ((0.5, 0.5), (0.9, 0.1), (0.5, 0.3, 0.2), (0.25, 0.25, 0.25, 0.25))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm2-entropy-identity",
        item="M2",
        reading="R2",
        statement="E[H(Q') | Q] = H(P') - E KL(Q' || P') for N draws from P' = aP + (1-a)Q, at every lattice model Q.",
        source=f"master result M2, the exact form of {SOURCE}",
        route="EX",
        expected="SUPPORTED",
        relation="==",
        domain={"K": (2, 3, 4), "N": (1, 2, 3, 4, 6, 8, 10, 12), "a": (0.0, 0.1, 0.5)},
        value=_mean_entropy,
        bound=_identity,
        delta=1e-13,
        mutants={
            "chi2/2 for KL": Variant(bound=_identity_with_chi_square),
            "H(Q) for H(P')": Variant(
                bound=_identity_from_model, domain={"K": (2, 3), "N": (2, 4, 8), "a": (0.1, 0.5)}
            ),
        },
        proved="E Q' = P' and the definition of KL",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-supermartingale",
        item="Thm 2",
        reading="R2",
        statement="Without real data entropy falls strictly in expectation: E[H(Q') | Q] < H(Q) unless Q is a point "
        "mass, whatever N_t is.",
        source=SOURCE,
        route="EX",
        expected="SUPPORTED",
        relation="<",
        domain={"K": (2, 3, 4, 5, 6), "N": (*range(1, 13), 15, 20, 30, 50)},
        value=_entropy_after,
        bound=_entropy_before,
        delta=1e-12,
        mutants={
            "H(Q)(1 - 1/N)": Variant(adjust_bound=lambda theta, bound: bound * (1 - 1 / theta["N"])),
            "H(Q) - 1/(2N)": Variant(adjust_bound=lambda theta, bound: bound - 1 / (2 * theta["N"])),
        },
        note="one step, so it holds for growing samples as well (R3)",
        proved="KL >= 0 in the entropy identity, with equality only at Q' = Q",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-loss-upper-bound",
        item="M2",
        reading="R2",
        statement="The loss of one generation is at most log(1 + (K-1)/N), K the number of types of Q.",
        source="master result M2; van Erven and Harremoes (2014) for KL <= log(1 + chi2)",
        route="EX",
        expected="SUPPORTED",
        relation="<=",
        domain={"K": (2, 3, 4, 5, 6), "N": (*range(1, 13), 15, 20, 30, 50)},
        value=_loss,
        bound=_loss_bound,
        delta=1e-12,
        mutants={
            "(K-1)/(2N)": Variant(bound=_first_order_loss),
            "log(1 + (K-1)/(2N))": Variant(bound=_half_chi_square_bound),
        },
        proved="KL <= log(1 + chi2), Jensen, E chi2 = (K-1)/N",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-total-loss",
        item="M2",
        reading="R2",
        statement="Without real data all losses together are the entropy at the start: "
        "sum_t E KL(Q_{t+1} || Q_t) = H(Q_0).",
        source=f"master result M2, from {SOURCE}",
        route="REC",
        expected="SUPPORTED",
        relation="==",
        domain={"N": (2, 5, 10, 20, 50), "Q0": _STARTS},
        value=_total_loss,
        bound=_initial_entropy,
        delta=1e-9,
        mutants={"stop at T=N": Variant(value=_loss_until_size), "KL reversed": Variant(value=_reversed_loss)},
        note="summed to T = 40 N; the rest is below 2e-15",
        proved="entropy identity summed; the chain is absorbed at point masses",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-support-monotone",
        item="Thm 2",
        reading="R2",
        statement="Without real data the support never grows: P(supp Q_{t+1} is not inside supp Q_t) = 0 at every "
        "lattice model.",
        source=f"{SOURCE}, in the form that holds along every path",
        route="EX",
        expected="SUPPORTED",
        relation="==",
        domain={"K": (2, 3, 4), "N": (1, 2, 3, 4, 5)},
        value=_support_gain,
        bound=_never,
        delta=0,
        mutants={"1 % real": Variant(value=_support_gain_mixed), "add .001": Variant(value=_support_gain_smoothed)},
        proved="a type of probability 0 has no draws",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-zero-mass",
        item="Thm 2",
        reading="R2",
        statement="A type of probability p < 1/N gets no mass in the next generation: P(absent) = 1.",
        source=SOURCE,
        route="CF",
        expected="REFUTED",
        relation="==",
        domain={"N": (2, 10, 100, 1000), "Np": (Fraction(1, 2), Fraction(1, 10), Fraction(9, 10))},
        value=_absent_probability,
        bound=_always,
        delta=0,
        simulate=_absent_draws,
        simulate_tail=Tail(lower=0.0, upper=1.0, reason="an indicator"),
        mutants={
            "(1-p)^(N-1)": Variant(bound=_one_draw_less),
            "exp(-2Np)": Variant(bound=_double_exponent),
        },
        controls={"(1-p)^N": Variant(bound=_absent_formula, must="SUPPORTED")},
        note="the correct value is (1-p)^N, about exp(-Np)",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-fixed-variance",
        item="Thm 2",
        reading="R5",
        statement="Where only the mean is fitted, as in squared-error learning, the entropy still falls strictly.",
        source=f"{SOURCE}, under Eq. (13) with constant noise",
        route="CF",
        expected="REFUTED",
        relation="<",
        domain={"s2": (1.0, 0.25, 4.0)},
        value=_entropy_after_mean_fit,
        bound=_entropy_of_start,
        delta=0,
        controls={"variance fitted, N=2": Variant(value=_entropy_after_variance_fit, must="SUPPORTED")},
        note="the entropy of N(mu_t, s2) does not depend on mu_t: the effect is exactly 0",
        corrected_by=("thm2-gaussian-exact-drop",),
        decided_at="smoke",
    ),
    Claim(
        id="cor3-fixed-p",
        item="Cor 3",
        reading="R2",
        statement="The mutual information between P and Q_t does not rise, P being a constant; all readings.",
        source="arXiv:2601.05280v2, Corollary 3",
        route="CF",
        expected="VACUOUS",
        reason="P is not random, so I(P; Q_t) = 0 at every t. With a prior on P the sentence has content: "
        "cor3-prior-alpha-zero.",
        corrected_by=("cor3-prior-alpha-zero",),
    ),
    Claim(
        id="thm2-pathwise-fraction",
        item="Thm 2",
        reading="R2",
        statement="Entropy hardly ever rises along a path: of the steps that start off a point mass at most 15 % raise "
        "it. Zipf law on 20 types, 2N generations but at most 200.",
        source=f"{SOURCE}, and the word monotonic in the abstract",
        route="EP",
        expected="REFUTED",
        relation="<=",
        domain={"N": (10, 100, 1000)},
        sample=_rising_excess,
        bound=lambda theta: 0.0,
        tail=Tail(lower=-_SHARE, upper=1 - _SHARE, reason="a mean of steps that are each -0.15, 0 or 0.85"),
        slack=_fraction_slack,
        delta=0.02,
        batch_size=512,
        mutants={
            "at least 50 %": Variant(
                sample=_rising_excess_over_half,
                relation=">=",
                tail=Tail(lower=-0.5, upper=0.5, reason="a mean of steps that are each -0.5, 0 or 0.5"),
                domain={"N": (10,)},
            )
        },
        note="monotonic would mean 0 %; 15 % is a generous reading. At N=10 the first step never raises it: "
        "log 10 < H(P) = 2.528",
        corrected_by=("thm2-supermartingale", "thm2-support-monotone"),
    ),
    Claim(
        id="thm2-decrease-pathwise",
        item="Thm 2",
        reading="R2",
        statement="Entropy falls along every path: P(H(Q_{t+1}) > H(Q_t)) = 0 at every lattice model with two types.",
        source="arXiv:2601.05280v2, abstract (monotonic) and Theorem 2",
        route="EX",
        expected="REFUTED",
        relation="==",
        domain={"N": (1, 2, 3, 4, 5, 10, 20), "n": tuple(range(1, 11))},
        where=lambda theta: 2 * theta["n"] <= theta["N"],
        value=_rise_probability,
        bound=_never,
        delta=0,
        simulate=_rise_draws,
        simulate_tail=Tail(lower=0.0, upper=1.0, reason="an indicator"),
        controls={"support size": Variant(value=_support_growth, must="SUPPORTED")},
        corrected_by=("thm2-supermartingale", "thm2-support-monotone"),
        decided_at="smoke",
    ),
)
