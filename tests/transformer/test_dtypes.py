"""What "auto" is on which device, asked anew on each, and who says it."""

from pathlib import Path

import pytest
import spacy
import torch
from spacy.language import Language
from spacy.util import load_config

from adaptive_spacy.transformer import dtypes, shim
from adaptive_spacy.transformer.dtypes import PRECISIONS, computes, multiplies_tiles, resolve
from adaptive_spacy.transformer.prediction import (
    BATCH_PIECES,
    BATCH_PIECES_IN_TILES,
    predict_by_length,
)
from adaptive_spacy.transformer.shim import precision_of
from tests.conftest import ROOT
from tests.ner.pipelines import found
from tests.transformer.pipelines import OURS, TEXTS, THEIRS, trained, vectors, weights


def as_processor(monkeypatch: pytest.MonkeyPatch, *has: str, name: str = "Intel Xeon") -> None:
    """Have torch find a processor that can do so much."""
    found = {"architecture": "x86_64", "cpu_name": name, "avx2": True, **dict.fromkeys(has, True)}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: found, raising=False)


@pytest.mark.parametrize(
    ("has", "expected"),
    [
        ((), "float32"),
        (("avx512_f", "avx512_vnni"), "float32"),
        (("avx512_f", "avx512_bf16"), "bfloat16"),
        (("amx_tile", "amx_bf16"), "bfloat16"),
        # tiles of integers alone, and an ARM processor, which nobody measured
        (("amx_tile", "amx_int8"), "float32"),
        (("neon", "bf16", "sve_bf16"), "float32"),
    ],
)
def test_auto_on_a_processor(monkeypatch: pytest.MonkeyPatch, has, expected: str) -> None:
    as_processor(monkeypatch, *has)
    assert dtypes.name_of(resolve("auto", "cpu")) == expected
    # all others are as they were
    known = {one: dtypes.name_of(resolve(one, "cpu")) for one in PRECISIONS if one != "auto"}
    assert known == {
        "float32": "float32",
        "bfloat16": expected,
        "float16": "float32",
        "int8": "float32",
    }


@pytest.mark.parametrize(
    ("name", "has", "is_slow"),
    [
        # tiles that a virtual machine hides
        ("Intel Xeon", ("avx512_bf16", "avx512_fp16"), True),
        ("Intel Xeon", ("avx512_bf16", "avx512_fp16", "amx_bf16"), False),
        # one from before there were tiles
        ("Intel Xeon", ("avx512_bf16",), False),
        ("AMD EPYC", ("avx512_bf16", "avx512_fp16"), False),
    ],
)
def test_auto_is_float32_where_bfloat16_is_slower(
    monkeypatch: pytest.MonkeyPatch, name: str, has: tuple[str, ...], is_slow: bool
) -> None:
    as_processor(monkeypatch, *has, name=name)
    assert resolve("auto", "cpu") is (torch.float32 if is_slow else torch.bfloat16)
    # what is asked for by name is done, and said to be slow
    assert resolve("bfloat16", "cpu") is torch.bfloat16
    remark = " (slower than float32)" if is_slow else ""
    model = {"@architectures": "adaptive_spacy.TransformerModel.v1", "precision": "bfloat16"}
    config = {"components": {"transformer": {"factory": "transformer", "model": model}}}
    assert dtypes.computes_in(config) == f"bfloat16{remark}"
    assert dtypes.processors_bfloat16().endswith(f"avx512_bf16{remark}")
    assert multiplies_tiles("cpu", torch.bfloat16) is ("amx_bf16" in has)
    model["precision"] = "auto"
    assert dtypes.computes_in(config) == ("float32" if is_slow else "bfloat16")


