"""How long a text may be: what is counted is what the network takes, and no text is longer."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
import torch
from transformers import AutoModel, PretrainedConfig, PreTrainedModel

from adaptive_spacy.transformer.loading import load_transformer
from adaptive_spacy.transformer.positions import count_positions, count_positions_of
from tests.ner.pipelines import found
from tests.transformer.architectures import ARCHITECTURES, OTHERS, SIZES
from tests.transformer.architectures import make as make_architecture
from tests.transformer.pipelines import OURS, make_nlp, trained

LONGEST = int(SIZES["max_position_embeddings"])
#: Beyond this no text of the tests goes
ENDLESS = 3 * LONGEST
#: Those that count positions from behind that of the padding
FROM_BEHIND_PADDING = ("roberta", "xlm-roberta", "camembert", "mpnet", "luke", "longformer")
RELATIVE = ("xlnet", "llama", "modernbert", "funnel")


def make_config(name: str, **settings: Any) -> PretrainedConfig:
    _, kind, own = ARCHITECTURES[name]
    sizes = {"max_position_embeddings": LONGEST} if name == "distilbert" else {}
    sizes = sizes if kind in OTHERS else SIZES
    config: PretrainedConfig = kind(vocab_size=50, **{**sizes, **own, **settings})
    config.architectures = ["FunnelModel"] if name == "funnel" else None  # it has two
    return config


def takes(network: PreTrainedModel, pieces: int) -> bool:
    """RETURNS (bool): Whether a network gives vectors for a text of so many word pieces."""
    ids = torch.full((1, pieces), 7)
    try:
        with torch.no_grad():
            vectors = network.eval()(input_ids=ids, attention_mask=torch.ones_like(ids))[0]
    except (IndexError, RuntimeError):
        return False
    return bool(vectors.shape[1] == pieces)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_last_position_is_that_of_the_network(name: str) -> None:
    positions = require_exact(make_config(name))
    if name in RELATIVE:
        assert positions is None
    else:
        # the padding's number is 1
        assert positions == LONGEST - 2 * (name in FROM_BEHIND_PADDING)


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        # as DeBERTa-v3 is published
        ("deberta-v3", {"position_biased_input": False}, None),
        ("bert", {"position_embedding_type": "relative_key"}, LONGEST),
        ("roberta", {"pad_token_id": 5}, LONGEST - 6),
    ],
)
def test_it_depends_on_the_settings(
    name: str, settings: dict[str, Any], expected: int | None
) -> None:
    assert require_exact(make_config(name, **settings)) == expected


def require_exact(config: PretrainedConfig) -> int | None:
    """RETURNS (int | None): What is counted, which the network takes, and no more."""
    network = AutoModel.from_config(config)
    positions = count_positions(network)
    assert count_positions_of(config) == positions
    if positions is None:
        assert takes(network, ENDLESS)
    else:
        assert takes(network, positions)
        assert not takes(network, positions + 1)
    return positions


def set_limit(folder: Path, limit: int | None) -> None:
    """State a tokenizer's limit in its folder, or none."""
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text())
    settings.pop("model_max_length", None)
    path.write_text(json.dumps(settings | ({} if limit is None else {"model_max_length": limit})))


@pytest.mark.parametrize("named", [None, 10**30, 512, 64, 20])
def test_a_tokenizer_names_no_more_than_the_positions(
    copied_transformer: Path, named: int | None
) -> None:
    set_limit(copied_transformer, named)
    tokenizer = load_transformer(str(copied_transformer), {}, {}).tokenizer
    assert tokenizer.model_max_length == min(named or 64, 64)


def test_relative_positions_need_no_limit(tmp_path: Path) -> None:
    folder = make_architecture("modernbert", tmp_path / "modernbert")
    set_limit(folder, None)
    assert load_transformer(str(folder), {}, {}).tokenizer.model_max_length > 10**9


TEXTS = ["https://" + "a1" * 30, *["Ada lives in Paris ."] * 20]
ENTITIES = [("Ada", "PER"), ("Paris", "LOC")]


@pytest.mark.parametrize("architecture", ["bert", "roberta", "xlm-roberta", "luke"])
def test_a_long_word_is_read(architecture: str, tmp_path: Path) -> None:
    folder = make_architecture(architecture, tmp_path / "transformer")
    set_limit(folder, None)
    nlp = make_nlp(folder, OURS)
    nlp.get_pipe("transformer_ner").add_label("PER")
    nlp.initialize()
    texts = ["see " + "xyz" * 30, "Ada lives in Paris ."]
    assert [doc.text for doc in nlp.pipe(texts)] == texts


def test_models_saved_before_are_mended_when_they_are_read(
    copied_transformer: Path, tmp_path: Path
) -> None:
    nlp = trained(copied_transformer, OURS)
    # as it was written of a tokenizer that names no limit
    nlp.get_pipe("transformer").model.tokenizer.model_max_length = 10**30
    nlp.to_disk(tmp_path / "model")
    nlp.from_bytes(data := nlp.to_bytes())
    assert b"1000000000000000000000000000000" in data
    for read in (spacy.load(tmp_path / "model"), nlp):
        docs = list(read.pipe(TEXTS, batch_size=4))
        assert [doc.text for doc in docs] == TEXTS
        assert found(docs[-1]) == ENTITIES
