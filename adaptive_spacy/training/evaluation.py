"""Scores of a trained pipeline on a corpus, by spaCy's measures and by seqeval's.

Both read the same predictions, and must agree (`seqeval_report.py`).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spacy.cli._util import setup_gpu
from spacy.language import Language
from spacy.scorer import Scorer
from spacy.training import Example
from spacy.util import is_package
from tqdm import tqdm
from wasabi import table

from adaptive_spacy.config.loading import load_pipeline
from adaptive_spacy.data.corpus import FractionCorpus
from adaptive_spacy.data.spacy_files import expected_docs, holds_docs
from adaptive_spacy.files import replacing
from adaptive_spacy.parsing import reading
from adaptive_spacy.training.calibration import measure_confidence, percent, render_confidence
from adaptive_spacy.training.errors import count_errors, render_errors
from adaptive_spacy.training.seqeval_report import (
    AVERAGES,
    MEASURES,
    exact_match,
    read_sentence,
    require_agreement,
    seqeval_report,
)
from adaptive_spacy.training.soundness import require_finite
from adaptive_spacy.transformer.inspection import require_harmless

Metrics = dict[str, Any]


def evaluate(
    pipeline: str, corpus: Path, *, output: Path | None = None, gpu_id: int = -1
) -> Metrics:
    """Predict a corpus once and score the entities.

    pipeline (str): Folder or package of a trained pipeline.
    corpus (Path): A .spacy file or a folder of them. Each of its docs counts as a sentence.
    output (Path | None): Gets the result as JSON. The same bytes for the same predictions.
    gpu_id (int): Number of the GPU; -1: the processor.
    RETURNS (dict): "pipeline" and "corpus" as given; "sentences", "tokens" and "entities" of the
        reference that carry annotation; "sentences_without_annotation", which count nowhere;
        "spacy": its scores without the speed; "seqeval": "micro", "macro", "weighted" and
        "per_type", each with "precision", "recall", "f1" and "support" (annotated entities);
        "exact_match": share of sentences whose set of entities is exactly right;
        "exact_match_with_entities": the same of the sentences with at least one annotated entity;
        "confidence": how far `ent._.confidence` can be trusted, see `measure_confidence`.
        "errors": what went wrong, by kind and type, see `count_errors`.
        Scores are in [0, 1], None where nothing could be measured.
    RAISES (ValueError): If pipeline or corpus cannot be read or have no entities to compare, if
        the weights are not finite, or if spaCy and seqeval disagree.
    """
    _require_output(output)
    require_corpus(corpus)
    setup_gpu(gpu_id, silent=True)
    nlp = open_pipeline(pipeline)
    examples = read_corpus(corpus, nlp)
    # any component may be in it
    with reading(pipeline, "a pipeline that can predict"):
        predict(nlp, examples)
    metrics = {
        "pipeline": pipeline,
        "corpus": corpus.as_posix(),
        **score(nlp, examples),
    }
    if output is not None:
        _write(metrics, output)
    return metrics


def predict(nlp: Language, examples: Sequence[Example]) -> None:
    """Run the pipeline over the examples' predicted docs, once.

    `nlp.evaluate` does the same with copies that it drops; here the predictions are read again.
    """
    docs = nlp.pipe(eg.predicted for eg in examples)
    # disable=None: no bar where stderr is no terminal
    bar = tqdm(examples, desc="Evaluating", unit="sentence", leave=False, disable=None)
    for eg, doc in zip(bar, docs, strict=True):
        eg.predicted = doc


def score(nlp: Language, examples: Sequence[Example]) -> Metrics:
    """Score predicted examples.

    nlp (Language): The pipeline, whose components score their own work.
    examples (Sequence[Example]): At least one with entity annotation.
    RETURNS (dict): See `evaluate`, without "pipeline" and "corpus".
    RAISES (ValueError): If no component scores entities, or the two yardsticks disagree.
    """
    # first, as scoring drops what confidences are made of
    confidence = measure_confidence(nlp, examples)
    scores = score_entities(nlp, examples)
    sentences = [read_sentence(eg) for eg in examples if eg.reference.has_annotation("ENT_IOB")]
    report = seqeval_report(sentences)
    require_agreement(scores, report)
    with_entities = [sentence for sentence in sentences if sentence.gold]
    return {
        "sentences": len(sentences),
        "tokens": sum(sentence.length for sentence in sentences),
        "entities": sum(len(sentence.gold) for sentence in sentences),
        "sentences_without_annotation": len(examples) - len(sentences),
        "spacy": scores,
        "seqeval": report,
        "exact_match": exact_match(sentences),
        "exact_match_with_entities": exact_match(with_entities),
        "confidence": confidence,
        "errors": count_errors(sentences),
    }


def score_entities(
    nlp: Language, examples: Sequence[Example], *, name: str = "pipeline"
) -> dict[str, Any]:
    """Score predicted examples by spaCy's measures alone.

    nlp (Language): The pipeline. examples (Sequence[Example]): Predicted by it.
    name (str): How to call it where it finds no entities.
    RETURNS (dict): The scores, types in order.
    RAISES (ValueError): If no component scores entities.
    """
    # the order of types in spaCy's table changes with Python's hash seed
    scores = {
        key: dict(sorted(value.items())) if isinstance(value, dict) else value
        for key, value in Scorer(nlp).score(examples).items()
    }
    if "ents_f" not in scores:
        raise ValueError(
            f"{name}: expected a component that finds entities, got "
            f"{', '.join(nlp.pipe_names) or 'no component at all'}"
        )
    return scores


def render(metrics: Metrics) -> str:
    """RETURNS (str): The result as a table for the terminal; scores in percent."""
    report = metrics["seqeval"]
    rows = [*report["per_type"].items(), *((f"{one} average", report[one]) for one in AVERAGES)]
    cells = [
        (name, *(percent(row[measure]) for measure in MEASURES), str(row["support"]))
        for name, row in rows
    ]
    figures = [
        ("Sentences", str(metrics["sentences"])),
        ("without annotation", str(metrics["sentences_without_annotation"])),
        ("Tokens", str(metrics["tokens"])),
        ("Entities", str(metrics["entities"])),
        ("Exact match", percent(metrics["exact_match"])),
        ("with entities", percent(metrics["exact_match_with_entities"])),
    ]
    if metrics["spacy"].get("ents_loss") is not None:
        figures.append(("Loss per token", f"{metrics['spacy']['ents_loss']:.4f}"))
    header = ("Type", "P", "R", "F1", "Support")
    text = table(cells, header=header, divider=True, aligns=("l", "r", "r", "r", "r"))
    text += table(figures, aligns=("l", "r"))
    measured = metrics.get("confidence")
    text += "" if measured is None else render_confidence(measured)
    return text + render_errors(metrics["errors"])


def _require_output(output: Path | None) -> None:
    # found before the work, not after it
    if output is not None and output.is_dir():
        raise ValueError(f"output: expected a path for a JSON file, got the folder {output}")


def require_corpus(corpus: Path) -> None:
    """RAISES (ValueError): If there is no such corpus."""
    if not holds_docs(corpus):
        raise ValueError(f"corpus: {expected_docs(corpus)}")


def open_pipeline(pipeline: str) -> Language:
    """RETURNS (Language): A pipeline, once its files are known to run no code.
    RAISES (ValueError): If it cannot be read, or its weights are not finite.
    """
    folder = Path(pipeline)
    if (folder / "config.cfg").is_file():
        require_harmless(folder)
    if not (folder / "config.cfg").is_file() and not is_package(pipeline):
        if (folder / "meta.json").is_file():
            raise ValueError(
                f"pipeline: {pipeline} is not complete, it has no config.cfg: its training was "
                "broken off while it was written. Take the other checkpoint beside it, or train "
                "again"
            )
        raise ValueError(
            "pipeline: expected an installed package or a folder with a config.cfg, such as "
            f"model-last of a training, got {pipeline}"
        )
    nlp = load_pipeline(pipeline)
    require_finite(nlp)
    return nlp


def read_corpus(path: Path, nlp: Language) -> list[Example]:
    """RETURNS (list[Example]): What can be scored.
    RAISES (ValueError): If the corpus cannot be read, is empty or has no entity annotation.
    """
    try:
        examples = list(FractionCorpus(path)(nlp))
    except ValueError as error:
        raise ValueError(f"corpus: {path} cannot be read: {error}") from error
    if not examples:
        raise ValueError(f"corpus: expected sentences, but {path} has none")
    if not any(eg.reference.has_annotation("ENT_IOB") for eg in examples):
        raise ValueError(f"corpus: expected entities to compare with, but {path} is not annotated")
    return examples


def _write(metrics: Metrics, path: Path) -> None:
    # not srsly: it keeps nine decimals
    # default=float: some of spaCy's scorers return numpy's numbers
    text = json.dumps(metrics, indent=2, allow_nan=False, default=float)
    with replacing(path) as aside:
        aside.write_text(f"{text}\n", encoding="utf8")
