"""The network: a token classifier on word vectors, and the pooling that makes those."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy
from spacy.tokens import Doc
from thinc.api import Dropout, Linear, Model, Ops
from thinc.layers.resizable import resize_linear_weighted
from thinc.types import Floats2d, Ragged

#: Standard deviation of a fresh output layer, as in BERT (Devlin et al. 2019)
INITIALIZER_RANGE = 0.02


class TagLogits(NamedTuple):
    """Scores of each tag, per doc.

    logits (list[Floats2d]): *Shape:* (n_tokens, n_tags) each.
    represented (list[array]): *Shape:* (n_tokens,) each, bool: False where the vector of a token
        is all zeros, i.e. where the transformer made no word piece of it. The logits of such a
        token mean nothing.
    """

    logits: list[Floats2d]
    represented: list[numpy.ndarray]


def build_token_classifier_v1(
    tok2vec: Model[list[Doc], list[Floats2d]], nO: int | None = None
) -> Model[list[Doc], TagLogits]:
    """A linear layer with dropout on each token's vector: `adaptive_spacy.TokenClassifier.v1`.

    tok2vec (Model): Token vectors, usually a transformer listener.
    nO (int | None): Number of tags; set from the data when the component is initialized.
    RETURNS (Model): Docs to `TagLogits`.
    """
    model: Model[list[Doc], TagLogits] = Model(
        "token_classifier",
        forward,
        init=init,
        layers=[tok2vec, Dropout(), Linear(nO, init_W=_init_weights)],
        dims={"nO": nO},
        attrs={"resize_output": resize_output},
    )
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("output_layer", model.layers[2])
    return model


def forward(
    model: Model[list[Doc], TagLogits], docs: list[Doc], is_train: bool
) -> tuple[TagLogits, Callable[[list[Floats2d]], list[Doc]]]:
    tok2vec, dropout, linear = model.layers
    ops = model.ops
    vectors, backprop_tok2vec = tok2vec(docs, is_train)
    # the rows of an empty doc may have any width
    some = [i for i, one in enumerate(vectors) if len(one)]
    n_tags = linear.get_dim("nO")
    logits = [ops.alloc2f(0, n_tags) for _ in vectors]
    represented = [numpy.zeros(0, dtype=bool) for _ in vectors]
    if not some:
        return TagLogits(logits, represented), lambda d_logits: docs
    lengths = [len(vectors[i]) for i in some]
    flat = ops.flatten([vectors[i] for i in some])
    dropped, backprop_dropout = dropout(flat, is_train)
    scores, backprop_linear = linear(dropped, is_train)
    cuts = numpy.cumsum(lengths)[:-1]
    parts = zip(
        some,
        ops.xp.split(scores, cuts),
        numpy.split(ops.to_numpy(flat.any(axis=1)), cuts),
        strict=True,
    )
    for i, rows, has_vector in parts:
        logits[i], represented[i] = rows, has_vector

    def backprop(d_logits: list[Floats2d]) -> list[Doc]:
        d_flat = backprop_dropout(backprop_linear(ops.flatten([d_logits[i] for i in some])))
        d_vectors = [ops.alloc2f(0, flat.shape[1]) for _ in vectors]
        for i, rows in zip(some, ops.xp.split(d_flat, cuts), strict=True):
            d_vectors[i] = rows
        return backprop_tok2vec(d_vectors)

    return TagLogits(logits, represented), backprop


def init(model: Model[list[Doc], TagLogits], X: list[Doc] | None = None, Y: object = None) -> None:
    tok2vec, _, linear = model.layers
    tok2vec.initialize(X=X)
    if X:
        linear.set_dim("nI", tok2vec.predict(X)[0].shape[1])
    if model.has_dim("nO") and linear.has_param("W") is None:
        # the labels say it, whatever a config says
        linear.set_dim("nO", model.get_dim("nO"), force=True)
    linear.initialize()


def resize_output(model: Model[list[Doc], TagLogits], nO: int) -> Model[list[Doc], TagLogits]:
    """Give the output layer more tags. The ones it has keep their rows, new ones start at zero."""
    linear = resize_linear_weighted(model.get_ref("output_layer"), nO)
    model.layers[2] = linear
    model.set_ref("output_layer", linear)
    model.set_dim("nO", nO, force=True)
    return model


def _init_weights(ops: Ops, shape: tuple[int, ...]) -> Floats2d:
    weights: Any = numpy.random.normal(0.0, INITIALIZER_RANGE, shape)
    return ops.asarray2f(weights)


def build_first_piece_v1() -> Model[Ragged, Floats2d]:
    """A token's first word piece (Stollenwerk 2022, section 4; Devlin et al. 2019, section 5.3).

    Unlike thinc's `reduce_first.v1`, which raises, it gives a zero row to a token without a word
    piece: white space, or a zero-width character that the tokenizer drops.
    """
    return Model("first_piece", first_piece_forward)


def first_piece_forward(
    model: Model[Ragged, Floats2d], pieces: Ragged, is_train: bool
) -> tuple[Floats2d, Callable[[Floats2d], Ragged]]:
    ops = model.ops
    lengths = ops.to_numpy(pieces.lengths)
    with_piece = numpy.flatnonzero(lengths)
    tokens: Any = ops.xp.asarray(with_piece)
    firsts: Any = ops.xp.asarray((numpy.cumsum(lengths) - lengths)[with_piece])
    width = pieces.dataXd.shape[-1]
    vectors = ops.alloc2f(len(lengths), width)
    vectors[tokens] = pieces.dataXd[firsts]

    def backprop(d_vectors: Floats2d) -> Ragged:
        d_pieces = ops.alloc2f(len(pieces.dataXd), width)
        d_pieces[firsts] = d_vectors[tokens]
        return Ragged(d_pieces, pieces.lengths)

    return vectors, backprop
