"""Word pieces of texts, counted without the network."""

from pathlib import Path

import spacy
import srsly
from spacy.tokens import Doc
from transformers import AutoTokenizer

from adaptive_spacy.transformer.tokenizer import WordPieces
from tests.transformer.pipelines import OURS, make_nlp


def test_pieces_are_counted_as_the_tokenizer_makes_them(copied_transformer: Path) -> None:
    for weights in copied_transformer.glob("*.safetensors"):
        weights.unlink()
    pieces = WordPieces(str(copied_transformer))
    texts = ["Ada lives in Paris .", "", "Ada " * 400]
    tokenizer = AutoTokenizer.from_pretrained(copied_transformer)
    expected = [len(tokenizer(text, verbose=False)["input_ids"]) for text in texts]
    assert pieces.count(texts) == expected
    assert expected[1:] == [2, 402]
    assert pieces.count([]) == []


def test_limit_is_none_where_the_tokenizer_names_none(copied_transformer: Path) -> None:
    assert WordPieces(str(copied_transformer), model_max_length=7).limit == 7
    file = copied_transformer / "tokenizer_config.json"
    settings = srsly.read_json(file)
    settings.pop("model_max_length", None)
    srsly.write_json(file, settings)
    assert WordPieces(str(copied_transformer)).limit is None


def test_tokens_with_a_piece_are_those_that_the_transformer_represents(
    transformer_folder: Path,
) -> None:
    nlp = make_nlp(transformer_folder, OURS)
    transformer = nlp.get_pipe("transformer")
    transformer.model.initialize()
    pieces = WordPieces(str(transformer_folder))
    words = ["\u200e", "Ada", "lives", "\n", "in", "\u200b", "New", "York", "\ufeff", ".", "\t"]
    # shorter and longer than a window, of which there are two or more then
    for doc in (Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words * 8)):
        (spans,) = transformer.model.attrs["get_spans"]([doc])
        found = pieces.find_tokens(spans)
        assert 0 < found.sum() < len(doc)
        (data,) = transformer.predict([doc]).doc_data
        assert found.tolist() == (data.align.lengths > 0).tolist()


def test_a_tokenizer_in_python_leaves_no_token_out(transformer_folder: Path) -> None:
    doc = Doc(spacy.blank("xx").vocab, words=["\u200e", "Ada"])
    pieces = WordPieces(str(transformer_folder), use_fast=False)
    assert not pieces.tokenizer.is_fast
    assert pieces.find_tokens([doc[:]]).all()
