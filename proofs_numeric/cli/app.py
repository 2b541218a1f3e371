"""The command `zenil`: its subcommands and its entry point.

JAX, the library and Matplotlib are imported by the commands that need them, so that `--help` answers at once.
"""

import os
import sys
from typing import Annotated

import typer

from proofs_numeric.cli.boundary import EXIT_INTERRUPTED, OneLineErrors
from proofs_numeric.cli.claims import list_claims, show_claim
from proofs_numeric.cli.ctm import ctm
from proofs_numeric.cli.phase import phase
from proofs_numeric.cli.plan import plan
from proofs_numeric.cli.questions import list_questions, run_questions
from proofs_numeric.cli.resume import resume
from proofs_numeric.cli.simulate import simulate
from proofs_numeric.cli.verify import verify

app = typer.Typer(
    name="zenil",
    cls=OneLineErrors,
    help="Recursive self-training as a dynamical system, and verdicts on what is claimed about it.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
claims = typer.Typer(help="The catalogue of claims, in words.", no_args_is_help=True)
claims.command("list")(list_claims)
claims.command("show")(show_claim)
questions = typer.Typer(help="Open questions: estimates with intervals, no verdicts.", no_args_is_help=True)
questions.command("list")(list_questions)
questions.command("run")(run_questions)
app.command()(verify)
app.command()(simulate)
app.command()(resume)
app.command()(phase)
app.command()(plan)
app.command()(ctm)
app.add_typer(claims, name="claims")
app.add_typer(questions, name="questions")


def print_version(wanted: bool) -> None:
    """Print the version of the installed distribution."""
    if not wanted:
        return
    from importlib import metadata

    try:
        version = metadata.version("zenil-dynamics")
    except metadata.PackageNotFoundError:  # run from a source tree
        version = "source"
    print(f"zenil {version}")
    raise typer.Exit


@app.callback(invoke_without_command=True)
def zenil(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Recursive self-training as a dynamical system, and verdicts on what is claimed about it."""
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """Run the command line; the entry point of the script `zenil`.

    An interrupted process ends at once: what can be saved is saved, and taking JAX apart while it compiles or looks for
    devices may crash or wait for a minute. One of several says goodbye to the others first.
    """
    try:
        app()
    except SystemExit as end:
        jax = sys.modules.get("jax")
        if end.code != EXIT_INTERRUPTED or (jax is not None and jax.distributed.is_initialized()):
            raise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(EXIT_INTERRUPTED)
