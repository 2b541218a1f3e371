"""The pictures of a report: SVG whose colours are variables of the page that holds them.

Pure functions of the report's JSON. Matplotlib draws with colours that stand for roles and are then replaced by CSS
variables, so that one picture serves a light page, a dark one and paper.
"""

import html
import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

ROLES = {
    "ink": "#010101",
    "muted": "#020202",
    "value": "#030303",
    "bound": "#040404",
    "against": "#050505",
    "favour": "#060606",
}
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "zenil",
    "font.size": 9,
    "font.family": "sans-serif",
    "axes.edgecolor": ROLES["muted"],
    "axes.labelcolor": ROLES["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "xtick.color": ROLES["muted"],
    "ytick.color": ROLES["muted"],
    "xtick.labelcolor": ROLES["ink"],
    "ytick.labelcolor": ROLES["ink"],
    "text.parse_math": False,
    "path.simplify": True,
}
_SIZE = (4.4, 2.4)
"""Inches."""
_TICKS, _LABEL, _BARE, _LETTER = 0.52, 0.2, 0.22, 0.078
"""Inches: numbers beside an axis, its name, numbers below it, one letter of a name."""
_SHORTEST = 24


def curve_picture(claim: Mapping[str, Any]) -> str:
    """Value and bound along one parameter.

    Args:
        claim: entry of the report's JSON with a "curve".

    Returns:
        An `<svg>` element with an accessible name.

    Source: Definition.
    """
    curve = claim["curve"]
    words = f"{claim['id']}: value and bound along {curve['parameter']}. {curve_words(curve)}"
    numeric = all(not isinstance(place, str) for place in curve["places"])
    with matplotlib.rc_context(_SETTINGS):
        if numeric:
            figure, axes = _figure(_SIZE[1], left=_TICKS)
        else:
            longest = max(len(_short(place)) for place in curve["places"])
            figure, axes = _figure(0.5 + 0.3 * len(curve["places"]), left=0.15 + _LETTER * longest, bottom=_BARE)
        (_ordered_curve if numeric else _named_curve)(axes, curve)
        return _svg(figure, words)


def _ordered_curve(axes: Axes, curve: Mapping[str, Any]) -> None:
    places, values, bounds = curve["places"], _floats(curve["values"]), _floats(curve["bounds"])
    if curve["spread"] and curve["num_draws"]:
        low, high = zip(*(map(_float, pair) for pair in curve["spread"]), strict=True)
        axes.fill_between(places, low, high, color=ROLES["value"], alpha=0.15, linewidth=0)
    axes.plot(places, bounds, color=ROLES["bound"], linestyle=(0, (4, 2)), linewidth=1.4)
    if curve["intervals"]:
        errors = [
            [max(v - _float(low), 0.0) for v, (low, _) in zip(values, curve["intervals"], strict=True)],
            [max(_float(high) - v, 0.0) for v, (_, high) in zip(values, curve["intervals"], strict=True)],
        ]
        axes.errorbar(places, values, yerr=errors, color=ROLES["value"], fmt="o", markersize=3, linewidth=1.2)
    else:
        dots = {"marker": "o", "markersize": 3} if len(places) <= _SHORTEST else {}
        axes.plot(places, values, color=ROLES["value"], linewidth=1.2, **dots)
    if curve["at"] is not None:
        axes.axvline(places[curve["at"]], color=ROLES["muted"], linewidth=0.8, linestyle=":")
    _scale(axes, "x", places)
    _scale(axes, "y", [*values, *bounds])
    axes.set_xlabel(curve["parameter"])


def _named_curve(axes: Axes, curve: Mapping[str, Any]) -> None:
    rows = range(len(curve["places"]))
    values, bounds = _floats(curve["values"]), _floats(curve["bounds"])
    axes.scatter(bounds, rows, marker="|", s=160, color=ROLES["bound"], linewidth=1.6)
    if curve["intervals"]:
        for row, (low, high) in zip(rows, curve["intervals"], strict=True):
            axes.plot([_float(low), _float(high)], [row, row], color=ROLES["value"], linewidth=1.2)
    axes.scatter(values, rows, s=14, color=ROLES["value"])
    axes.set_yticks(list(rows), [_short(place) for place in curve["places"]])
    axes.set_ylim(len(curve["places"]) - 0.5, -0.5)
    if curve["at"] is not None:
        axes.axhline(curve["at"], color=ROLES["muted"], linewidth=0.8, linestyle=":")
    _scale(axes, "x", [*values, *bounds])


