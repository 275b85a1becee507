"""Word pieces of texts, counted without the network."""

from pathlib import Path

import srsly
from transformers import AutoTokenizer

from adaptive_spacy.transformer.tokenizer import WordPieces


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
