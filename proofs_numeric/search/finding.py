"""What a search over the domain of a claim found."""

from dataclasses import dataclass

from proofs_numeric.outcome import Outcome
from proofs_numeric.search.domain_sweep import Sweep
from proofs_numeric.verdict import Status


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a search over the domain found. Definition.

    Args:
        status: of the claim on the examples visited.
        outcomes: of every example visited.
        minimal: simplest refuted example, or None.
        convincing: refuted example with most conviction, or None.
        closest: example nearest to a violation, None if nothing was visited.
        complete: every admitted example of the domain was decided.
        log_e: merged evidence, nats; its mean with that of the domain sweep where there is one; None for exact routes.
        note: one sentence, empty if there is nothing to say.
        sweep: what the domain sweep ended as, None without one.
        num_climbed: examples that a gradient led to and nothing before it.
        num_recompiled: examples after the first one at which something was compiled.
        num_compilations: programs compiled, those of the first example included.
    """

    status: Status
    outcomes: tuple[Outcome, ...] = ()
    minimal: Outcome | None = None
    convincing: Outcome | None = None
    closest: Outcome | None = None
    complete: bool = True
    log_e: float | None = None
    note: str = ""
    sweep: Sweep | None = None
    num_climbed: int = 0
    num_recompiled: int = 0
    num_compilations: int = 0

    @property
    def num_samples(self) -> int:
        """Samples drawn over all examples. Definition."""
        return sum(outcome.n for outcome in self.outcomes) + (0 if self.sweep is None else self.sweep.n)
