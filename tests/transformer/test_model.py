import copy
import gc
import os
import threading
from io import BytesIO
from pathlib import Path

import numpy
import pytest
import spacy
import srsly
import torch
from spacy_transformers.layers.hf_shim import HFShim
from spacy_transformers.layers.transformer_model import TransformerModel
from thinc.api import Adam, ConfigValidationError

from adaptive_spacy.training.optimizer import make_adamw_v1
from adaptive_spacy.transformer import dtypes, shim
from adaptive_spacy.transformer.model import build_transformer_model_v1
from tests.ner.pipelines import examples, found
from tests.transformer.pipelines import (
    OURS,
    TEXTS,
    THEIRS,
    learn,
    make_nlp,
    trained,
    vectors,
    weights,
)


def test_model_trains_bit_for_bit_like_that_of_spacy_transformers(
    transformer_folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # but for the random numbers of dropout, and for the order in which a sparse gradient adds up
    # what a word that comes several times contributes (tests/training/test_rows.py)
    monkeypatch.setattr(shim.TransformerShim, "_set_sparse", lambda self, sparse: None)
    still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    ours, theirs = (
        trained(transformer_folder, one, steps=5, transformer_config=still)
        for one in (OURS, THEIRS)
    )
    for name, weight in weights(theirs).items():
        assert torch.equal(weights(ours)[name], weight), name


def test_model_predicts_like_that_of_spacy_transformers(transformer_folder) -> None:
    ours = trained(transformer_folder, OURS)
    theirs = trained(transformer_folder, THEIRS, steps=1)
    theirs.from_bytes(ours.to_bytes(exclude=["config"]))
    # batches of other sizes add up in another order
    for one, other in zip(vectors(ours), vectors(theirs), strict=True):
        real = one.any(axis=-1)
        assert real.any()
        assert numpy.allclose(one[real], other[real], rtol=0, atol=1e-5)
    entities = [found(doc) for doc in ours.pipe(TEXTS)]
    assert entities == [found(doc) for doc in theirs.pipe(TEXTS)]
    assert any(entities)


def test_model_survives_disk_and_bytes(transformer_folder, tmp_path: Path) -> None:
    nlp = trained(transformer_folder, OURS)
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    assert isinstance(loaded.get_pipe("transformer").model.layers[0].shims[0], shim.TransformerShim)
    assert [found(doc) for doc in loaded.pipe(TEXTS)] == [found(doc) for doc in nlp.pipe(TEXTS)]
    # a network read from disk goes on learning
    before = {name: weight.clone() for name, weight in weights(loaded).items()}
    learn(loaded, steps=1)
    changed = [name for name, weight in weights(loaded).items() if not weight.equal(before[name])]
    assert changed


def test_files_are_those_of_spacy_transformers(transformer_folder, tmp_path: Path) -> None:
    ours = trained(transformer_folder, OURS)
    theirs = make_nlp(transformer_folder, THEIRS)
    theirs.initialize(lambda: examples(theirs))
    data = ours.get_pipe("transformer").to_bytes(exclude=["vocab"])
    theirs.get_pipe("transformer").from_bytes(data)
    for one, other in zip(weights(ours).values(), weights(theirs).values(), strict=True):
        assert torch.equal(one, other)


def test_file_is_what_bytes_are(transformer_folder, tmp_path: Path) -> None:
    model = trained(transformer_folder, OURS, steps=1).get_pipe("transformer").model
    for _ in range(2):  # the second time with the tokenizer's files at hand
        model.to_disk(tmp_path / "model")
        ours, theirs = (
            srsly.msgpack_loads(data)
            for data in ((tmp_path / "model").read_bytes(), TransformerModel.to_bytes(model))
        )
        shims = [message.pop("shims") for message in (ours, theirs)]
        assert ours == theirs
        ((shim_bytes,),), ((other,),) = ([one for one in shim if one] for shim in shims)
        assert shim_bytes == other
        # as spacy-transformers' own shim packs it, but for checksums that torch does not read
        saved, expected = (
            srsly.msgpack_loads(one) for one in (other, HFShim.to_bytes(model.layers[0].shims[0]))
        )
        states = [
            torch.load(BytesIO(message.pop("state")), weights_only=True)
            for message in (saved, expected)
        ]
        # a path of this machine
        assert expected["config"].pop("_name_or_path")
        files = expected["tokenizer"]
        for one in (saved["tokenizer"], files):
            one["tokenizer_config.json"] = srsly.json_loads(one["tokenizer_config.json"])
        assert saved == expected
        assert states[0].keys() == states[1].keys()
        assert all(torch.equal(states[0][name], one) for name, one in states[1].items())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs a list of open files")
def test_replaced_file_lives_until_the_next_is_written(transformer_folder, tmp_path: Path) -> None:
    def replaced() -> int:
        links = Path("/proc/self/fd").iterdir()
        gone = f"{tmp_path / 'model'} (deleted)"
        return sum(os.path.islink(link) and os.readlink(link) == gone for link in links)

    model = trained(transformer_folder, OURS, steps=1).get_pipe("transformer").model
    for expected in (0, 1, 1, 1):
        model.to_disk(tmp_path / "model")
        for thread in threading.enumerate():
            if thread.name.startswith("give-back"):
                thread.join()
        assert replaced() == expected
    copy.deepcopy(model)  # an open file could not be copied
    del model
    gc.collect()
    assert replaced() == 0


def test_file_before_there_is_a_network(tmp_path: Path) -> None:
    model = build_transformer_model_v1("x", lambda docs: [], {"use_fast": True})
    model.to_disk(tmp_path / "model")
    assert srsly.msgpack_loads((tmp_path / "model").read_bytes()) == srsly.msgpack_loads(
        model.to_bytes()
    )


def test_listener_can_be_replaced(transformer_folder, tmp_path: Path) -> None:
    nlp = trained(transformer_folder, OURS, precision="bfloat16")
    expected = [found(doc) for doc in nlp.pipe(TEXTS)]
    nlp.replace_listeners("transformer", "transformer_ner", ["model.tok2vec"])
    nlp.remove_pipe("transformer")
    assert [found(doc) for doc in nlp.pipe(TEXTS)] == expected
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    assert [found(doc) for doc in loaded.pipe(TEXTS)] == expected
    # also there the numbers of the config are exact, and the precision stays
    nodes = loaded.get_pipe("transformer_ner").model.walk()
    (read,) = [node.shims[0] for node in nodes if node.shims]
    assert isinstance(read, shim.TransformerShim)
    assert read._model.config.layer_norm_eps == 1e-12
    assert read.precision == "bfloat16"


def test_gradients_change_hands(transformer_folder) -> None:
    nlp = trained(transformer_folder, OURS, steps=1)
    network = nlp.get_pipe("transformer").model.transformer
    assert all(parameter.grad is None for parameter in network.parameters())


def test_training_is_deterministic(transformer_folder) -> None:
    one, other = (trained(transformer_folder, OURS, steps=8) for _ in range(2))
    for name, weight in weights(one).items():
        assert torch.equal(weights(other)[name], weight), name


def test_model_learns_with_the_optimizer_of_thinc(transformer_folder) -> None:
    """Which takes no sparse gradient."""
    nlp = trained(transformer_folder, OURS, steps=0)
    optimizer = Adam(3e-3)
    for _ in range(25):
        nlp.update(examples(nlp), sgd=optimizer)
    assert found(nlp("Ada lives in Paris .")) == [("Ada", "PER"), ("Paris", "LOC")]


def test_copied_gradients_are_left_at_zero(transformer_folder) -> None:
    nlp = trained(transformer_folder, THEIRS, steps=1)
    network = nlp.get_pipe("transformer").model.transformer
    gradients = [one.grad for one in network.parameters() if one.grad is not None]
    assert gradients
    assert not any(one.any() for one in gradients)


def test_bfloat16_computes_in_halves_and_keeps_float32(
    transformer_folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = vectors(trained(transformer_folder, OURS))
    # as on a processor that has it in hardware
    monkeypatch.setattr(dtypes, "computes", lambda device, dtype: True)
    nlp = trained(transformer_folder, OURS, precision="bfloat16")
    rough = vectors(nlp)
    assert {one.dtype for one in rough} == {numpy.dtype("float32")}
    assert {weight.dtype for weight in weights(nlp).values()} == {torch.float32}
    difference = max(abs(a - b).max() for a, b in zip(exact, rough, strict=True))
    assert 0 < difference < 0.3
    assert found(nlp("Ada lives in Paris .")) == [("Ada", "PER"), ("Paris", "LOC")]
    nlp.to_disk(tmp_path / "model")
    monkeypatch.undo()
    loaded = spacy.load(tmp_path / "model")
    assert found(loaded("Ada lives in Paris .")) == [("Ada", "PER"), ("Paris", "LOC")]


def test_precision_is_float32_where_the_device_has_no_other(
    transformer_folder, monkeypatch
) -> None:
    # a torch that lists none has no such function
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    plain = trained(transformer_folder, OURS, steps=3)
    for precision in ("auto", "bfloat16", "float16"):
        nlp = trained(transformer_folder, OURS, steps=3, precision=precision)
        assert nlp.get_pipe("transformer").model.layers[0].shims[0].dtype is torch.float32
        for name, weight in weights(plain).items():
            assert torch.equal(weights(nlp)[name], weight), name


def test_precision_of_one_transformer_does_not_reach_the_next() -> None:
    def scales(precision: str) -> bool:
        model = build_transformer_model_v1("x", lambda docs: [], precision=precision)
        return model.layers[0].shims[0]._grad_scaler._enabled

    precisions = ("float32", "float16", "bfloat16", "auto")
    assert [scales(one) for one in precisions] == [False, True, False, False]


def test_unknown_precision_is_refused() -> None:
    message = "precision: expected one of auto, float32, bfloat16, float16, int8, got 'fp8'"
    with pytest.raises(ConfigValidationError, match=message):
        build_transformer_model_v1("x", lambda docs: [], precision="fp8")


def test_optimizer_goes_on_with_a_network_that_was_replaced() -> None:
    def run(replace: bool) -> torch.Tensor:
        optimizer = make_adamw_v1(0.1)
        parameter = torch.nn.Parameter(torch.ones(3, 2))
        for step in range(4):
            if replace and step == 2:
                parameter = torch.nn.Parameter(parameter.detach().clone())
            parameter.grad = torch.full((3, 2), 1.0 + step)
            optimizer.take((1, "W"), parameter)
            assert parameter.grad is None
            optimizer.step_schedules()
        return parameter.detach()

    assert torch.equal(run(True), run(False))


def test_full_disk_is_called_one() -> None:
    # torch's writer alone says "unexpected pos 704 vs 598"
    with (
        open("/dev/full", "wb", buffering=0) as file,
        pytest.raises(OSError, match="No space left"),
    ):
        shim._save_weights({"a": torch.zeros(100_000)}, file)


def test_a_transformer_that_fails_does_so_before_the_training(copied_transformer: Path) -> None:
    """And in one line: the tokenizer makes a piece that the network does not have."""
    words = (copied_transformer / "vocab.txt").read_text()
    (copied_transformer / "vocab.txt").write_text(words + "\n" * 9 + "hello")
    (copied_transformer / "tokenizer.json").unlink()
    nlp = make_nlp(copied_transformer, OURS)
    with pytest.raises(ConfigValidationError, match=r"name: .*loading it failed \(index out of"):
        nlp.get_pipe("transformer").initialize(lambda: examples(nlp), nlp=nlp)