def curve_words(curve: Mapping[str, Any]) -> str:
    """What a curve shows, in one sentence. Definition."""
    pairs = list(zip(curve["places"], curve["values"], curve["bounds"], strict=True))
    shown = [pairs[0], pairs[-1]] if curve["at"] is None else [pairs[0], pairs[curve["at"]], pairs[-1]]
    return "; ".join(
        f"at {curve['parameter']} = {_short(place)} {_number(value)} against {_number(bound)}"
        for place, value, bound in dict.fromkeys(shown)
    )


def evidence_picture(claim: Mapping[str, Any]) -> str:
    """Evidence after each batch against the thresholds.

    Args:
        claim: entry of the report's JSON with an "evidence_path".

    Returns:
        An `<svg>` element with an accessible name.

    Source: Definition.
    """
    path = claim["evidence_path"]
    words = f"{claim['id']}: evidence by draws. {evidence_words(path)}"
    with matplotlib.rc_context(_SETTINGS):
        figure, axes = _figure(_SIZE[1], left=_TICKS + _LABEL)
        draws = [0, *path["n"]]
        axes.plot(draws, [0.0, *_floats(path["against"])], color=ROLES["against"], linewidth=1.4)
        axes.axhline(path["refutes_at"], color=ROLES["against"], linewidth=0.9, linestyle=(0, (4, 2)))
        if path["in_favour"]:
            axes.plot(draws, [0.0, *_floats(path["in_favour"])], color=ROLES["favour"], linewidth=1.4)
            axes.axhline(path["supports_at"], color=ROLES["favour"], linewidth=0.9, linestyle=(0, (4, 2)))
        # Evidence that sinks, or soars, says no more than that it does.
        highest = max([path["refutes_at"], *_floats(path["against"]), *_floats(path["in_favour"] or [])])
        axes.set_ylim(-0.25 * path["refutes_at"], 1.06 * min(highest, 2.5 * path["refutes_at"]))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set_xlabel("draws")
        axes.set_ylabel("log10 e")
        return _svg(figure, words)


def evidence_words(path: Mapping[str, Any]) -> str:
    """Where a path of evidence ended, in one sentence. Definition."""
    words = f"after {path['n'][-1]} draws log10 e against is {_number(path['against'][-1])}, refuting at "
    words += _number(path["refutes_at"])
    if path["in_favour"]:
        words += f"; in favour {_number(path['in_favour'][-1])}, supporting at {_number(path['supports_at'])}"
    return words


