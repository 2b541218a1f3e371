"""What the reports say of one claim and of a whole run, in words that the page and the Markdown share."""

from collections.abc import Mapping
from typing import Any

SIGNS = {
    "SUPPORTED": "✓",
    "REFUTED": "✗",
    "UNDECIDED": "?",
    "NOT_TESTABLE": "∞",
    "VACUOUS": "∅",
    "INVALID": "!",
    "NUMERIC": "!",
    "NOT_ATTEMPTED": "…",
}


_RELATIONS = {"<=": "at most", "<": "less than", ">=": "at least", ">": "more than", "==": "equal to"}


def title(content: Mapping[str, Any]) -> str:
    """What a report is about. Definition."""
    catalogues = content["catalogues"]
    if not catalogues:
        return "Verdicts"
    return f"Verdicts: {catalogues[0]['title']}" + (", and related theory" if len(catalogues) > 1 else "")


def summary(content: Mapping[str, Any]) -> str:
    """One sentence: counts, budget, root and error level.

    Args:
        content: what `evidence.to_json` returns.

    Source: Definition.
    """
    counts: dict[str, int] = {}
    for claim in content["claims"]:
        name = claim["status"] if claim["attempted"] else "NOT_ATTEMPTED"
        counts[name] = counts.get(name, 0) + 1
    words = ", ".join(f"{number} {name.lower().replace('_', ' ')}" for name, number in sorted(counts.items()))
    parting = [claim["id"] for claim in content["claims"] if not claim["as_expected"]]
    fate = "all as expected" if not parting else f"apart from their expectation: {', '.join(parting)}"
    budget = content["budget"]
    return (
        f"{len(content['claims'])} claim-readings: {words}; {fate}. Budget `{budget['name']}`, root "
        f"`{content['root']}`, probability that any true claim is reported refuted at most {budget['alpha_suite']:g}."
        f"{_kills(content.get('summary', {}))}"
    )


def _kills(counts: Mapping[str, Any]) -> str:
    """How many mutants were killed, with the interval of the rate."""
    if not counts.get("mutants"):
        return ""
    low, high = counts["kill_interval"]
    killed = f"{counts['mutants_killed']} of {counts['mutants']}"
    return f" Mutants killed: {killed}, a rate in [{low:.3g}, {high:.3g}] at 95 %."


def status(claim: Mapping[str, Any]) -> str:
    """How a claim ended, "NOT_ATTEMPTED" included. Definition."""
    return claim["status"] if claim["attempted"] else "NOT_ATTEMPTED"


def facts(claim: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a verdict rests on, as names and words; words may be empty.

    Args:
        claim: entry of the report's JSON.

    Source: Definition.
    """
    low, high = claim["interval"] or (None, None)
    found = claim["counterexample"] or claim["most_convincing"] or claim["closest"]
    where = "" if found is None else ", ".join(f"{name} = {value}" for name, value in found["theta"].items())
    simulated = claim["simulation"]
    return [
        ("rests on", _basis(claim)),
        ("assurance", claim["assurance"]),
        ("scope", claim["scope"]),
        ("proof", claim["proof"]),
        ("example shown", where),
        (
            "value",
            ""
            if claim["value"] is None
            else f"{number(claim['value'])} {claim['relation']} {number(claim['bound'])} asserted",
        ),
        ("effect", "" if claim["effect"] is None else number(claim["effect"])),
        ("interval of the effect", "" if low is None else f"[{number(low)}, {number(high)}]"),
        (
            "simulated beside it",
            "" if simulated is None else f"{number(simulated['value'])} from {simulated['n']} draws",
        ),
        ("margin", number(claim["delta"]) if claim["delta"] else ""),
        ("numerical slack", number(claim["slack"]) if claim["slack"] else ""),
        ("resolution", _resolution(claim)),
        ("coverage", claim["coverage"]),
        ("assumptions", claim["assumption"]),
        ("domain", _domain(claim)),
        ("note", claim["note"]),
        ("source", claim["source"]),
        ("how we know of it", claim["second_hand"]),
    ]


def _against(claim: Mapping[str, Any]) -> str:
    if claim["value"] is None:
        return ""
    relation = _RELATIONS.get(claim["relation"], claim["relation"])
    return f"{number(claim['value'])}; claimed: {relation} {number(claim['bound'])}"


def _simulated(instance: Mapping[str, Any]) -> str:
    return f"{number(instance['value'])} from {instance['n']} draws"


def _resolution(claim: Mapping[str, Any]) -> str:
    """How small an error of the bound would have been seen, or how to find out."""
    if claim["resolution"]:
        return claim["resolution"]["words"]
    if claim["rung"] != "monte carlo" or claim["status"] != "SUPPORTED":
        return ""
    return f"not measured in this run; {claim['reproduce']} --resolution measures it"


def _basis(claim: Mapping[str, Any]) -> str:
    if not claim["attempted"] or claim["rung"] is None:
        return ""
    if claim["rung"] != "monte carlo":
        return claim["rung"]
    words = f"e-process, {claim['n']} draws"
    if claim["log10_e"] is not None:
        words += f", log10 e {number(claim['log10_e'])} against a threshold of {number(claim['threshold'])}"
    return words


def _domain(claim: Mapping[str, Any]) -> str:
    words = [f"{name} in {{{', '.join(values)}}}" for name, values in claim["domain"].items()]
    return "; ".join([*words, claim["box"]] if claim["box"] else words)


def ended(result: Mapping[str, Any]) -> str:
    """How a mutant or a control ended, in words. Definition."""
    words = result["status"].lower().replace("_", " ")
    draws = f", {result['n']} draws" if result["n"] else ""
    return f"{words}{draws}" + ("" if result["passed"] else f"; required: {result['required'].lower()}")


def number(value: Any) -> str:
    """Six digits; fractions come as strings and stay as they are, lists are shortened. Definition."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
