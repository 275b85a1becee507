"""`adaptive-spacy crossfit`: a model of all labels, without a dev set."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adaptive_spacy.cli.options import MOST_JOBS, MOST_SEED, GpuId

if TYPE_CHECKING:
    from spacy.tokens import Doc


def crossfit_cli(
    context: typer.Context,
    data: Annotated[
        Path,
        typer.Argument(
            help="All that is labelled: a .spacy file, or a folder whose .spacy files are all read."
        ),
    ],
    output: Annotated[Path, typer.Option(help="Folder for the model, e.g. training/few.")],
    config: Annotated[Path, typer.Option(help="An adaptive config.")] = Path(
        "configs/adaptive.cfg"
    ),
    folds: Annotated[int, typer.Option(help="Adaptive trainings, each without one part.")] = 5,
    seed: Annotated[
        int, typer.Option(min=0, max=MOST_SEED, help="Of folds, weights and batches.")
    ] = 0,
    lang: Annotated[str, typer.Option(help="Language code of the sentences.")] = "en",
    test: Annotated[
        Path | None, typer.Option(help="Sentences to score the model on, not in DATA.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=MOST_JOBS, help="Folds side by side.")] = 1,
    threads: Annotated[int, typer.Option(min=1, help="Threads of each training.")] = 1,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="[ADDRESS]", help="Train the folds on a Ray cluster; as in `sweep --help`."
        ),
    ] = None,
    ray_shared: Annotated[
        bool, typer.Option(help="The cluster's nodes see the same paths; else data is sent.")
    ] = False,
    gpu_id: GpuId = -1,
    dry_run: Annotated[bool, typer.Option(help="Say what it costs; train nothing.")] = False,
) -> None:
    """Train on every labelled sentence: no dev set, and no epochs to choose.

    The labels are divided into folds, the same text never in two. An adaptive
    training per fold learns from the others and stops by this one. The last
    training learns from all labels, twice as long as those took on average:
    that is model-last, the model to ship. What each fold predicted for the
    labels that it had not seen is kept, and says which F1 to expect. With a
    dozen to some hundreds of sentences, where a dev set costs too much of them.

    \b
        adaptive-spacy crossfit corpus/mine.spacy --output training/mine

    Settings of the config are given as in `spacy train`. A run that was
    stopped goes on where it was when it is started again.
    """
    import spacy

    from adaptive_spacy.config.overrides import parse_overrides
    from adaptive_spacy.data.readers.spacy_tokenizer import load_tokenizer
    from adaptive_spacy.data.spacy_files import locate
    from adaptive_spacy.experiments.backends import make_backend, require_ray
    from adaptive_spacy.experiments.crossfit import crossfit
    from adaptive_spacy.experiments.crossfit_cost import describe_cost
    from adaptive_spacy.experiments.fixed_length import LONGER
    from adaptive_spacy.experiments.shipping import require_output
    from adaptive_spacy.files import require_apart, require_other
    from adaptive_spacy.training.evaluation import (
        evaluate,
        read_corpus,
        require_corpus,
    )

    require_ray(ray, shared=ray_shared)
    require_other(output, [data, config, test])
    # a corpus may be a folder beside the name that is given
    require_apart(output, [data, locate(data), config, test, test and locate(test)])
    require_output(output, made_by="crossfit")
    if not config.is_file():
        raise ValueError(
            f"--config: {config}: there is no such file; expected an adaptive config, such as "
            "configs/adaptive.cfg of the project"
        )
    settings = parse_overrides(context.args, "crossfit", "--variables.rate 1e-4")
    load_tokenizer(lang)
    blank = spacy.blank(lang)
    require_corpus(data)
    docs = [eg.reference for eg in read_corpus(data, blank)]
    if test is not None:
        require_corpus(test)
        _warn_of_copies(docs, [eg.reference for eg in read_corpus(test, blank)])
    if dry_run:
        typer.echo(
            describe_cost(docs, folds, config=config, settings=settings, seed=seed, lang=lang)
        )
        return
    found = crossfit(
        docs,
        config=config,
        output=output,
        folds=folds,
        seed=seed,
        lang=lang,
        settings=settings,
        threads=threads,
        backend=lambda: make_backend(
            jobs, ray=ray, shared=ray_shared, threads=threads, keep=False, gpu_id=gpu_id
        ),
        gpu_id=gpu_id,
    )
    epochs = ", ".join(f"{fold['epochs']:.1f}" for fold in found.record["folds"])
    # not in records of before
    places = ", ".join(f"{one:.1f}" for one in found.record.get("halved", ()))
    halved = f"; rate halved after {places} epochs, as in most of them" if places else ""
    typer.echo(
        f"✔ {output / 'model-last'}: {found.record['labelled']} sentences, "
        f"{found.record['epochs']:.1f} "
        f"epochs, {LONGER} times the mean of {epochs}{halved}"
    )
    typer.echo(f"Expected F1 {found.expected.describe()}, of models that had not seen the sentence")
    if test is not None:
        found_f1 = evaluate(str(output / "model-last"), test, gpu_id=gpu_id)["spacy"]["ents_f"]
        typer.echo("Test F1 " + ("-" if found_f1 is None else f"{100 * found_f1:.1f}"))


def _warn_of_copies(docs: Sequence["Doc"], test: Sequence["Doc"]) -> None:
    """Say how many sentences of the test set are learnt from."""
    from adaptive_spacy.data.shared_texts import count_copies, keys_of

    keys, known = (keys_of(doc.text for doc in some) for some in (test, docs))
    if copies := count_copies(keys, known):
        part = "" if copies == len(test) else "in part "
        warnings.warn(
            f"--test: {copies:,} of {len(test):,} sentences are in DATA too: the test F1 is {part}"
            "of what the model has learnt from",
            stacklevel=2,
        )
