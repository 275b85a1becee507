"""What other components and programs put on a doc first, beside what spaCy's own `ner` does."""

import numpy
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from thinc.api import fix_random_seed

from adaptive_spacy.ner.decoding import decode
from adaptive_spacy.ner.evaluation_loss import DocScores
from adaptive_spacy.ner.presets import free_runs
from adaptive_spacy.ner.tags import SCHEMES
from tests.ner.models import VOCAB, initialized
from tests.tiers import examples

WORDS = ["Ada", "met", "Ben", "Ray", "in", "New", "York", "."]
FOUND = [("Ada", "PER"), ("Ben Ray", "PER"), ("New York", "LOC")]


@pytest.fixture(scope="module")
def spacys() -> Language:
    nlp = spacy.blank("xx")
    ner = nlp.add_pipe("ner")
    for label in ("LOC", "PER"):
        ner.add_label(label)
    fix_random_seed(1)
    nlp.initialize()
    return nlp


def found(doc: Doc) -> list[tuple[str, str]]:
    return [(ent.text, ent.label_) for ent in doc.ents]


def marks(doc: Doc) -> list[tuple[str, str]]:
    return [(token.ent_iob_, token.ent_type_) for token in doc]


@pytest.mark.parametrize("decoder", ["viterbi", "greedy"])
def test_blocked_tokens_become_no_entity(trained: Language, decoder: str, monkeypatch) -> None:
    monkeypatch.setattr(trained.get_pipe("transformer_ner"), "decoder", decoder)
    doc = Doc(trained.vocab, words=WORDS)
    assert found(trained(doc)) == FOUND
    doc = Doc(trained.vocab, words=WORDS)
    doc.set_ents([], blocked=[doc[0:1], doc[3:4]], default="missing")
    for _ in range(2):
        doc = trained(doc)
        assert ("Ada", "PER") not in found(doc)
        assert not any(ent.start <= 3 < ent.end for ent in doc.ents)
        assert ("New York", "LOC") in found(doc)
        assert [marks(doc)[i] for i in (0, 3)] == [("B", "")] * 2
        assert doc[1].ent_iob_ == "O"


def test_what_is_blocked_survives_the_disk(trained: Language) -> None:
    doc = Doc(trained.vocab, words=WORDS)
    doc.set_ents([], blocked=[doc[6:7]], default="missing")
    doc = trained(doc)
    assert ("New York", "LOC") not in found(doc)
    doc._.trf_data = None
    binned = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (copy,) = DocBin().from_bytes(binned).get_docs(trained.vocab)
    assert marks(copy) == marks(doc)
    assert marks(trained(copy)) == marks(doc)


def test_rulers_before_and_after_are_respected(trained: Language) -> None:
    nlp = spacy.blank("xx", vocab=trained.vocab)
    nlp.add_pipe("transformer", source=trained)
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "TEAM", "pattern": "met Ben"}])
    nlp.add_pipe("transformer_ner", source=trained)
    nlp.add_pipe("entity_ruler", name="after").add_patterns([{"label": "END", "pattern": "."}])
    doc = Doc(nlp.vocab, words=WORDS)
    for _ in range(2):
        doc = nlp(doc)
        assert {("met Ben", "TEAM"), (".", "END"), ("New York", "LOC")} <= set(found(doc))


def test_an_outside_mark_is_a_hint_as_in_spacy(trained: Language) -> None:
    for mark in ("outside", "missing"):
        doc = Doc(trained.vocab, words=WORDS)
        doc.set_ents([], default=mark)
        assert found(trained(doc)) == FOUND


PLANS = st.lists(
    st.sampled_from(["", "O", "block", "B-PER", "B-LOC", "B-NEW", "I"]), min_size=1, max_size=9
)


def plan_doc(nlp: Language, plan: list[str]) -> Doc:
    doc = Doc(nlp.vocab, words=(WORDS * 2)[: len(plan)])
    entities: list[Span] = []
    for i, mark in enumerate(plan):
        if mark.startswith("B-"):
            entities.append(Span(doc, i, i + 1, mark[2:], kb_id=f"Q{i}"))
        elif mark == "I" and entities and entities[-1].end == i:
            last = entities.pop()
            entities.append(Span(doc, last.start, i + 1, last.label_, kb_id=last.kb_id_))
    taken = {i for ent in entities for i in range(ent.start, ent.end)}
    free = {
        mark: [doc[i : i + 1] for i, one in enumerate(plan) if one == mark and i not in taken]
        for mark in ("O", "block")
    }
    doc.set_ents(entities, outside=free["O"], blocked=free["block"], default="missing")
    return doc


