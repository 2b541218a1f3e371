"""A verdict with its pictures."""

from dataclasses import replace

from proofs_numeric.budget import Budget
from proofs_numeric.claims import Claim, Route
from proofs_numeric.illustration.curves import curve_of
from proofs_numeric.illustration.evidence_paths import evidence_path
from proofs_numeric.progress import Callback, Progress
from proofs_numeric.verdict import Status, Verdict

_DECIDED = (Status.REFUTED, Status.SUPPORTED, Status.UNDECIDED)


def illustrated(verdict: Verdict, claim: Claim, budget: Budget, progress: Callback | None = None) -> Verdict:
    """Add a curve through the example that a verdict shows and, where draws decided, the path of its evidence.

    Args:
        verdict: of this claim under this budget.
        claim: what was asserted.
        budget: of the run.
        progress: called before the work, or None.

    Returns:
        The verdict with pictures; as it was where nothing ran or no example is shown.

    Source: Definition.
    """
    shown = verdict.counterexample or verdict.most_convincing or verdict.closest
    if not claim.runs or not verdict.attempted or shown is None or verdict.status not in _DECIDED:
        return verdict
    if progress is not None:
        progress(Progress(claim_id=claim.id, phase="pictures", num_examples=verdict.num_examples, n=verdict.n))
    # Only the convincing example is sure to have crossed its own threshold.
    strongest = verdict.most_convincing or shown
    return replace(
        verdict,
        curve=curve_of(claim, shown.theta, budget, verdict.root),
        evidence_path=evidence_path(claim, strongest.theta, budget, verdict.root) if claim.route is Route.EP else None,
    )
