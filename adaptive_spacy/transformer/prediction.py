"""Prediction in batches of similar length, inside a batch of any length.

spaCy hands over a hundred docs at a time, and the network would pad them all to the longest.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import torch
from torch import Tensor
from transformers.file_utils import ModelOutput

from adaptive_spacy.transformer.rowwise_attention import Apart, attends_apart

#: Word pieces of a batch, padding included: the activations of a layer stay in a processor's cache
BATCH_PIECES = 512
#: Where products are made of tiles, that matters less than how many rows a product has
BATCH_PIECES_IN_TILES = 2048

#: Of transformers, or what behaves like one where nothing is said to be exact
Network = Callable[..., ModelOutput]


def predict_by_length(
    network: Network, *, exactly: bool = False, batch_pieces: int = BATCH_PIECES, **inputs: Tensor
) -> ModelOutput:
    """Run a network over rows of pieces, the longest first, a few at a time.

    network (Callable): Returns vectors per piece, *shape:* (n_rows, n_pieces, width), and per row,
        *shape:* (n_rows, width); nothing else.
    exactly (bool): Whether a row's vectors are the same in any batch, to the last bit. Where the
        network's attention cannot be told to leave padding out, rows of different lengths are not
        put together, which takes about a quarter longer.
    batch_pieces (int): Word pieces of a batch at most, padding included.
    inputs (Tensor): What it takes, by name; `attention_mask` is 1 where a piece is no padding.
        *Shape:* (n_rows, n_pieces)
    RETURNS (ModelOutput): What the network returns, zeros where there is padding.
    """
    mask = inputs["attention_mask"]
    lengths = mask.sum(dim=1)
    if not _padded_behind(mask, lengths):
        return network(**inputs)
    apart = exactly and attends_apart(network)
    output = ModelOutput()
    for rows, length in split(lengths, batch_pieces, equal=exactly and not apart):
        with Apart(lengths[rows]) if apart else nullcontext():
            part = network(**{name: one[rows, :length] for name, one in inputs.items()})
        for key, vectors in part.items():
            if key not in output:
                pieces = mask.shape[1:] if vectors.ndim == 3 else ()
                output[key] = vectors.new_zeros(len(mask), *pieces, vectors.shape[-1])
            if vectors.ndim == 3:
                output[key][rows, :length] = vectors
            else:
                output[key][rows] = vectors
    return output


def split(
    lengths: Tensor, batch_pieces: int, *, equal: bool = False
) -> Iterator[tuple[Tensor, int]]:
    """Yield the rows of each batch, and how many pieces the longest of them has.

    lengths (Tensor): Pieces of each row. *Shape:* (n_rows,)
    batch_pieces (int): Pieces of a batch, padding included; a longer row is a batch of its own.
    equal (bool): Whether all rows of a batch have the same length.
    """
    order = lengths.argsort(descending=True, stable=True)
    while len(order):
        longest = max(1, int(lengths[order[0]]))
        size = max(1, batch_pieces // longest)
        if equal:
            size = min(size, int((lengths[order] == lengths[order[0]]).sum()))
        yield order[:size], longest
        order = order[size:]


def _padded_behind(mask: Tensor, lengths: Tensor) -> bool:
    """Whether all padding stands at the end of its row."""
    places = torch.arange(mask.shape[1], device=mask.device)
    return bool(((places < lengths[:, None]) == mask.bool()).all())
