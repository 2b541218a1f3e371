"""`zenil ctm` and the arguments it takes."""

from typing import Annotated

import typer

States = Annotated[int, typer.Option("--states", metavar="N", help="States of the machines, 1 to 4.")]
Strings = Annotated[
    list[str] | None,
    typer.Option("--string", metavar="BITS", help="Only this string; may be repeated.", show_default=False),
]
JsonFile = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is stdout.", show_default=False)
]
CsvFile = Annotated[
    str | None, typer.Option("--out", metavar="FILE.csv", help="Write the whole table.", show_default=False)
]


def ctm(states: States = 2, string: Strings = None, json: JsonFile = None, out: CsvFile = None) -> None:
    """What all Turing machines of n states and two symbols put out, and the complexity of strings that follows.

    Every machine runs on an empty tape of either symbol; D is the share of the halting ones with an output, and
    complexity is -log2 D (coding theorem method). Exact counts, no cut-off.
    """
    from proofs_numeric.cli.ctm_tables import document, inquire, print_outputs, write_csv
    from proofs_numeric.cli.outputs import check_names, write_document

    check_names(json, out=out)
    found = inquire(states, string or [])
    write_document(document(found), json)
    if out is not None:
        write_csv(found, out)
    if json != "-":
        print_outputs(found)
