"""`zenil verify`: claims are checked, and set beside what was expected of them."""

from typing import Annotated

import typer

from proofs_numeric.cli.cluster import Cluster, Coordinator, Distributed, NumProcesses, ProcessId

BUDGET_NAMES = ("smoke", "quick", "standard", "deep")


def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CLAIM...] [CATALOGUE...] [FILE.py]",
            help="Ids, names of catalogues, files of your own claims; default: all catalogues.",
            show_default=False,
        ),
    ] = None,
    budget: Annotated[str, typer.Option("--budget", help=f"{', '.join(BUDGET_NAMES)}, or seconds as 30s.")] = "quick",
    strict: Annotated[bool, typer.Option("--strict", help="Undecided and not attempted claims part, too.")] = False,
    root: Annotated[
        str | None, typer.Option("--root", metavar="HEX", help="Root of all random keys; default: a new one each run.")
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="Folder of the report; default: report, where all claims are run."),
    ] = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no report.")] = False,
    json_file: Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is stdout.")] = None,
    x64: Annotated[bool, typer.Option("--x64", help="Compute in float64.")] = False,
    resolution: Annotated[
        bool, typer.Option("--resolution", help="Also measure by how much each bound may be wrong before it is seen.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No table and no progress.")] = False,
    distributed: Distributed = False,
    coordinator: Coordinator = None,
    num_processes: NumProcesses = None,
    process_id: ProcessId = None,
) -> None:
    """Check claims; exit code 1 when a verdict parts from its expectation."""
    cluster = Cluster(distributed, coordinator, num_processes, process_id)
    from proofs_numeric.cli.verification import verification

    if no_report and out is not None:
        raise ValueError("--no-report: --out asks for one. Leave out one of them.")
    if out is None and not names and not no_report:
        from proofs_numeric.cli.claims import DEFAULT_REPORT

        out = DEFAULT_REPORT

    if not verification(
        names or [],
        budget=budget,
        strict=strict,
        root=root,
        out=out,
        json_file=json_file,
        x64=x64,
        quiet=quiet,
        resolves=resolution,
        cluster=cluster,
    ):
        from proofs_numeric.cli.boundary import EXIT_PARTED

        raise typer.Exit(EXIT_PARTED)
