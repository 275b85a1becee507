import numpy
import pytest
from thinc.api import reduce_first, set_dropout_rate
from thinc.types import Ragged

from adaptive_spacy.ner.model import build_first_piece_v1, resize_output
from tests.ner.models import OPS, docs, initialized


def test_first_piece_takes_the_first_row_of_each_token() -> None:
    pieces = Ragged(OPS.asarray2f(numpy.arange(10).reshape(5, 2)), OPS.asarray1i([2, 1, 2]))
    vectors, backprop = build_first_piece_v1()(pieces, is_train=True)
    assert vectors.tolist() == [[0, 1], [4, 5], [6, 7]]
    gradient = backprop(OPS.asarray2f([[1, 1], [2, 2], [3, 3]]))
    assert gradient.dataXd.tolist() == [[1, 1], [0, 0], [2, 2], [3, 3], [0, 0]]
    assert gradient.lengths.tolist() == [2, 1, 2]


def test_first_piece_gives_zeros_to_a_token_without_pieces() -> None:
    pieces = Ragged(OPS.asarray2f(numpy.arange(6).reshape(3, 2)), OPS.asarray1i([1, 0, 2, 0]))
    # what thinc's own layer does with such a token (thinc 8.3.14); if this changes, use it
    with pytest.raises(ValueError, match="all sequence lengths must be > 0"):
        reduce_first()(pieces, is_train=False)
    vectors, backprop = build_first_piece_v1()(pieces, is_train=True)
    assert vectors.tolist() == [[0, 1], [0, 0], [2, 3], [0, 0]]
    gradient = backprop(OPS.asarray2f([[1, 1], [9, 9], [2, 2], [9, 9]]))
    assert gradient.dataXd.tolist() == [[1, 1], [2, 2], [0, 0]]


def test_classifier_scores_every_token_and_knows_those_without_vector() -> None:
    model = initialized()
    output = model.predict(docs("a bb", "", "0 ccc 0"))
    assert [one.shape for one in output.logits] == [(2, 4), (0, 4), (3, 4)]
    assert [one.tolist() for one in output.represented] == [[True, True], [], [False, True, False]]
    linear = model.get_ref("output_layer")
    expected = numpy.full(3, 2.0) @ linear.get_param("W").T + linear.get_param("b")
    assert output.logits[0][1] == pytest.approx(expected)


def test_classifier_of_empty_docs_alone() -> None:
    output, backprop = initialized()(docs("", ""), is_train=True)
    assert [one.shape for one in output.logits] == [(0, 4), (0, 4)]
    assert len(backprop(output.logits)) == 2


def test_classifier_gradient_equals_finite_differences() -> None:
    model = initialized()
    batch = docs("a bb", "", "ccc")
    set_dropout_rate(model, 0.0)
    output, backprop = model(batch, is_train=True)
    d_logits = [
        numpy.random.default_rng(1).normal(size=one.shape).astype("f") for one in output.logits
    ]
    backprop(d_logits)
    linear = model.get_ref("output_layer")
    weights, gradient = linear.get_param("W").copy(), linear.get_grad("W")

    def value() -> float:
        scores = model.predict(batch).logits
        return sum(float((a * b).sum()) for a, b in zip(scores, d_logits, strict=True))

    for i in range(4):
        moved = weights.copy()
        moved[i, 1] += 0.5
        linear.set_param("W", moved)
        high = value()
        moved[i, 1] -= 1.0
        linear.set_param("W", moved)
        assert gradient[i, 1] == pytest.approx(high - value(), abs=1e-4)
    linear.set_param("W", weights)
    (d_vectors,) = model.get_ref("tok2vec").attrs["gradients"]
    assert [one.shape for one in d_vectors] == [(2, 3), (0, 3), (1, 3)]
    assert d_vectors[2] == pytest.approx(d_logits[2] @ weights)


def test_classifier_drops_out_in_training_only() -> None:
    model = initialized()
    set_dropout_rate(model, 0.5)
    batch = docs("a bb ccc dddd")
    numpy.random.seed(1)
    trained, _ = model(batch, is_train=True)
    assert not numpy.allclose(trained.logits[0], model.predict(batch).logits[0])


def test_resize_output_keeps_the_rows_of_known_tags() -> None:
    model = initialized(n_tags=3)
    linear = model.get_ref("output_layer")
    before = linear.get_param("W").copy()
    linear.get_param("b")[:] = [1, 2, 3]
    resize_output(model, 5)
    linear = model.get_ref("output_layer")
    assert linear.get_param("W").shape == (5, 3)
    assert (linear.get_param("W")[:3] == before).all()
    assert linear.get_param("b").tolist() == [1, 2, 3, 0, 0]
    assert model.predict(docs("a")).logits[0].shape == (1, 5)
