"""What `zenil plan` prints: the answer, then what survives."""

import math

from rich.markup import escape
from rich.table import Table

from proofs_numeric.cli.planning import Plan
from proofs_numeric.cli.survival import Diversity, Vocabulary
from proofs_numeric.cli.tables import console


def print_plan(plan: Plan) -> None:
    """Print one line per fact.

    Source: Definition.
    """
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    when = "in the long run" if math.isinf(plan.loop.num_generations) else f"at t = {plan.loop.num_generations:.0f}"
    rows = {
        "N per generation": str(plan.loop.num_samples) + note(plan, "num_samples"),
        "real share alpha": str(plan.loop.exogenous_fraction) + real_draws(plan) + note(plan, "exogenous_fraction"),
        f"diversity {when}": share_of(plan.diversity),
        "half-life of diversity": half_life(plan.diversity),
        "long run": long_run(plan.diversity),
        **survivors(plan.vocabulary, when),
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, escape(value))
    console().print(table)


def note(plan: Plan, name: str) -> str:
    """How sure the answer is that nothing smaller would do."""
    if plan.found != name:
        return ""
    value = float(plan.loop.num_samples.value if name == "num_samples" else plan.loop.exogenous_fraction.value)
    if plan.necessary >= value * (1 - 1e-4):
        return "  <- the least that keeps what is wanted"
    return f"  <- enough to keep what is wanted; less than {plan.necessary:.6g} is not"


def real_draws(plan: Plan) -> str:
    """Real draws per generation."""
    if not plan.real_draws:
        return ""
    if plan.loop.mixing == "stratified":
        return f", {plan.real_draws:.0f} real draws per generation"
    return f", {plan.real_draws:.6g} real draws per generation on average"


def share_of(kept: Diversity) -> str:
    """Retained share and its rung."""
    if kept.lower != kept.upper:
        return f"between {kept.lower:.6g} and {kept.upper:.6g} of that of P ({kept.rung})"
    error = f" ± {kept.error:.1g}" if kept.error else ""
    return f"{kept.lower:.6g}{error} of that of P ({kept.rung})"


def half_life(kept: Diversity) -> str:
    """When half is lost."""
    if math.isinf(kept.half_life):
        return "none: more than half is kept for ever"
    if math.isfinite(kept.half_life):
        return f"{kept.half_life:.0f} generation{'s' * (kept.half_life != 1)}"
    return f"more than {kept.searched} generations" if kept.searched else ""


def long_run(kept: Diversity) -> str:
    """Class and limit."""
    if kept.phase is None:
        return ""
    phase = kept.phase
    limit = f", g -> {phase.limit:.6g}" if phase.lower == phase.upper else ""
    return f"{phase.regime}{limit}: {phase.reason}"


def survivors(survey: Vocabulary | None, when: str) -> dict[str, str]:
    """Vocabulary and missing mass."""
    if survey is None:
        return {}
    return {
        f"types alive {when}": f"{pair(survey.alive)} of {survey.num_types} ({survey.rung})",
        f"missing mass {when}": f"{pair(survey.missing)} of P ({survey.rung})",
    }


def pair(bounds: tuple[float, float]) -> str:
    """One number, or two that it lies between."""
    low, high = (f"{bound:.6g}" for bound in bounds)
    return low if low == high else f"between {low} and {high}"