def instance_picture(claim: Mapping[str, Any], instances: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Value and bound of examples on one line each, with intervals; the side that the claim allows is shaded.

    Args:
        claim: entry of the report's JSON.
        instances: (name, instance) from top to bottom, with finite values.

    Returns:
        An `<svg>` element with an accessible name.

    Source: Definition.
    """
    words = f"{claim['id']}: " + "; ".join(
        f"{name}: value {_number(each['value'])}, bound {_number(each['bound'])}" for name, each in instances
    )
    with matplotlib.rc_context(_SETTINGS):
        figure, rows = _figure(0.8 * len(instances), left=0.15, bottom=_BARE, top=0.2, rows=len(instances))
        for axes, (name, each) in zip(rows if len(instances) > 1 else [rows], instances, strict=True):
            _instance(axes, claim["relation"], name, each)
        return _svg(figure, words)


def _instance(axes: Axes, relation: str, name: str, each: Mapping[str, Any]) -> None:
    value, bound = _float(each["value"]), _float(each["bound"])
    low, high = each["interval"] or (0.0, 0.0)
    ends = [value, bound, bound + _float(low), bound + _float(high)] if each["interval"] else [value, bound]
    room = 0.12 * (max(ends) - min(ends) or abs(bound) or 1.0)
    left, right = min(ends) - room, max(ends) + room
    if relation in ("<=", "<"):
        axes.axvspan(left, bound, color=ROLES["bound"], alpha=0.12, linewidth=0)
    elif relation in (">=", ">"):
        axes.axvspan(bound, right, color=ROLES["bound"], alpha=0.12, linewidth=0)
    axes.axvline(bound, color=ROLES["bound"], linewidth=1.6)
    if each["interval"]:
        axes.plot([bound + _float(low), bound + _float(high)], [0, 0], color=ROLES["value"], linewidth=1.4)
    axes.plot([value], [0], "o", color=ROLES["value"], markersize=5)
    axes.set_xlim(left, right)
    axes.set_ylim(-1, 1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    _round_ticks(axes.xaxis, [left, right])
    axes.set_title(name, fontsize=9, loc="left", color=ROLES["ink"], pad=2)


def _figure(height: float, *, left: float, bottom: float = 0.42, top: float = 0.1, rows: int = 1) -> tuple[Figure, Any]:
    """A figure with margins in inches; a layout that looks for them would draw everything twice."""
    width = _SIZE[0]
    figure = Figure(figsize=(width, height))
    axes = figure.subplots(rows)
    each = (height - rows * (bottom + top)) / rows
    figure.subplots_adjust(
        left=left / width,
        right=1 - 0.12 / width,
        bottom=bottom / height,
        top=1 - top / height,
        hspace=(bottom + top) / each,
    )
    return figure, axes


def _scale(axes: Axes, which: str, numbers: Sequence[float]) -> None:
    """A logarithmic axis where the numbers span orders of magnitude, else a linear one with round ticks."""
    finite = [number for number in numbers if math.isfinite(number)]
    wide = bool(finite) and min(finite) > 0 and max(finite) > (40 if which == "x" else 500) * min(finite)
    axis = axes.xaxis if which == "x" else axes.yaxis
    if wide:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        axis.set_major_locator(LogLocator(numticks=6))
        axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
        axis.set_minor_locator(NullLocator())
    else:
        _round_ticks(axis, finite)


def _round_ticks(axis: Axis, numbers: Sequence[float]) -> None:
    """Round ticks, with as many digits as tell them apart: an offset beside the axis is easily missed."""
    size = max(map(abs, numbers), default=0.0)
    span = max(numbers, default=0.0) - min(numbers, default=0.0)
    digits = 3 if span <= 0 else min(15, max(3, 2 + math.ceil(-math.log10(span / size))))
    axis.set_major_locator(MaxNLocator(5 if digits <= 4 else 3))
    axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:.{digits}g}"))


def _svg(figure: Figure, words: str) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    # Many pictures share a page, where an id may occur once.
    text = re.sub(r'<g id="[a-z]+_\d+">', "<g>", text)
    # A tenth of a pixel is enough for a path; what stands between tags is text and stays.
    text = re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\d+\.\d)\d+", r"\1", tag[0]), text)
    text = re.sub(r"font: (\d+)px [^;\"]*", r"font-size: \1px", text)
    for role, colour in ROLES.items():
        text = text.replace(colour, f"var(--{role})")
    name = html.escape(words, quote=True)
    text = re.sub(r"<svg [^>]*viewBox=\"([^\"]*)\"[^>]*>", rf'<svg viewBox="\1" role="img" aria-label="{name}">', text)
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def _float(number: Any) -> float:
    return math.nan if number is None else float(number)


def _floats(numbers: Sequence[Any]) -> list[float]:
    return [_float(number) for number in numbers]


def _short(place: Any) -> str:
    text = f"{place:.6g}" if isinstance(place, float) else str(place)
    return text if len(text) <= _SHORTEST else text[: _SHORTEST - 1] + "…"


def _number(number: Any) -> str:
    return "not a number" if number is None else f"{number:.4g}"
