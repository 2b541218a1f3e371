"""The flags by which several processes share one command."""

import dataclasses
from typing import Annotated, Any

import typer

Distributed = Annotated[
    bool, typer.Option("--distributed", help="Share the work with the other processes of a cluster.")
]
Coordinator = Annotated[
    str | None,
    typer.Option(
        "--coordinator", metavar="HOST:PORT", help="Where the first process listens; default: ask the cluster."
    ),
]
NumProcesses = Annotated[
    int | None, typer.Option("--num-processes", metavar="N", help="How many there are; default: ask the cluster.")
]
ProcessId = Annotated[
    int | None, typer.Option("--process-id", metavar="I", help="Of this one, from 0; default: ask the cluster.")
]


@dataclasses.dataclass(frozen=True)
class Cluster:
    """What the flags say.

    Attributes:
        distributed: whether there is anybody to share with.
        coordinator, num_processes, process_id: of `zenil_dynamics.distributed.initialize`.

    Raises:
        ValueError: one of the other flags without --distributed.
    """

    distributed: bool = False
    coordinator: str | None = None
    num_processes: int | None = None
    process_id: int | None = None

    def __post_init__(self):
        given = [name for name in ("coordinator", "num_processes", "process_id") if getattr(self, name) is not None]
        if given and not self.distributed:
            raise ValueError(f"--{given[0].replace('_', '-')} needs --distributed.")

    def join(self) -> Any:
        """Meet the other processes; nothing may have touched a device yet.

        Returns:
            `zenil_dynamics.distributed.Processes`: all of them, or this one alone.

        Raises:
            ValueError: no cluster, or flags that contradict each other.

        Source: Definition.
        """
        import zenil_dynamics as zd

        if not self.distributed:
            return zd.distributed.ALONE
        try:
            zd.distributed.initialize(self.coordinator, self.num_processes, self.process_id)
        except ValueError as error:
            raise ValueError(
                f"--distributed: {error} The flags are --coordinator, --num-processes, --process-id."
            ) from None
        return zd.distributed.processes()
