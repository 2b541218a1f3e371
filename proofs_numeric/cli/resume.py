"""`zenil resume`: an interrupted simulation goes on."""

import contextlib
import dataclasses
import pathlib
from typing import Annotated

import typer

from proofs_numeric.cli.arguments import RESULT_NAME, recall
from proofs_numeric.cli.cluster import Cluster, Coordinator, Distributed, NumProcesses, ProcessId


def resume(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder that --out named.", show_default=False)],
    quiet: Annotated[bool, typer.Option("--quiet", help="No table and no progress.")] = False,
    distributed: Distributed = False,
    coordinator: Coordinator = None,
    num_processes: NumProcesses = None,
    process_id: ProcessId = None,
) -> None:
    """Go on with a simulation that was interrupted; the result has the same bits as an uninterrupted one."""
    cluster = Cluster(distributed, coordinator, num_processes, process_id)
    path = pathlib.Path(folder).resolve()
    arguments, directory = recall(path)
    if (path / RESULT_NAME).exists():
        raise ValueError(f"the run in {folder!r} is finished: see {RESULT_NAME} there. Nothing is left to resume.")
    if not directory.is_dir():
        raise ValueError(f"the run was started in {str(directory)!r}, which is gone. Run zenil simulate again.")
    from proofs_numeric.cli.run import run

    # The folder may have been moved since; every other relative name refers to where the run was started.
    arguments = dataclasses.replace(arguments, out=str(path), quiet=arguments.quiet or quiet)
    with contextlib.chdir(directory):
        run(arguments, cluster)
