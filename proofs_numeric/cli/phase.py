"""`zenil phase` and the arguments it takes."""

from typing import Annotated

import typer

Samples = Annotated[
    list[str] | None,
    typer.Option("--num-samples", metavar="SPEC", help="N_t; may be repeated.", show_default=False),
]
Fractions = Annotated[
    list[str] | None,
    typer.Option("--exogenous-fraction", metavar="SPEC", help="alpha_t; may be repeated.", show_default=False),
]
Growth = Annotated[
    str, typer.Option("--growth", metavar="P,P,...", help="Exponents p of N_t = N_0 (t + 1)^p, without SPECs.")
]
Decay = Annotated[
    str, typer.Option("--decay", metavar="Q,Q,...", help="Exponents q of alpha_t = alpha_0 (t + 1)^-q, without SPECs.")
]
FirstSamples = Annotated[str, typer.Option("--first-num-samples", metavar="N", help="N_0.")]
FirstFraction = Annotated[str, typer.Option("--first-fraction", metavar="A", help="alpha_0 in (0, 1].")]
Horizon = Annotated[int, typer.Option("--num-generations", metavar="T", help="Horizon of the exact recursion.")]
JsonFile = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is stdout.", show_default=False)
]
Plot = Annotated[
    str | None,
    typer.Option("--plot", metavar="FILE", help="Draw the diagram; .png, .svg or .pdf.", show_default=False),
]

EXPONENTS = "0,0.25,0.5,0.75,1,1.25,1.5,1.75,2"
FAMILY = (EXPONENTS, EXPONENTS, "20", "0.5")


def phase(
    num_samples: Samples = None,
    exogenous_fraction: Fractions = None,
    growth: Growth = EXPONENTS,
    decay: Decay = EXPONENTS,
    first_num_samples: FirstSamples = FAMILY[2],
    first_fraction: FirstFraction = FAMILY[3],
    num_generations: Horizon = 1000,
    json: JsonFile = None,
    plot: Plot = None,
) -> None:
    """Classify schedules (N_t, alpha_t) by what becomes of diversity, in the long run and after T generations.

    Without SPECs: a grid of power laws. With SPECs of both: every pair of them.
    """
    from proofs_numeric.cli.outputs import check_names, write_document
    from proofs_numeric.cli.phase_grid import document, evaluate, given, powers, save_plot
    from proofs_numeric.cli.phase_tables import print_phases
    from proofs_numeric.cli.specs import check_horizon

    check_names(json, plot)
    family = (growth, decay, first_num_samples, first_fraction)
    if num_samples or exogenous_fraction:
        if family != FAMILY:
            raise ValueError(
                "--growth, --decay, --first-num-samples and --first-fraction shape the grid of power laws. Leave them "
                "out beside --num-samples and --exogenous-fraction."
            )
        grid = given(num_samples or [], exogenous_fraction or [])
    else:
        grid = powers(*family)
    result = evaluate(grid, check_horizon(num_generations))
    write_document(document(result), json)
    if plot is not None:
        save_plot(result, plot)
    if json != "-":
        print_phases(result)
