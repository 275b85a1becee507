"""Doubts against a sum over all legal tag sequences, and of docs that the component predicted."""

from itertools import pairwise, product
from math import exp, fsum
from pathlib import Path

import numpy
import pytest
from spacy.language import Language
from spacy.tokens import Span

from adaptive_spacy.ner.decoding import decode
from adaptive_spacy.ner.doubt import count_doubts
from adaptive_spacy.ner.tags import TagSet
from tests.ner.pipelines import make_nlp


def sum_by_hand(logits, tagset: TagSet, temperature: float) -> float:
    """RETURNS (float): Over every legal sequence, weighed: entities of the best that are not in it,
    and tokens beside the best's entities that are in one."""
    scaled = logits.astype("float64") / temperature
    columns = range(len(tagset.columns))
    legal = [
        one
        for one in product(columns, repeat=len(logits))
        if tagset.starts[one[0]]
        and tagset.ends[one[-1]]
        and all(bool(tagset.allows(left, right)) for left, right in pairwise(one))
    ]
    logs = {one: fsum(scaled[t, column] for t, column in enumerate(one)) for one in legal}
    best = max(legal, key=lambda one: logs[one])
    weights = {one: exp(log - logs[best]) for one, log in logs.items()}
    entities = tagset.decode(numpy.array(best))
    within = {t for entity in entities for t in range(entity.start, entity.end)}
    doubts = 0.0
    for one, weight in weights.items():
        there = tagset.decode(numpy.array(one))
        wrong = sum(entity not in there for entity in entities)
        missed = sum(t not in within and one[t] != 0 for t in range(len(logits)))
        doubts += weight * (wrong + missed)
    return doubts / sum(weights.values())


@pytest.mark.parametrize("scheme", ["BIO", "BILOU", "IO"])
@pytest.mark.parametrize("temperature", [0.005, 1.0, 2.5])
def test_doubts_are_the_mistakes_to_expect(scheme: str, temperature: float) -> None:
    tagset = TagSet(scheme, ("PER", "LOC"))
    random = numpy.random.default_rng(0)
    for _ in range(5):
        logits = random.normal(0, 2, (3, len(tagset.columns))).astype("float32")
        found = decode([logits], tagset, "viterbi", temperature)
        doubts = count_doubts([logits], found, tagset, temperature)
        assert doubts == pytest.approx(sum_by_hand(logits, tagset, temperature))


def test_sure_scores_leave_no_doubts() -> None:
    tagset = TagSet("BIO", ("PER",))
    logits = numpy.array([[-50.0, 50.0, -50.0], [50.0, -50.0, -50.0]], dtype="float32")
    found = decode([logits], tagset, "viterbi")
    assert [one.entity.type for one in found[0]] == ["PER"]
    assert count_doubts([logits], found, tagset, 1.0) == pytest.approx(0, abs=1e-12)
    # at an even chance of three tags: the entity may be none, and the other token may be of one
    even = numpy.log(numpy.array([[0.5, 0.5 + exp(-9), 0.0001]], dtype="float32"))
    found = decode([even], tagset, "viterbi")
    assert count_doubts([even], found, tagset, 1.0) == pytest.approx(0.5, abs=1e-3)


def test_component_states_doubts_of_predicted_docs_only(trained: Language) -> None:
    pipe = trained.get_pipe("transformer_ner")
    known, strange = trained("Ada lives in Paris ."), trained("Cleo . Ben loves York it Ada")
    assert pipe.doubts(trained.make_doc("Ada")) is None
    assert 0 <= pipe.doubts(known) < pipe.doubts(strange)
    # as long as the doc lives, and until it is scored
    assert pipe.doubts(known) == pipe.doubts(known)


def test_doubts_follow_the_temperature_and_leave_presets_out(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    nlp.get_pipe("transformer_ner").add_label("PER")
    nlp.initialize()
    pipe = nlp.get_pipe("transformer_ner")
    doc = nlp("Ada lives in Paris .")
    plain = pipe.doubts(doc)
    pipe.temperature = 3.0
    assert pipe.doubts(doc) != pytest.approx(plain)
    preset = nlp.make_doc("Ada lives in Paris .")
    preset.set_ents([], blocked=[preset[:]], default="unmodified")
    assert pipe.doubts(nlp(preset)) == 0


def test_entities_set_later_change_no_doubts(trained: Language) -> None:
    pipe = trained.get_pipe("transformer_ner")
    doc = trained("Cleo . Ben loves York it Ada")
    doubts, sure = pipe.doubts(doc), pipe.confidences(doc, 1.0)
    free = next(token for token in doc if not token.ent_type_)
    doc.set_ents([Span(doc, free.i, free.i + 1, "VERB")], default="unmodified")
    assert pipe.doubts(doc) == doubts
    assert pipe.confidences(doc, 1.0) == sure
