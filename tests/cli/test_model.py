"""`adaptive-spacy model` as its user meets it."""

from pathlib import Path

import pytest
from transformers import BertConfig, BertForMaskedLM
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from tests.transformer.architectures import make


def run(*arguments: object) -> tuple[int, str, str]:
    """RETURNS (tuple[int, str, str]): Exit code, stdout, stderr."""
    result = CliRunner().invoke(app, ["model", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_model_says_where_it_is(transformer_folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    said = f"✔ {transformer_folder} (no licence named) is in {output}\n"
    assert run(transformer_folder, output) == (0, said, "")


def test_model_says_which_weights_are_not_used(
    copied_transformer: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = BertConfig.from_pretrained(copied_transformer)
    BertForMaskedLM(config).save_pretrained(copied_transformer)
    code, out, _ = run(copied_transformer, tmp_path / "out")
    assert code == 0
    assert out.splitlines()[0] == (
        "⚠ 5 weights have no place in the network: cls.predictions.bias, "
        "cls.predictions.transform.LayerNorm.bias, cls.predictions.transform.LayerNorm.weight"
    )
    # a new pooler, of which transformers warns at length, is not used
    assert capfd.readouterr().err == ""


def test_model_refuses_in_one_line(
    transformer_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "train.spacy").write_text("mine")
    code, out, err = run(transformer_folder, assets)
    assert (code, out) == (1, "")
    assert err == (
        f"✘ {assets}: expected an empty folder or one that `adaptive-spacy model` made, found "
        f"train.spacy, which would be lost; name another folder, e.g. {assets / 'transformer'}\n"
    )
    t5 = make("t5", tmp_path / "t5")
    capfd.readouterr()
    code, out, err = run(t5, tmp_path / "out")
    assert (code, out) == (1, "")
    assert err == (
        f"✘ {t5}: expected a transformer that gives a vector for each word piece, such as BERT, "
        'RoBERTa or DeBERTa, got "t5", which has a decoder: its vectors are not those of the '
        "text's pieces\n"
    )
    assert capfd.readouterr().err == ""
