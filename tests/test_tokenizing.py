"""Half of a surrogate pair is read as the replacement character, in every way texts come in."""

import functools
import multiprocessing
import pickle
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import load_config

from adaptive_spacy.data.corpus import make_corpus_v1
from adaptive_spacy.tokenizing import RepairingTokenizer
from tests.conftest import ROOT, SENTENCES, write_corpus

TEXTS = ["Ada lives in Paris .", "Ben Ray \ud800 visits New York\udfff", "\udc00", "\ud83d\ude00 x"]
READ = ["Ada lives in Paris .", "Ben Ray \ufffd visits New York\ufffd", "\ufffd", "\ufffd\ufffd x"]

ENGLISH = spacy.blank("en")


@functools.cache
def blank(lang: str = "en") -> Language:
    tokenizer = {"@tokenizers": "adaptive_spacy.Tokenizer.v1"}
    return spacy.blank(lang, config={"nlp": {"tokenizer": tokenizer}})


@pytest.fixture(params=[False, True], ids=["no handler", "handler"])
def nlp(request) -> Language:
    nlp = blank.__wrapped__()
    nlp.add_pipe("sentencizer")
    if request.param:
        nlp.set_error_handler(lambda *error: pytest.fail(f"nothing was to be handled: {error}"))
    return nlp


@pytest.mark.filterwarnings("ignore:a text has half")
def test_a_stream_goes_on_after_such_a_text(nlp: Language) -> None:
    assert [doc.text for doc in nlp.pipe(TEXTS, batch_size=2)] == READ
    assert [nlp(text).text for text in TEXTS] == READ
    pairs = list(nlp.pipe(zip(TEXTS, range(4), strict=True), as_tuples=True))
    assert [(doc.text, context) for doc, context in pairs] == [*zip(READ, range(4), strict=True)]
    # what comes out can be written, as no text with a half could
    assert [Doc(nlp.vocab).from_bytes(nlp(text).to_bytes()).text for text in TEXTS] == READ


def test_two_spawned_processes_read_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spacy.language.mp", multiprocessing.get_context("spawn"))

    def texts(**options: Any) -> list[str]:
        return [doc.text for doc in blank().pipe(TEXTS, batch_size=2, n_process=2, **options)]

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(texts).result(timeout=300) == READ


def test_it_is_said_once_in_one_line() -> None:
    nlp = blank()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            list(nlp.pipe(TEXTS))
    assert [str(one.message) for one in caught] == [
        "a text has half of a surrogate pair, which UTF-8 cannot hold: it is read as U+FFFD, one "
        "character for one"
    ]


@given(st.text(st.characters() | st.sampled_from("\ud800\udfff .,'-")))
@settings(max_examples=30, deadline=None)
@pytest.mark.filterwarnings("ignore:a text has half")
def test_offsets_are_those_of_the_text(text: str) -> None:
    doc = blank()(text)
    whole = "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in text)
    assert doc.text == whole
    assert [token.text for token in doc] == [token.text for token in ENGLISH(whole)]


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_other_texts_are_read_as_spacy_reads_them(lang: str) -> None:
    ours, spacys = blank(lang), spacy.blank(lang)
    texts = [
        *(text for text, _ in SENTENCES),
        "don't z.B. www.a.se/x?y (l'été), 3km/h :-) \U0001f600",
    ]
    for text in texts:
        tokens = [token.text_with_ws for token in spacys(text)]
        assert [token.text_with_ws for token in ours(text)] == tokens
        assert ours.tokenizer.explain(text) == spacys.tokenizer.explain(text)


def test_it_is_saved_and_sent_as_spacys(tmp_path: Path) -> None:
    nlp = blank.__wrapped__()
    nlp.tokenizer.add_special_case("gimme", [{"ORTH": "gim"}, {"ORTH": "me"}])
    nlp.to_disk(tmp_path)
    copies = [
        spacy.load(tmp_path),
        pickle.loads(pickle.dumps(nlp)),
        blank.__wrapped__().from_bytes(nlp.to_bytes()),
    ]
    for copy in copies:
        assert type(copy.tokenizer) is RepairingTokenizer
        assert [token.text for token in copy("gimme it")] == ["gim", "me", "it"]


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.cfg")), ids=lambda p: p.stem)
def test_configs_whose_pipelines_need_us_anyway_have_it(path: Path) -> None:
    config = load_config(path)
    ours = "transformer_ner" in config["nlp"]["pipeline"]
    tokenizer = "adaptive_spacy.Tokenizer.v1" if ours else "spacy.Tokenizer.v1"
    assert config["nlp"]["tokenizer"] == {"@tokenizers": tokenizer}


def test_a_corpus_with_half_a_pair_is_refused_in_one_line(tmp_path: Path) -> None:
    path = write_corpus(tmp_path / "train.spacy", SENTENCES)
    # no program writes such a file: three bytes that stand for one half, in place of a word
    content = zlib.decompress(path.read_bytes())
    assert b"Ada" in content
    path.write_bytes(zlib.compress(content.replace(b"Ada", b"\xed\xa0\x80")))
    with pytest.raises(ValueError, match=r"train\.spacy: expected") as caught:
        list(make_corpus_v1(path)(spacy.blank("en")))
    assert "\n" not in str(caught.value)


def test_it_explains_such_a_text_too() -> None:
    nlp = spacy.blank(
        "en", config={"nlp": {"tokenizer": {"@tokenizers": "adaptive_spacy.Tokenizer.v1"}}}
    )
    explained = nlp.tokenizer.explain("can't \ud800")
    assert [word for _, word in explained] == [token.text for token in nlp("can't \ufffd")]
