"""Names, paths and code in the data of others: none is followed."""

from pathlib import Path
from typing import Any

import pytest
import srsly

from adaptive_spacy.transformer.pretrained import (
    fetch_transformer,
)
from adaptive_spacy.transformer.trust import require_file_name


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


NAMES = [
    "/tmp/outside.txt", "../outside.txt", "a/b.txt", "C:outside.txt", "C:\\outside.txt",
    "\\\\host\\share", "..", ".", "", ".bashrc", "a\0b", "a\nb", "vocab.txt ", "code.py",
    "CODE.PY", "x.so", "x.pth", "x.pkl", "con:", 3,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_only_bare_names_of_data_are_written(name: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        require_file_name(name)
