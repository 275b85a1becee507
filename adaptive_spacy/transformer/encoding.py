"""The word pieces of a batch of texts.

`huggingface_tokenize` of spacy-transformers (1.4.0) has the tokenizer pad the texts, which makes a
Python object of each place of padding and of each of its offsets, and asks for the string of each
piece, more than half of its time. Here arrays are padded, and the string of a piece is asked for
once a batch.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy
from numpy.typing import NDArray
from transformers import BatchEncoding, PreTrainedTokenizerBase


def encode(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> BatchEncoding:
    """Cut texts into word pieces.

    tokenizer (PreTrainedTokenizerBase): A fast one, with a token to pad with.
    texts (Sequence[str]): One or more.
    RETURNS (BatchEncoding): What `huggingface_tokenize` returns: "input_ids", "attention_mask" and,
        if the network takes them, "token_type_ids", *shape:* (n_texts, n_pieces) each;
        "offset_mapping", *shape:* (n_texts, n_pieces, 2); "input_texts", the strings of each text's
        pieces, padding included; "pad_token".
    """
    rows = tokenizer(
        list(texts),
        add_special_tokens=True,
        return_attention_mask=True,
        return_offsets_mapping=True,
    )
    lengths = numpy.array([len(one) for one in rows["input_ids"]])
    is_piece = numpy.arange(lengths.max()) < lengths[:, None]
    if tokenizer.padding_side == "left":
        is_piece = is_piece[:, ::-1]
    padding = {"input_ids": tokenizer.pad_token_id, "token_type_ids": tokenizer.pad_token_type_id}
    encoded: dict[str, Any] = {
        name: _pad(values, is_piece, padding.get(name, 0)) for name, values in rows.items()
    }
    encoded["input_texts"] = _strings(tokenizer, encoded["input_ids"])
    encoded["pad_token"] = tokenizer.pad_token
    return BatchEncoding(encoded)


def _pad(
    rows: Sequence[Sequence[Any]], is_piece: NDArray[numpy.bool_], padding: int
) -> NDArray[numpy.int64]:
    """RETURNS (array): *Shape:* (n_texts, n_pieces), or (n_texts, n_pieces, 2) of pairs."""
    values = numpy.array(list(chain.from_iterable(rows)), dtype=numpy.int64)
    padded = numpy.full((*is_piece.shape, *values.shape[1:]), padding, dtype=numpy.int64)
    padded[is_piece] = values
    return padded


def _strings(
    tokenizer: PreTrainedTokenizerBase, piece_ids: NDArray[numpy.int64]
) -> list[list[str]]:
    known, places = numpy.unique(piece_ids, return_inverse=True)
    strings = numpy.array(tokenizer.convert_ids_to_tokens(known.tolist()), dtype=object)
    return strings[places.reshape(piece_ids.shape)].tolist()