@pytest.mark.parametrize(
    ("has", "precision", "expected"),
    [
        (("avx512_bf16",), "bfloat16", False),
        (("avx512_bf16", "amx_bf16"), "bfloat16", True),
        (("avx512_bf16", "amx_bf16"), "auto", True),
        (("avx512_bf16", "amx_bf16"), "float32", False),
        (("avx512_bf16", "amx_bf16"), "int8", False),
        (("amx_int8",), "bfloat16", False),
    ],
)
def test_batches_of_a_prediction_are_larger_where_products_are_of_tiles(
    transformer_folder, monkeypatch: pytest.MonkeyPatch, has, precision: str, expected: bool
) -> None:
    as_processor(monkeypatch, *has)
    nlp = trained(transformer_folder, OURS, precision=precision)
    sizes = []

    def watched(network, *, exactly, batch_pieces, **inputs):
        sizes.append(batch_pieces)
        return predict_by_length(network, exactly=exactly, batch_pieces=batch_pieces, **inputs)

    monkeypatch.setattr(shim, "predict_by_length", watched)
    vectors(nlp)
    assert set(sizes) == {BATCH_PIECES_IN_TILES if expected else BATCH_PIECES}
    assert not multiplies_tiles("cuda", torch.bfloat16)


def test_auto_is_float32_where_torch_has_no_products_in_bfloat16(monkeypatch) -> None:
    as_processor(monkeypatch, "avx512_bf16")
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert resolve("auto", "cpu") is torch.float32


@pytest.mark.parametrize("has", [True, False])
def test_auto_with_a_torch_that_lists_no_capabilities(monkeypatch, has: bool) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False, raising=False)
    if has:
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False)
    else:
        monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
    assert computes("cpu", torch.bfloat16) is has


@pytest.mark.parametrize("has", [True, False])
def test_auto_on_a_gpu(monkeypatch: pytest.MonkeyPatch, has: bool) -> None:
    as_processor(monkeypatch)

    def is_supported(including_emulation: bool = True) -> bool:
        return has or including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", is_supported)
    assert resolve("auto", "cuda") is (torch.bfloat16 if has else torch.float32)
    assert resolve("float16", "cuda") is torch.float16
    assert resolve("auto", "mps") is torch.float32


def test_pipeline_of_a_machine_with_bfloat16_works_on_one_without(
    transformer_folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_processor(monkeypatch, "avx512_bf16")
    nlp = trained(transformer_folder, OURS, precision="auto")
    assert precision_of(nlp) == "bfloat16"
    nlp.to_disk(tmp_path / "model")
    half = vectors(nlp)
    as_processor(monkeypatch)
    # the same pipeline in another place, saved and in memory
    loaded = spacy.load(tmp_path / "model")
    assert precision_of(loaded) == precision_of(nlp) == "float32"
    for one, other in zip(vectors(loaded), vectors(nlp), strict=True):
        assert (one == other).all()
    difference = max(abs(a - b).max() for a, b in zip(half, vectors(loaded), strict=True))
    assert 0 < difference < 0.3
    assert [found(doc) for doc in loaded.pipe(TEXTS)] == [found(doc) for doc in nlp.pipe(TEXTS)]
    # and it says what it was told, not what it computes in here
    assert read_precision(loaded) == "auto"
    loaded.to_disk(tmp_path / "again")
    config = load_config(tmp_path / "again" / "config.cfg")
    assert config["components"]["transformer"]["model"]["precision"] == "auto"


def test_training_in_bfloat16_is_deterministic(transformer_folder, monkeypatch) -> None:
    as_processor(monkeypatch, "avx512_bf16")
    one, other = (trained(transformer_folder, OURS, steps=4, precision="auto") for _ in range(2))
    for name, weight in weights(one).items():
        assert torch.equal(weights(other)[name], weight), name


def test_precision_of_pipelines_without_our_transformer(transformer_folder) -> None:
    assert precision_of(spacy.blank("xx")) is None
    assert precision_of(trained(transformer_folder, THEIRS, steps=1)) is None


def test_shipped_configs_ask_for_auto_and_the_paper_does_not() -> None:
    asked = {
        path.stem: load_config(path)["components"]["transformer"]["model"].get("precision")
        for path in (ROOT / "configs").glob("*.cfg")
    }
    assert asked == {
        **dict.fromkeys(("adaptive", "hybrid", "original", "stable"), "auto"),
        "paper": "float32",
        # spacy-transformers' own
        "ner": None,
    }


def read_precision(nlp: Language) -> str:
    precision: str = nlp.config["components"]["transformer"]["model"]["precision"]
    return precision
