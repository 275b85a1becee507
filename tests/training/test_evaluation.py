"""Scores of a pipeline whose predictions are known: `entity_ruler` finds the words below."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

from adaptive_spacy.training import evaluation
from adaptive_spacy.training.evaluation import evaluate, render, score
from tests.training.rule_pipelines import (
    SENTENCES,
    VOCAB,
    make_docs,
    make_example,
    make_pipeline,
    row,
)

#: By hand: PER has 2 right, 1 wrong, 1 missed; LOC 1, 1, 2; ORG 0, 1, 0
EXPECTED = {
    "micro": row(1 / 2, 1 / 2, 1 / 2, 6),
    "macro": row(7 / 18, 1 / 3, 16 / 45, 6),
    "weighted": row(7 / 12, 1 / 2, 8 / 15, 6),
    "per_type": {
        "LOC": row(1 / 2, 1 / 3, 2 / 5, 3),
        "ORG": row(0, 0, 0, 0),
        "PER": row(2 / 3, 2 / 3, 2 / 3, 3),
    },
}


def write_docs(path: Path, docs: list[Doc]) -> Path:
    DocBin(docs=docs).to_disk(path)
    return path


@pytest.fixture
def pipeline(tmp_path: Path) -> str:
    make_pipeline().to_disk(tmp_path / "model")
    return str(tmp_path / "model")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_docs(tmp_path / "test.spacy", make_docs())


def test_weights_that_are_not_finite_are_refused(tmp_path: Path, corpus: Path) -> None:
    nlp = spacy.blank("xx")
    textcat = nlp.add_pipe("textcat")
    textcat.add_label("a")
    textcat.add_label("b")
    nlp.initialize()
    node = next(one for one in textcat.model.walk() if one.has_param("W"))
    node.get_param("W").fill(float("nan"))
    nlp.to_disk(tmp_path / "model")
    with pytest.raises(ValueError, match="textcat: the weights are not finite"):
        evaluate(str(tmp_path / "model"), corpus)


def test_evaluate_agrees_with_the_confusion_counted_by_hand(pipeline, corpus):
    metrics = evaluate(pipeline, corpus)
    assert metrics.pop("seqeval") == EXPECTED
    scores = metrics.pop("spacy")
    assert [scores[f"ents_{one}"] for one in "prf"] == pytest.approx([1 / 2] * 3)
    assert scores["ents_per_type"] == {
        name: {"p": one["precision"], "r": one["recall"], "f": one["f1"]}
        for name, one in EXPECTED["per_type"].items()
    }
    errors = metrics.pop("errors")
    none = dict.fromkeys(("right", "type", "boundary", "both", "missed", "spurious"), 0)
    assert errors["per_type"] == {
        "LOC": {**none, "right": 1, "boundary": 1, "type": 1},
        "ORG": {**none, "spurious": 1},
        "PER": {**none, "right": 2, "missed": 1},
    }
    assert errors["confusions"] == [{"gold": "LOC", "found": "PER", "count": 1}]
    assert errors["f1"] == scores["ents_f"]
    assert metrics == {
        "pipeline": pipeline,
        "corpus": corpus.as_posix(),
        "sentences": 5,
        "tokens": 14,
        "entities": 6,
        "sentences_without_annotation": 0,
        "exact_match": 2 / 5,
        "exact_match_with_entities": 1 / 3,
        # of entities without one
        "confidence": None,
    }


def test_evaluate_has_the_scores_of_nlp_evaluate_but_the_speed(pipeline, corpus):
    nlp = spacy.load(pipeline)
    docs = DocBin().from_disk(corpus).get_docs(nlp.vocab)
    expected = nlp.evaluate([Example(nlp.make_doc(doc.text), doc) for doc in docs])
    del expected["speed"]
    assert evaluate(pipeline, corpus)["spacy"] == expected


def test_evaluate_runs_the_pipeline_once(monkeypatch, pipeline, corpus):
    seen = []
    pipe = Language.pipe

    def count(self: Language, texts: Any, **kwargs: Any) -> Any:
        for doc in pipe(self, texts, **kwargs):
            seen.append(doc.text)
            yield doc

    monkeypatch.setattr(Language, "pipe", count)
    evaluate(pipeline, corpus)
    # loading an entity ruler pipes its patterns
    sentences = [text for text, _ in SENTENCES]
    assert [text.strip() for text in seen if text.strip() in sentences] == sentences


def test_evaluate_writes_paths_as_given_and_types_in_order(pipeline, corpus, tmp_path, monkeypatch):
    """spaCy's order of types depends on Python's hash seed, so it would change the file."""
    monkeypatch.chdir(tmp_path)
    metrics = evaluate("model", Path("test.spacy"), output=Path("metrics/out.json"))
    assert [path.name for path in (tmp_path / "metrics").iterdir()] == ["out.json"]
    text = (tmp_path / "metrics" / "out.json").read_text(encoding="utf8")
    assert text == json.dumps(metrics, indent=2) + "\n"
    assert (metrics["pipeline"], metrics["corpus"]) == ("model", "test.spacy")
    assert list(metrics["spacy"]["ents_per_type"]) == ["LOC", "ORG", "PER"]
    assert list(metrics["seqeval"]["per_type"]) == ["LOC", "ORG", "PER"]


def test_evaluate_keeps_the_old_file_when_it_fails(pipeline, corpus, tmp_path, monkeypatch):
    output = tmp_path / "out.json"
    output.write_text("old", encoding="utf8")
    monkeypatch.setattr(evaluation, "score", lambda nlp, examples: {"loss": float("nan")})
    with pytest.raises(ValueError, match="Out of range float values are not JSON compliant"):
        evaluate(pipeline, corpus, output=output)
    assert output.read_text(encoding="utf8") == "old"


def test_evaluate_reports_the_loss_where_a_component_does(pipeline, corpus, monkeypatch):
    from spacy.pipeline import EntityRuler

    plain = EntityRuler.score
    monkeypatch.setattr(
        EntityRuler, "score", lambda *args, **kw: {**plain(*args, **kw), "ents_loss": 0.25}
    )
    metrics = evaluate(pipeline, corpus)
    assert metrics["spacy"]["ents_loss"] == 0.25
    assert ["Loss", "per", "token", "0.2500"] in [
        one.split() for one in render(metrics).split("\n")
    ]


def test_score_of_empty_predictions():
    nlp = make_pipeline({"nowhere": "LOC"})
    metrics = score(nlp, [make_example(nlp, doc) for doc in make_docs()])
    assert metrics["seqeval"]["micro"] == row(0, 0, 0, 6)
    assert metrics["seqeval"]["per_type"] == {"LOC": row(0, 0, 0, 3), "PER": row(0, 0, 0, 3)}
    assert metrics["spacy"]["ents_f"] == 0
    assert metrics["exact_match"] == 2 / 5
    assert metrics["exact_match_with_entities"] == 0


def test_score_is_none_where_nothing_was_to_find_or_found():
    nlp = make_pipeline()
    metrics = score(nlp, [make_example(nlp, doc) for doc in make_docs([("it rains", "O O")])])
    nothing = {"precision": None, "recall": None, "f1": None, "support": 0}
    assert metrics["seqeval"] == {
        "micro": nothing,
        "macro": nothing,
        "weighted": nothing,
        "per_type": {},
    }
    assert metrics["spacy"]["ents_f"] is None
    assert metrics["exact_match"] == 1.0
    assert metrics["exact_match_with_entities"] is None
    assert ["micro", "average", "-", "-", "-", "0"] in [
        line.split() for line in render({"pipeline": "", "corpus": "", **metrics}).split("\n")
    ]


def test_score_ignores_docs_and_tokens_without_annotation():
    """Neither right nor wrong: Ada in the doc that nobody annotated, Paris on a masked token."""
    nlp = make_pipeline()
    masked = Doc(VOCAB, words=["Ben", "loves", "Paris"])
    masked.set_ents([Span(masked, 0, 1, "PER")], missing=[masked[2:3]], default="outside")
    bare = Doc(VOCAB, words=["Ada", "sings"])
    metrics = score(nlp, [make_example(nlp, doc) for doc in (masked, bare)])
    assert metrics["seqeval"]["per_type"] == {"PER": row(1, 1, 1, 1)}
    # spaCy lists the type of the ignored entity, with nothing in it
    assert metrics["spacy"]["ents_per_type"]["LOC"] == {"p": 0.0, "r": 0.0, "f": 0.0}
    assert [metrics[key] for key in ("sentences", "tokens", "entities", "exact_match")] == [
        1,
        3,
        1,
        1,
    ]
    assert metrics["sentences_without_annotation"] == 1


def test_render_is_a_table_in_percent(pipeline, corpus):
    table = render(evaluate(pipeline, corpus))
    rows = [line.split() for line in table.split("\n") if line.strip()]
    assert rows == [
        ["Type", "P", "R", "F1", "Support"],
        ["----------------", "-----", "-----", "-----", "-------"],
        ["LOC", "50.00", "33.33", "40.00", "3"],
        ["ORG", "0.00", "0.00", "0.00", "0"],
        ["PER", "66.67", "66.67", "66.67", "3"],
        ["micro", "average", "50.00", "50.00", "50.00", "6"],
        ["macro", "average", "38.89", "33.33", "35.56", "6"],
        ["weighted", "average", "58.33", "50.00", "53.33", "6"],
        ["Sentences", "5"],
        ["without", "annotation", "0"],
        ["Tokens", "14"],
        ["Entities", "6"],
        ["Exact", "match", "40.00"],
        ["with", "entities", "33.33"],
        ["Errors", "Right", "Type", "Boundary", "Both", "Missed", "Spurious"],
        ["------------", "-----", "------", "--------", "-----", "------", "--------"],
        ["LOC", "1", "1", "1", "0", "0", "0"],
        ["ORG", "0", "0", "0", "0", "0", "1"],
        ["PER", "2", "0", "0", "0", "1", "0"],
        ["all", "3", "1", "1", "0", "1", "1"],
        ["F1", "if", "mended", "+16.67", "+16.67", "+0.00", "+11.54", "+4.55"],
        ["Types", "taken", "for", "others:", "LOC", "as", "PER", "1"],
    ]


def failure(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        evaluate(*args, **kwargs)
    return str(error.value)


@pytest.mark.parametrize("folder", ["nowhere", ""])
def test_evaluate_says_what_a_pipeline_is(tmp_path, corpus, folder):
    path = str(tmp_path / folder)
    assert failure(path, corpus) == (
        "pipeline: expected an installed package or a folder with a config.cfg, such as model-last "
        f"of a training, got {path}"
    )


def test_evaluate_needs_a_component_that_finds_entities(tmp_path, corpus):
    spacy.blank("xx").to_disk(tmp_path / "model")
    assert failure(str(tmp_path / "model"), corpus) == (
        "pipeline: expected a component that finds entities, got no component at all"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("nowhere.spacy", ""),
        ("nowhere", ""),
        ("empty", ", which holds none: `adaptive-spacy convert` makes them"),
        ("text.json", ", which holds none: `adaptive-spacy convert` makes them"),
    ],
)
def test_evaluate_says_what_a_corpus_is(tmp_path, pipeline, name, hint):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.json").write_text("{}", encoding="utf8")
    assert failure(pipeline, tmp_path / name) == (
        f"corpus: expected a .spacy file or a folder of them, got {tmp_path / name}{hint}"
    )


def test_evaluate_rejects_an_empty_a_bare_and_a_broken_corpus(tmp_path, pipeline):
    empty = write_docs(tmp_path / "empty.spacy", [])
    assert failure(pipeline, empty) == f"corpus: expected sentences, but {empty} has none"
    bare = write_docs(tmp_path / "bare.spacy", [Doc(VOCAB, words=["Ada", "sings"])])
    assert failure(pipeline, bare) == (
        f"corpus: expected entities to compare with, but {bare} is not annotated"
    )
    (tmp_path / "broken.spacy").write_bytes(b"hello")
    broken = tmp_path / "broken.spacy"
    assert failure(pipeline, broken).startswith(
        f"corpus: {broken} cannot be read: {broken}: expected a .spacy file, found "
    )


def test_evaluate_finds_a_bad_output_before_the_work(tmp_path):
    assert failure("nowhere", tmp_path, output=tmp_path) == (
        f"output: expected a path for a JSON file, got the folder {tmp_path}"
    )


def test_evaluate_reads_a_folder_of_corpora(tmp_path, pipeline):
    (tmp_path / "parts").mkdir()
    for i, doc in enumerate(make_docs()):
        write_docs(tmp_path / "parts" / f"{i}.spacy", [doc])
    assert evaluate(pipeline, tmp_path / "parts")["seqeval"] == EXPECTED
