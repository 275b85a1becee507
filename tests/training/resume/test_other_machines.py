"""What a training says that goes on where the same config computes otherwise."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from adaptive_spacy.serving.facts import describe_training
from adaptive_spacy.training.history import read_history
from adaptive_spacy.training.resume import identity as identity_module
from adaptive_spacy.training.resume import start
from adaptive_spacy.training.resume.identity import is_same, machine, other_machine
from adaptive_spacy.training.resume.snapshots import RESUME, Snapshots
from adaptive_spacy.transformer import dtypes
from tests.training.resume.commands import SCORES, broken_off, resume
from tests.training.resume.trainings import make_config
from tests.trainings import read

VECTORS, TILES = "avx512_bf16", "amx_bf16"


def as_processor(monkeypatch: pytest.MonkeyPatch, *has: str) -> None:
    """Have torch find a processor that can do so much."""
    found = dict.fromkeys(has, True)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: found, raising=False)


def identity() -> dict[str, Any]:
    return {"config": {"a": 1}, "machine": machine()}


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ((VECTORS,), (VECTORS,), None),
        ((VECTORS,), (), f"bfloat16: {VECTORS} then, none now"),
        ((), (TILES,), f"bfloat16: none then, {TILES} now"),
        ((VECTORS, TILES), (VECTORS,), f"bfloat16: {TILES}, {VECTORS} then, {VECTORS} now"),
    ],
)
def test_another_bfloat16_is_another_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, then, now, said: str | None
) -> None:
    as_processor(monkeypatch, *then)
    before = json.loads(json.dumps(identity()))
    Snapshots(tmp_path).write(1, before, {"it": 1})
    as_processor(monkeypatch, *now)
    assert other_machine(before, identity()) == ([] if said is None else [said])
    assert is_same(before, identity()) == (said is None)
    assert Snapshots(tmp_path).read_same(identity()) == ({"it": 1} if said is None else None)


def test_other_instructions_are_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity()
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "OTHER")
    (said,) = other_machine(before, identity())
    assert said.endswith("then, OTHER now")


def test_without_onednn_no_processor_has_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    as_processor(monkeypatch, VECTORS)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert dtypes.processors_bfloat16() == "none"


def test_snapshots_of_before_are_of_the_same_machine(tmp_path: Path) -> None:
    old = identity()
    for key in ("instructions", "bfloat16"):
        del old["machine"][key]
    assert other_machine(old, identity()) == []
    Snapshots(tmp_path).write(1, old, {"it": 1})
    assert Snapshots(tmp_path).read_same(identity()) == {"it": 1}
    # what was kept then still counts
    old["machine"]["threads"] = 77
    assert [one.partition(":")[0] for one in other_machine(old, identity())] == ["threads"]
    assert not is_same(old, identity())
    assert not is_same({**identity(), "config": {}}, identity())


def test_another_processor_is_said_where_a_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(tmp_path, SCORES)
    as_processor(monkeypatch, VECTORS)
    broken_off(config, tmp_path / "out", monkeypatch)
    as_processor(monkeypatch)
    said = resume(config, tmp_path / "out")
    assert f"Another machine: the end may differ in the last digits (bfloat16: {VECTORS}" in said
    # it has no transformer
    assert "Going on in" not in said


def test_a_snapshot_knows_the_device_that_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torch names a GPU only after it was chosen."""
    config, output = make_config(tmp_path, SCORES), tmp_path / "out"
    chosen: list[int] = []
    monkeypatch.setattr(start, "setup_gpu", chosen.append)
    monkeypatch.setattr(identity_module, "machine", lambda: {"gpu": chosen[-1:]})
    broken_off(config, output, monkeypatch)
    found = Snapshots(output / RESUME).read()
    assert found is not None
    assert found[0]["machine"] == {"gpu": [-1]}


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("changes", [True, False])
def test_another_precision_is_said_and_stays_on_record(
    changes: bool,
    corpus_folder: Path,
    transformer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config, output = tmp_path / "config.cfg", tmp_path / "out"
    read(corpus_folder, transformer_folder, training__max_epochs=5).to_disk(config)
    as_processor(monkeypatch, VECTORS)
    broken_off(config, output, monkeypatch)
    if changes:
        as_processor(monkeypatch)
    said = resume(config, output)
    expected = "Going on in float32; before, it was bfloat16: the end will be another one"
    assert (f"⚠ {expected}" in said) == ("⚠ Another machine" in said) == changes
    kinds = list(dict.fromkeys(one.precision for one in read_history(output)))
    assert kinds == (["bfloat16", "float32"] if changes else ["bfloat16"])
    stated = describe_training(output / "model-last")["precision"]
    assert stated.startswith(f"trained in {' and '.join(kinds)}; computes in auto")
