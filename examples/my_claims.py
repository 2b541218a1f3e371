"""A claim of one's own in twelve lines of code, decided by `zenil verify my_claims.py`."""

import zenil_dynamics as zd
from proofs_numeric import Claim, Tail, Variant


def kept(theta, key, size):
    """Diversity after N generations of independent loops, one number per replicate."""
    loop = zd.System(zd.Categorical.uniform(support_size=4), num_samples=theta["N"])
    run = zd.simulate(loop, num_generations=8, num_replicates=size, key=key, record=("diversity",), keep="replicates")
    return run.replicates["diversity"][:, theta["N"]]


half_survives = Claim(
    id="half-survives", item="Mine", reading="R2", source="Definition", route="EP", relation=">=", expected="REFUTED",
    statement="After N generations on its own output a model keeps half of its diversity, 3/8 of 3/4, in expectation.",
    domain={"N": (4, 8)}, sample=kept, bound=lambda theta: 3 / 8, delta=0.01, slack=1e-5,
    tail=Tail(lower=0.0, upper=0.75), controls={"a quarter": Variant(bound=lambda theta: 3 / 16, must="SUPPORTED")},
)  # fmt: skip
