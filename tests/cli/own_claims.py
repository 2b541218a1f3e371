"""Claims of a user's own file, for the tests of `zenil verify`."""

from fractions import Fraction

import jax

from proofs_numeric import Claim, Tail, Variant


def _shares(theta):
    return Fraction(theta["n"] - 1, theta["n"]), Fraction(1)


def _share(theta):
    return _shares(theta)[0]


def _half(theta):
    return Fraction(1, 2)


def _coins(theta, key, num_replicates):
    return jax.random.bernoulli(key, theta["p"], (num_replicates,)).astype("float32")


def _low(theta):
    return 0.2


CLAIMS = (
    Claim(
        id="own-true",
        item="Own 1",
        reading="R2",
        statement="(n-1)/n <= 1",
        source="Definition",
        route="EX",
        expected="SUPPORTED",
        relation="<=",
        domain={"n": (2, 3)},
        evaluate=_shares,
        mutants={"bound 1/2": Variant(bound=_half)},
        decided_at="smoke",
    ),
    Claim(
        id="own-false",
        item="Own 1",
        reading="R2",
        statement="(n-1)/n <= 1/2",
        source="Definition",
        route="EX",
        expected="REFUTED",
        relation="<=",
        domain={"n": (2, 3)},
        value=_share,
        bound=_half,
        corrected_by=("own-true",),
        controls={"n = 2": Variant(domain={"n": (2,)})},
        decided_at="smoke",
    ),
    Claim(
        id="own-coin",
        item="Own 2",
        reading="R2",
        statement="a coin of p = 1/2 lands heads with probability at most 0.2",
        source="Definition",
        route="EP",
        expected="REFUTED",
        relation="<=",
        domain={"p": (0.5,)},
        sample=_coins,
        bound=_low,
        tail=Tail(lower=0.0, upper=1.0, reason="an indicator"),
        slack=1e-6,
        delta=0.1,
        decided_at="smoke",
    ),
    Claim(
        id="own-limit",
        item="Own 2",
        reading="R2",
        statement="a limit",
        source="Definition",
        route="CF",
        expected="NOT_TESTABLE",
        reason="no rate",
    ),
)
