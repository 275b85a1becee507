"""Token classifiers on vectors that a test can compute by hand."""

import numpy
import spacy
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

from adaptive_spacy.ner.model import build_token_classifier_v1

OPS = NumpyOps()
VOCAB = spacy.blank("xx").vocab


def docs(*texts: str) -> list[Doc]:
    return [Doc(VOCAB, words=text.split()) for text in texts]


def make_vectors(width: int = 3) -> Model:
    """A tok2vec whose vector of a token is filled with the token's length; of "0" it is zero."""
    gradients: list = []

    def forward(model, X, is_train):
        rows = [[[0.0 if t.text == "0" else float(len(t))] * width for t in doc] for doc in X]
        vectors = [OPS.asarray2f(numpy.array(one).reshape(-1, width)) for one in rows]

        def backprop(d_vectors):
            gradients.append(d_vectors)
            return X

        return vectors, backprop

    model = Model("vectors", forward, attrs={"gradients": gradients})
    return model


def initialized(n_tags: int = 4) -> Model:
    model = build_token_classifier_v1(make_vectors(), nO=n_tags)
    numpy.random.seed(0)
    model.initialize(X=docs("a bb"))
    return model