@pytest.mark.parametrize("decoder", ["viterbi", "greedy"])
@given(plan=PLANS)
@examples(40)
def test_presets_are_left_as_spacys_ner_leaves_them(
    trained: Language, spacys: Language, decoder: str, plan: list[str]
) -> None:
    component = trained.get_pipe("transformer_ner")
    component.decoder = decoder
    before = plan_doc(trained, plan)
    presets = [(e.start, e.end, e.label_, e.kb_id_) for e in before.ents]
    blocked = [i for i, mark in enumerate(marks(before)) if mark == ("B", "")]
    for nlp in (trained, spacys):
        doc = plan_doc(nlp, plan)
        for _ in range(2):
            doc = nlp(doc)
            after = [(e.start, e.end, e.label_, e.kb_id_) for e in doc.ents]
            assert set(presets) <= set(after)
            assert [i for i, mark in enumerate(marks(doc)) if mark == ("B", "")] == blocked
            # nothing is left unsaid, and only a blocked token begins nothing
            assert all(token.ent_iob != 0 for token in doc)
    component.decoder = "viterbi"


def brute_runs(tokens: list[int], taken: list[bool]) -> list[list[int]]:
    """Rows of free tokens, a new list where a taken token lies between."""
    runs: list[list[int]] = []
    last = None
    for row, token in enumerate(tokens):
        if not taken[token]:
            if last is None or any(taken[last:token]):
                runs.append([])
            runs[-1].append(row)
            last = token
    return runs


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
def test_free_runs_are_cut_where_something_is_taken(plan: list[tuple[bool, bool]]) -> None:
    scored = [i for i, (has, _) in enumerate(plan) if has]
    taken = [one for _, one in plan]
    runs = free_runs(numpy.array(scored, dtype="int64"), numpy.array(taken, dtype=bool))
    rows = list(range(len(scored)))
    assert [rows[run] for run in runs] == brute_runs(scored, taken)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
@examples(30)
def test_predictions_beside_presets_are_the_best_that_are_left(scheme: str, data) -> None:
    """As if the taken tokens could be nothing but "O", by viterbi over the whole doc."""
    from adaptive_spacy.ner.component import TransformerNER

    component = TransformerNER(VOCAB, initialized(), "ours", scheme=scheme)
    component.cfg["labels"] = ["A", "B"]
    n_tags = len(component.tagset.tags)
    length = data.draw(st.integers(1, 7))
    taken = data.draw(st.lists(st.booleans(), min_size=length, max_size=length))
    random = numpy.random.default_rng(data.draw(st.integers(0, 999)))
    logits = random.normal(scale=2.0, size=(length, n_tags))
    doc = Doc(VOCAB, words=["w"] * length)
    doc.set_ents([], blocked=[doc[i : i + 1] for i in range(length) if taken[i]])
    component.set_annotations([doc], [DocScores(numpy.arange(length), logits)])
    forced = logits.copy()
    forced[taken] = -200.0
    forced[taken, 0] = 200.0
    (expected,) = decode([forced], component.tagset, "viterbi")
    assert [(e.start, e.end, e.label_) for e in doc.ents] == [tuple(e) for e, _ in expected]
    sureness = [confidence for _, confidence in expected]
    assert [e._.confidence for e in doc.ents] == pytest.approx(sureness, rel=1e-6)


def test_a_second_component_keeps_the_entities_of_the_first(trained: Language) -> None:
    nlp = spacy.blank("xx", vocab=trained.vocab)
    nlp.add_pipe("transformer", source=trained)
    nlp.add_pipe("transformer_ner", source=trained)
    second = trained.get_pipe("transformer_ner")
    other = type(second)(nlp.vocab, second.model, "second")
    other.cfg = {**second.cfg, "labels": ["FOO", "BAR"]}
    doc = nlp(Doc(nlp.vocab, words=WORDS))
    sureness = [ent._.confidence for ent in doc.ents]
    doc = other(doc)
    assert found(doc) == FOUND
    assert [ent._.confidence for ent in doc.ents] == sureness
