"""Texts that nobody writes: no crash, and entities that lie inside the text."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from tests.tiers import examples

PIECES = st.sampled_from(
    [
        *("Ada", "Ben Ray", "New York", " ", "\n\n", "\t", "\x00", "\u200b", "\u200d", "\ufeff"),
        *("\u202e", "\u05d0\u05d1", "\u0627\u0644", "\U0001f469\u200d\U0001f680", "e\u0301"),
        *("\ufffd", "\uffff", "\U0010ffff", "[SEP]", "[MASK]", "##a", "x" * 300, "\x1b[0m", "<s>"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join)


def check(doc: Doc, text: str) -> None:
    assert doc.text == text
    for ent in doc.ents:
        assert text[ent.start_char : ent.end_char] == ent.text
        assert not ent[0].is_space
        assert not ent[-1].is_space
        assert 0.0 <= ent._.confidence <= 1.0


@given(st.lists(TEXTS, min_size=1, max_size=4))
@examples(25)
def test_hostile_texts_are_read(trained: Language, texts: list[str]) -> None:
    for doc, text in zip(trained.pipe(texts), texts, strict=True):
        check(doc, text)
    gold = [Example(trained.make_doc(text), trained.make_doc(text)) for text in texts]
    trained.evaluate(gold)
    trained.update(gold, sgd=False)


@pytest.mark.parametrize(
    "text",
    ["a" * 999_999, "\u0300" * 50_000, " " * 100_000, "\U0001f469\u200d" * 20_000, "\x00" * 99],
)
def test_endless_tokens_are_read(trained: Language, text: str) -> None:
    doc = trained(Doc(trained.vocab, words=[text, "Ada"]))
    check(doc, f"{text} Ada ")


def test_half_a_character_fails_in_spacys_tokenizer_before_any_pipe() -> None:
    """spaCy 3.8 stores words as UTF-8, so that no doc can hold one and no pipe can see one; nor
    is its error handler asked. If this changes, the transformer has to be tried with it."""
    nlp = spacy.blank("xx")
    handled: list[object] = []
    nlp.set_error_handler(lambda *error: handled.append(error))
    with pytest.raises(UnicodeEncodeError):
        list(nlp.pipe(["one", "\ud800", "two"]))
    assert not handled
    with pytest.raises(UnicodeEncodeError):
        Doc(nlp.vocab, words=["\ud800"])


def test_a_failing_batch_reaches_the_error_handler_and_others_go_on(
    trained: Language, monkeypatch
) -> None:
    component = trained.get_pipe("transformer_ner")
    predict = component.predict

    def fail(docs):
        docs = list(docs)
        if any("rains" in doc.text for doc in docs):
            raise ValueError("rain")
        return predict(docs)

    monkeypatch.setattr(component, "predict", fail)
    handled: list[tuple[str, list[str]]] = []
    component.set_error_handler(
        lambda name, pipe, docs, error: handled.append((name, [doc.text for doc in docs]))
    )
    try:
        docs = list(trained.pipe(["Ada", "it rains", "Paris"], batch_size=1))
    finally:
        del component.error_handler
    assert [doc.text for doc in docs] == ["Ada", "Paris"]
    assert handled == [("transformer_ner", ["it rains"])]
