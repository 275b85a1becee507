"""`adaptive-spacy evaluate`: score a trained pipeline on a corpus."""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli.options import Code, GpuId
from adaptive_spacy.training.messages import wrap


def evaluate_cli(
    pipeline: Annotated[
        str, typer.Argument(help="Trained pipeline: a folder such as model-last, or a package.")
    ],
    corpus: Annotated[
        Path, typer.Argument(help="Annotated sentences: a .spacy file or a folder of them.")
    ],
    output: Annotated[
        Path | None, typer.Option(help="Where the scores go as JSON, e.g. metrics/test.json.")
    ] = None,
    code: Code = None,
    gpu_id: GpuId = -1,
) -> None:
    """Score a pipeline's entities with spaCy's measures and with seqeval's, in one pass.

    An entity counts as found if its first token, its last token and its type
    are right. The micro average counts all entities alike, the macro average
    all types; the weighted average weighs each type by its entities in the
    corpus, its support. Both yardsticks must agree on what both measure.

    Errors are told by kind: a type or a boundary is wrong, or both, an entity
    is missed, or there is none (MUC-5, SemEval-2013 task 9.1); the last row
    says what F1 would gain without each.

    Warns of a pipeline that finds nothing, and of a model-last whose F1 on dev
    was far below the best.
    """
    from spacy.cli._util import import_code

    from adaptive_spacy.files import require_other
    from adaptive_spacy.training.evaluation import evaluate, render
    from adaptive_spacy.training.history import history_of_last
    from adaptive_spacy.training.soundness import warnings_of

    require_other(output, [pipeline, corpus, code])
    import_code(code)
    metrics = evaluate(pipeline, corpus, output=output, gpu_id=gpu_id)
    typer.echo(render(metrics))
    if output is not None:
        typer.echo(f"✔ Saved to {output.as_posix()}")
    history, entities = history_of_last(Path(pipeline)), metrics["entities"]
    for line in warnings_of(metrics["spacy"], history, entities=entities):
        typer.secho(wrap(f"⚠ {line}"), fg=typer.colors.YELLOW, err=True)
