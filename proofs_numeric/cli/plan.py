"""`zenil plan` and the arguments it takes."""

from typing import Annotated

import typer

Samples = Annotated[
    str | None,
    typer.Option("--num-samples", metavar="SPEC", help="N_t; leave out to ask for it.", show_default=False),
]
Fraction = Annotated[
    str | None,
    typer.Option(
        "--exogenous-fraction", metavar="SPEC", help="alpha_t; leave out to ask for it, else 0.", show_default=False
    ),
]
Horizon = Annotated[str, typer.Option("--num-generations", metavar="T", help="Generations, or inf for the long run.")]
TargetSpec = Annotated[
    str | None,
    typer.Option("--target", metavar="SPEC", help="Categorical P, for its vocabulary.", show_default=False),
]
Mixing = Annotated[
    str, typer.Option("--mixing", help="bernoulli: each draw is real with probability alpha_t; or stratified.")
]
Diversity = Annotated[
    str | None,
    typer.Option("--keep-diversity", metavar="SHARE", help="Wanted share of P's diversity.", show_default=False),
]
Vocabulary = Annotated[
    str | None,
    typer.Option("--keep-vocabulary", metavar="SHARE", help="Wanted share of P's types.", show_default=False),
]
Exact = Annotated[bool, typer.Option("--exact", help="Let the exact chain take minutes.")]
JsonFile = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is stdout.", show_default=False)
]


def plan(
    num_samples: Samples = None,
    exogenous_fraction: Fraction = None,
    num_generations: Horizon = "100",
    target: TargetSpec = None,
    mixing: Mixing = "bernoulli",
    keep_diversity: Diversity = None,
    keep_vocabulary: Vocabulary = None,
    exact: Exact = False,
    json: JsonFile = None,
) -> None:
    """What survives N samples per generation with a share alpha of real data, or what it takes to keep a share.

    Give N_t and alpha_t to learn what survives. Give a share to keep and N_t to learn alpha; give a share to keep
    without N_t to learn the smallest N. No simulation: recursions, chains and bounds.
    """
    from proofs_numeric.cli.outputs import check_names, write_document
    from proofs_numeric.cli.plan_question import Question
    from proofs_numeric.cli.plan_tables import print_plan
    from proofs_numeric.cli.planning import answer

    check_names(json)
    question = Question.parse(
        num_samples=num_samples,
        exogenous_fraction=exogenous_fraction,
        num_generations=num_generations,
        target=target,
        mixing=mixing,
        keep_diversity=keep_diversity,
        keep_vocabulary=keep_vocabulary,
        exhaustive=exact,
    )
    found = answer(question)
    write_document(found.document(), json)
    if json != "-":
        print_plan(found)
