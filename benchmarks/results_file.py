"""`results/<machine>.json`: one file a machine, one entry a workload, each with its own revision and date."""

import json
import pathlib
from typing import Any

SCHEMA = 1
FOLDER = pathlib.Path(__file__).parent / "results"


def merge(path: pathlib.Path, document: dict[str, Any]) -> dict[str, Any]:
    """Write a document, keeping workloads that an earlier run measured and this one did not.

    Raises:
        ValueError: the file there was measured at another size, or is no result file.
    """
    if path.exists():
        earlier = read(path)
        if earlier["size"] != document["size"]:
            raise ValueError(
                f"`out` {path.name} holds {earlier['size']} results and this run made {document['size']} ones. "
                "Name another file."
            )
        document = {**document, "workloads": {**earlier["workloads"], **document["workloads"]}}
    document["workloads"] = dict(sorted(document["workloads"].items()))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return document


def read(path: pathlib.Path) -> dict[str, Any]:
    """Read a result file.

    Raises:
        ValueError: not JSON, or of another schema.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"`{path.name}` must be a JSON result file; {error}. Delete it or name another.") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f"`{path.name}` must have schema {SCHEMA}; delete it or name another.")
    return document


def rate_on_cpu(label: str, contender: str, *, num_cores: int, folder: pathlib.Path = FOLDER) -> float | None:
    """Full-size rate of a contender in a result file of a machine with so many CPU cores; the best, None without one.

    Args:
        label: of the case.
        contender: its name.
        num_cores: of the machine.
        folder: of the result files.
    """
    rates = [
        workload["cases"][label]["contenders"][contender]["rate"]
        for document in map(read, sorted(folder.glob("*.json")))
        if document["size"] == "full"
        and document["machine"]["platform"] == "cpu"
        and document["machine"]["cores"] == num_cores
        for workload in document["workloads"].values()
        if workload["cases"].get(label, {"contenders": {}})["contenders"].get(contender, {}).get("status") == "timed"
    ]
    return max(rates, default=None)
