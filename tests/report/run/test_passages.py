"""Passages of what went wrong: which are kept, and which words are shown."""

from dataclasses import replace

from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.experiments.suspects import rank_suspects
from adaptive_spacy.ner import confidence
from adaptive_spacy.ner.tags import Entity
from adaptive_spacy.report.run.passages import (
    MOST_ERRORS,
    MOST_HITS,
    Document,
    Predicted,
    choose,
    find_all,
    read_documents,
    show,
)
from adaptive_spacy.training.errors import Finding
from tests.report.runs import make_docs


def predicted(doc: int, kind: str, sure: float | None, label: str = "PER") -> Predicted:
    gold = None if kind == "spurious" else Entity(0, 1, label)
    found = None if kind == "missed" else Entity(0, 1, label)
    return Predicted(doc, Finding(kind, gold, found), sure)


def test_choose_keeps_the_surest_errors_and_the_least_sure_hits() -> None:
    sure = [i / 100 for i in range(100)]
    errors = [predicted(i, "spurious", one) for i, one in enumerate(sure)]
    hits = [predicted(i, "right", one) for i, one in enumerate(sure)]
    chosen = choose([*errors, *hits])
    kept = {
        kind: [one.confidence for one in chosen if one.finding.kind == kind]
        for kind in ("spurious", "right")
    }
    assert kept == {"spurious": sure[-MOST_ERRORS:], "right": sure[:MOST_HITS]}


def test_documents_are_counted_as_in_the_corpus_everywhere() -> None:
    """Those without annotation are in no passage, and count."""
    confidence.register()
    gold, found = make_docs([("Ada met Acme", "B-PER O O", "B-PER O B-ORG", [0.9, 0.8])] * 2)
    bare = Doc(gold[0].vocab, words=["Ben", "sings"])
    pairs = [(bare.copy(), bare), (found[0], gold[0]), (bare.copy(), bare), (found[1], gold[1])]
    examples = [Example(*pair) for pair in pairs]
    documents = read_documents(examples)
    assert [one.number for one in documents] == [1, 3]
    shown = show(documents, find_all(documents))
    assert [one["doc"] for one in shown["passages"]] == [2, 4]
    assert {one.to_dict()["doc"] for one in rank_suspects(examples)} == {2, 4}


def test_entities_on_one_token_of_the_reference_keep_their_confidences() -> None:
    """The first is right, as it is scored, the second is not."""
    york, surest = Entity(0, 1, "LOC"), Entity(1, 2, "LOC")
    document = Document(
        0, ["New-York ", "Ulm "], [york], [york, surest, york], [0.9, 0.5, 0.7], [0]
    )
    found = [(one.finding.kind, one.confidence) for one in find_all([document])]
    assert found == [("right", 0.9), ("spurious", 0.7), ("spurious", 0.5)]
    assert document.confidences == {york: 0.9, surest: 0.5}


def test_passages_are_the_words_around() -> None:
    words = [f"w{i} " for i in range(100)]
    gold, found = [Entity(50, 52, "PER")], [Entity(51, 53, "PER")]
    document = Document(0, words, gold, found, [0.98765], [0])
    shown = show([document], find_all([document]))
    (passage,) = shown["passages"]
    assert passage["words"] == words[20:83]
    assert passage["cut"] == [True, True]
    sides = [[30, 32, "PER", None], [31, 33, "PER", 0.9877]]
    assert passage["sides"] == [[one] for one in sides]
    assert shown["items"] == [[0, "boundary", "PER", 0.9877, sides]]
    sentences = replace(document, starts=[0, 45, 60])
    (passage,) = show([sentences], find_all([sentences]))["passages"]
    assert passage["words"] == words[45:60]
