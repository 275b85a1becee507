"""Entities as seqeval counts them, and its agreement with spaCy's counts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc, Span
from spacy.training import Example

from adaptive_spacy.ner.tags import Entity
from adaptive_spacy.training.evaluation import score
from adaptive_spacy.training.seqeval_report import (
    ScoredSentence,
    exact_match,
    iob2,
    read_sentence,
    require_agreement,
    seqeval_report,
    tag_pairs,
)
from tests.tiers import examples
from tests.training.rule_pipelines import VOCAB, make_docs, make_example, make_pipeline, row


@pytest.mark.parametrize(
    ("words", "spaces", "tags", "found"),
    [
        # the pipeline cuts New-York into three: its entities share a token of the reference
        (["New-York", "rocks"], [True, False], ["B-LOC", "O"], [(0, 1, "LOC"), (0, 1, "CITY")]),
        # the reference cuts what the pipeline keeps together
        (["Pa", "ris", "rocks"], [False, True, False], ["B-LOC", "I-LOC", "O"], [(0, 2, "LOC")]),
        (["Pa", "ris", "rocks"], [False, True, False], ["B-LOC", "O", "O"], [(0, 2, "LOC")]),
        # white space of its own
        (["  ", "Ada"], [False, False], ["O", "B-PER"], [(1, 2, "PER")]),
    ],
)
def test_read_sentence_aligns_predictions_to_the_reference(words, spaces, tags, found):
    nlp = make_pipeline()
    example = make_example(nlp, Doc(VOCAB, words=words, spaces=spaces, ents=tags))
    sentence = read_sentence(example)
    assert sentence.length == len(words)
    assert sentence.found == [Entity(*one) for one in found]
    score(nlp, [example])  # raises where spaCy counts otherwise


def test_tag_pairs_give_entities_that_share_a_token_a_sequence_of_their_own():
    right, wrong = Entity(0, 1, "LOC"), Entity(0, 1, "CITY")
    sentence = ScoredSentence(2, gold=[right], found=[wrong, right, right])
    assert list(tag_pairs(sentence)) == [
        (["B-LOC", "O"], ["B-LOC", "O"]),
        (["O", "O"], ["B-LOC", "O"]),
        (["O", "O"], ["B-CITY", "O"]),
    ]
    report = seqeval_report([sentence])
    assert report["per_type"] == {"CITY": row(0, 0, 0, 0), "LOC": row(1 / 2, 1, 2 / 3, 1)}


def test_iob2_separates_neighbours_and_keeps_odd_names():
    entities = [Entity(0, 2, "EU-ORG"), Entity(2, 3, "EU-ORG"), Entity(3, 4, "L-U")]
    assert iob2(5, entities) == ["B-EU-ORG", "I-EU-ORG", "B-EU-ORG", "B-L-U", "O"]


@pytest.mark.parametrize(
    ("gold", "found", "expected"),
    [
        ([], [], 1.0),
        ([Entity(0, 1, "A")], [Entity(0, 1, "A")], 1.0),
        ([Entity(0, 1, "A")], [Entity(0, 1, "A"), Entity(0, 1, "A")], 0.0),
        ([Entity(0, 1, "A"), Entity(1, 2, "A")], [Entity(1, 2, "A"), Entity(0, 1, "A")], 1.0),
        ([Entity(0, 1, "A")], [Entity(0, 1, "B")], 0.0),
        ([Entity(0, 1, "A")], [], 0.0),
    ],
)
def test_exact_match_compares_the_whole_set(gold, found, expected):
    assert exact_match([ScoredSentence(2, gold, found)]) == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ents_r": 0.6}, "micro average, recall: expected spaCy and seqeval to agree, got 0.6 "),
        (
            {"ents_per_type": {"PER": {"p": 0.0, "r": 2 / 3, "f": 2 / 3}}},
            "LOC, precision: expected spaCy and seqeval to agree, got 0.0 from spaCy and 0.5 from "
            "seqeval; does a component of the pipeline bring its own scorer?",
        ),
    ],
)
def test_require_agreement_names_both_figures(change, message):
    nlp = make_pipeline()
    metrics = score(nlp, [make_example(nlp, doc) for doc in make_docs()])
    require_agreement(metrics["spacy"], metrics["seqeval"])
    with pytest.raises(ValueError) as error:  # noqa: PT011
        require_agreement({**metrics["spacy"], **change}, metrics["seqeval"])
    assert str(error.value).startswith(message)


def test_require_agreement_forgives_a_billionth():
    report = seqeval_report([ScoredSentence(1, [Entity(0, 1, "A")], [Entity(0, 1, "A")])])
    scores = {f"ents_{one}": 1 - 5e-10 for one in "prf"}
    scores["ents_per_type"] = {"A": {"p": 1.0, "r": 1.0, "f": 1.0}}
    require_agreement(scores, report)
    with pytest.raises(ValueError, match="micro average, precision"):
        require_agreement({**scores, "ents_p": 1 - 2e-9}, report)


LETTERS = 8


@st.composite
def annotated_docs(draw: st.DrawFn, missing: bool) -> Doc:
    """The same letters, cut into tokens anywhere, with any entities."""
    cuts = sorted(draw(st.sets(st.integers(1, LETTERS - 1))))
    edges = [0, *cuts, LETTERS]
    words = ["abcdefgh"[a:b] for a, b in pairwise(edges)]
    doc = Doc(VOCAB, words=words, spaces=[False] * len(words))
    kinds = ["outside", "B-X", "B-Y", "I", *(["missing"] if missing else [])]
    plan = draw(st.lists(st.sampled_from(kinds), min_size=len(words), max_size=len(words)))
    spans: list[Span] = []
    for i, kind in enumerate(plan):
        if kind.startswith("B-"):
            spans.append(Span(doc, i, i + 1, kind[2:]))
        elif kind == "I" and spans and spans[-1].end == i:
            spans[-1] = Span(doc, spans[-1].start, i + 1, spans[-1].label_)
    gaps = [doc[i : i + 1] for i, kind in enumerate(plan) if kind == "missing"]
    doc.set_ents(spans, missing=gaps, default="outside")
    return doc


@examples(200)
@given(st.lists(st.tuples(annotated_docs(False), annotated_docs(True)), min_size=1, max_size=4))
def test_seqeval_and_spacy_agree_on_any_tokenization(pairs):
    examples = [Example(predicted, reference) for predicted, reference in pairs]
    scores = get_ner_prf(examples)
    annotated = [eg for eg in examples if eg.reference.has_annotation("ENT_IOB")]
    report = seqeval_report([read_sentence(eg) for eg in annotated])
    require_agreement(scores, report)
    assert (report["micro"]["f1"] or 0.0) == pytest.approx(scores["ents_f"] or 0.0)
