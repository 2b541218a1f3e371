"""Answers "how fast, and how far from the limit?": `python -m benchmarks [--quick] [--accelerator] [--scaling]`."""

import os
import pathlib
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    only: Annotated[str, typer.Option(help="Workloads, such as W1,W3; all when empty.")] = "",
    repeats: Annotated[int, typer.Option(min=1, help="Timed rounds after the warm-up.")] = 7,
    quick: Annotated[bool, typer.Option(help="Toy sizes: does everything run and pass its law?")] = False,
    accelerator: Annotated[bool, typer.Option(help="Sizes that fill a GPU; rivals on CPU cores are skipped.")] = False,
    scaling: Annotated[bool, typer.Option(help="Only the sweeps over R, K, N, T and cores.")] = False,
    out: Annotated[pathlib.Path | None, typer.Option(help="Result file; by default one a machine in results/.")] = None,
    table: Annotated[bool, typer.Option(help="Only rewrite the tables of benchmarks/README.md.")] = False,
) -> None:
    """Time `zenil_dynamics` beside its rivals, each result checked against its exact law first."""
    # Equinox reads this when it is imported: a check that raises would be timed as well.
    os.environ.setdefault("EQX_ON_ERROR", "nan")
    from benchmarks import laws, session
    from benchmarks import table as tables

    console = Console(soft_wrap=True, highlight=False)
    try:
        if table:
            console.print(tables.update(), markup=False)
            return
        size = "quick" if quick else "accelerator" if accelerator else "full"
        if quick and accelerator:
            raise ValueError("`--quick` and `--accelerator` are two sizes; got both. Name one.")
        path, document = session.measure(
            only=only,
            repeats=repeats,
            size=size,
            out=out,
            say=lambda line: console.print(line, markup=False),
            scaling=scaling,
        )
    except (ValueError, laws.WrongResult) as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"error: {error}", markup=False, style="red")
        raise typer.Exit(1 if isinstance(error, laws.WrongResult) else 2) from None
    for identifier, workload in document["workloads"].items():
        for goal in workload["goals"]:
            ratio = "-" if goal["ratio"] is None else f"{goal['ratio']:.2f}"
            console.print(
                f"{identifier} goal: {goal['sentence']}: ratio {ratio}, {tables.distance(goal)}", markup=False
            )
    console.print(f"written: {path.name}", markup=False)


if __name__ == "__main__":
    app()
