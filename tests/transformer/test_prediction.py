import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from transformers import AutoModel
from transformers.file_utils import ModelOutput

from adaptive_spacy.transformer.prediction import (
    BATCH_PIECES,
    BATCH_PIECES_IN_TILES,
    predict_by_length,
    split,
)


def make_rows(lengths: list[int], before: bool = False) -> dict[str, Tensor]:
    """Random pieces, padded with zeros behind, or before, each row."""
    torch.manual_seed(0)
    width = max(lengths)
    places = torch.arange(width)
    sizes = torch.tensor(lengths)[:, None]
    mask = places >= width - sizes if before else places < sizes
    ids = torch.randint(5, 40, (len(lengths), width)) * mask
    return {"input_ids": ids, "attention_mask": mask.long()}


@pytest.mark.parametrize("pieces", [1, 16, 10_000])
@pytest.mark.parametrize("before", [False, True], ids=["padded behind", "padded before"])
def test_prediction_is_that_of_one_batch(transformer_folder, pieces, before) -> None:
    network = AutoModel.from_pretrained(transformer_folder).eval()
    rows = make_rows([3, 9, 1, 9, 5, 2, 12], before)
    with torch.no_grad():
        whole = network(**rows)
        parts = predict_by_length(network, batch_pieces=pieces, **rows)
    assert parts.keys() == whole.keys()
    real = rows["attention_mask"].bool()
    for key, vectors in whole.items():
        assert parts[key].shape == vectors.shape
        places = real if vectors.ndim == 3 else slice(None)
        assert torch.allclose(parts[key][places], vectors[places], atol=1e-5)


def test_prediction_runs_few_rows_at_a_time_without_their_padding() -> None:
    seen = []

    def network(input_ids: Tensor, attention_mask: Tensor) -> ModelOutput:
        seen.append(tuple(input_ids.shape))
        return ModelOutput(last_hidden_state=input_ids[..., None] * 1.0)

    rows = make_rows([2, 6, 1, 5, 20, 2])
    output = predict_by_length(network, batch_pieces=12, **rows)
    assert seen == [(1, 20), (2, 6), (3, 2)]
    assert torch.equal(output["last_hidden_state"][..., 0], rows["input_ids"] * 1.0)


@given(
    st.lists(st.integers(0, 700), min_size=1, max_size=60),
    st.sampled_from([BATCH_PIECES, BATCH_PIECES_IN_TILES]),
)
def test_split_gives_each_row_once_and_bounds_the_padded_size(
    lengths: list[int], batch_pieces: int
) -> None:
    batches = list(split(torch.tensor(lengths), batch_pieces))
    assert sorted(row for rows, _ in batches for row in rows.tolist()) == list(range(len(lengths)))
    for rows, longest in batches:
        assert longest == max(1, *(lengths[row] for row in rows.tolist()))
        assert len(rows) == 1 or len(rows) * longest <= batch_pieces
