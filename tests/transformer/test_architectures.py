"""Every architecture: put into a folder, trained, saved, read back, and the same bit for bit."""

import warnings
from pathlib import Path
from typing import Any

import numpy
import pytest
import spacy
from spacy.language import Language

from adaptive_spacy.transformer.pretrained import fetch_transformer
from tests.ner.pipelines import examples, found
from tests.tiers import sliced
from tests.transformer.architectures import ARCHITECTURES, REFUSED, make
from tests.transformer.pipelines import OURS, learn, make_nlp

TEXTS = ["Ada lives in Paris .", "", "it  rains\nin London", "東京 isn't Åre", "Ada " * 40]
#: By default one of each kind of tokenizer and of attention
NAMES = sliced(
    ["bert", "roberta", "xlm-roberta", "deberta-v3", "gpt2", "xlnet", "modernbert"],
    of=ARCHITECTURES,
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> Any:
    home = tmp_path_factory.mktemp("architectures")

    def get(name: str) -> Path:
        folder = home / name
        return folder if folder.exists() else make(name, folder)

    return get


def get_vectors(nlp: Language) -> list[numpy.ndarray]:
    """Those of pieces. What a pooler makes of a single row has a last bit that goes by where its
    weights lie in memory, and nobody reads it."""
    docs = list(nlp.pipe(TEXTS))
    return [one for doc in docs for one in doc._.trf_data.tensors if one.ndim == 3]


def floats(value: Any, path: str = "") -> dict[str, float]:
    """Every number of a config with its place."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    places: dict[str, float] = {}
    for key, one in items:
        if isinstance(one, dict | list | tuple):
            places.update(floats(one, f"{path}.{key}"))
        elif isinstance(one, float):
            places[f"{path}.{key}"] = one
    return places


@pytest.mark.parametrize("name", NAMES)
def test_architecture(name: str, folders, tmp_path: Path) -> None:
    output = tmp_path / "transformer"
    about = fetch_transformer(str(folders(name)), output)
    assert not about["unused"]
    nlp = make_nlp(output, OURS)
    nlp.initialize(lambda: examples(nlp))
    learn(nlp, 2)
    expected = get_vectors(nlp)
    assert expected
    assert all(numpy.isfinite(one).all() for one in expected)
    numbers = floats(nlp.get_pipe("transformer").model.transformer.config.to_dict())
    nlp.to_disk(tmp_path / "model")
    with warnings.catch_warnings():
        warnings.filterwarnings("error", module="adaptive_spacy")
        from_disk = spacy.load(tmp_path / "model")
    from_bytes = make_nlp(output, OURS).from_bytes(nlp.to_bytes())
    from_disk.to_disk(tmp_path / "again")
    for loaded in (from_disk, from_bytes, spacy.load(tmp_path / "again")):
        assert all(
            numpy.array_equal(one, other)
            for one, other in zip(expected, get_vectors(loaded), strict=True)
        )
        network = loaded.get_pipe("transformer").model.transformer
        assert floats(network.config.to_dict()) == numbers
        assert [found(doc) for doc in loaded.pipe(TEXTS)] == [found(doc) for doc in nlp.pipe(TEXTS)]


@pytest.mark.parametrize("name", REFUSED)
def test_architectures_without_a_vector_per_piece_are_refused(
    name: str, folders, tmp_path: Path
) -> None:
    source = folders(name)
    with pytest.raises(ValueError, match="gives a vector for each word piece") as error:
        fetch_transformer(str(source), tmp_path / "out")
    assert str(error.value).startswith(f"{source}: expected a transformer")
    assert REFUSED[name][-1] in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_tokenizer_json_alone_is_trained(
    copied_transformer: Path, tmp_path: Path
) -> None:
    for name in ("vocab.txt", "tokenizer_config.json", "special_tokens_map.json"):
        (copied_transformer / name).unlink()
    fetch_transformer(str(copied_transformer), tmp_path / "out")
    nlp = make_nlp(tmp_path / "out", OURS)
    nlp.initialize(lambda: examples(nlp))
    expected = get_vectors(nlp)
    loaded = make_nlp(tmp_path / "out", OURS).from_bytes(nlp.to_bytes())
    assert all(map(numpy.array_equal, expected, get_vectors(loaded)))


@pytest.mark.parametrize("name", ["gpt2", "llama", "xlnet"])
def test_predictions_do_not_depend_on_the_padding(name: str, folders) -> None:
    nlp = make_nlp(folders(name), OURS)
    nlp.initialize(lambda: examples(nlp))
    together = [doc._.trf_data for doc in nlp.pipe(["Ada", "Ada lives in Paris . " * 3])]
    (alone,) = [doc._.trf_data for doc in nlp.pipe(["Ada"])]
    count = alone.tensors[0].shape[1]
    assert numpy.allclose(together[0].tensors[0][:, :count], alone.tensors[0], atol=1e-5)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("deberta-v3", "spm.model"),
        ("luke", "entity_vocab.json"),
        ("xlm-roberta", "sentencepiece.bpe.model"),
        ("xlnet", "spiece.model"),
        ("roberta", "merges.txt"),
        ("llama", "tokenizer.model"),
    ],
)
def test_a_tokenizer_keeps_all_its_files(name: str, kept: str, folders, tmp_path: Path) -> None:
    fetch_transformer(str(folders(name)), tmp_path / "out")
    assert (tmp_path / "out" / kept).read_bytes() == (folders(name) / kept).read_bytes()
    # what is made of it where it can be
    assert (tmp_path / "out" / "tokenizer.json").is_file() == (name != "luke")
