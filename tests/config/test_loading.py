from pathlib import Path

import pytest
import spacy

from adaptive_spacy.config.checksums import seal
from adaptive_spacy.config.loading import load_pipeline, read_config


@pytest.mark.parametrize("text", ["no section", "[a]\nb = 1\nb = 2\n", "[a]\nb = ${c.d}\n"])
def test_config_that_is_none_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.cfg"
    path.write_text(text)
    with pytest.raises(ValueError, match="expected a config of spaCy; ") as error:
        read_config(path, interpolate=True)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_damage_is_found_where_no_component_of_ours_looks(tmp_path: Path) -> None:
    spacy.blank("xx").to_disk(tmp_path)
    seal(tmp_path)
    load_pipeline(tmp_path)
    data = (tmp_path / "tokenizer").read_bytes()
    (tmp_path / "tokenizer").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(ValueError, match=r": tokenizer: not what was written"):
        load_pipeline(tmp_path)


def test_pipeline_that_does_not_load_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.cfg").write_text('[nlp]\nlang = "en"\n')
    (tmp_path / "meta.json").write_text('{"lang": "en"}')
    (tmp_path / "vocab").mkdir()
    # spaCy raises an EOFError, which click takes for Ctrl-D
    (tmp_path / "vocab" / "vectors").write_bytes(b"")
    with pytest.raises(ValueError, match=r"^mine: expected a pipeline that spaCy can load; "):
        load_pipeline(tmp_path, named="mine")
