"""Claims about the dynamics, and verdicts with a guaranteed error probability.

Every name is loaded when it is first asked for, so that the command line answers `--help` without loading JAX.
"""

import importlib as _importlib
import typing as _typing

if _typing.TYPE_CHECKING:
    from proofs_numeric.budget import BUDGETS as BUDGETS
    from proofs_numeric.budget import Budget as Budget
    from proofs_numeric.claim import Claim as Claim
    from proofs_numeric.claim import Route as Route
    from proofs_numeric.claim import Tail as Tail
    from proofs_numeric.claim import Variant as Variant
    from proofs_numeric.engine import check as check
    from proofs_numeric.engine import run_claim as run_claim
    from proofs_numeric.engine import run_claims as run_claims
    from proofs_numeric.evidence import to_json as to_json
    from proofs_numeric.intervals import Interval as Interval
    from proofs_numeric.keys import derive_key as derive_key
    from proofs_numeric.keys import fresh_root as fresh_root
    from proofs_numeric.outcome import Outcome as Outcome
    from proofs_numeric.search import Progress as Progress
    from proofs_numeric.verdict import Instance as Instance
    from proofs_numeric.verdict import Rung as Rung
    from proofs_numeric.verdict import Status as Status
    from proofs_numeric.verdict import Verdict as Verdict

_LATER = {
    "BUDGETS": "proofs_numeric.budget",
    "Budget": "proofs_numeric.budget",
    "Claim": "proofs_numeric.claim",
    "Route": "proofs_numeric.claim",
    "Tail": "proofs_numeric.claim",
    "Variant": "proofs_numeric.claim",
    "check": "proofs_numeric.engine",
    "run_claim": "proofs_numeric.engine",
    "run_claims": "proofs_numeric.engine",
    "to_json": "proofs_numeric.evidence",
    "Interval": "proofs_numeric.intervals",
    "derive_key": "proofs_numeric.keys",
    "fresh_root": "proofs_numeric.keys",
    "Outcome": "proofs_numeric.outcome",
    "Progress": "proofs_numeric.search",
    "Instance": "proofs_numeric.verdict",
    "Rung": "proofs_numeric.verdict",
    "Status": "proofs_numeric.verdict",
    "Verdict": "proofs_numeric.verdict",
}


def __getattr__(name: str) -> _typing.Any:
    """Load a name of `_LATER` (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(_importlib.import_module(_LATER[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the names of `_LATER` as well."""
    return sorted({*globals(), *_LATER})
