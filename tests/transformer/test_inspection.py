"""Pipelines with spacy-transformers' own transformer: looked at before they are loaded."""

import io
from pathlib import Path

import pytest
import srsly
import torch

from adaptive_spacy.training.evaluation import evaluate
from adaptive_spacy.transformer.inspection import require_harmless
from tests.transformer.hostile import Runs, packed, read_message
from tests.transformer.pipelines import THEIRS, trained


@pytest.mark.parametrize("fault", ["file", "kwargs", "auto_map", "pickle"])
def test_pipelines_of_spacy_transformers_are_looked_at_first(
    transformer_folder: Path, tmp_path: Path, mark: Path, corpus_folder: Path, fault: str
) -> None:
    trained(transformer_folder, THEIRS, steps=1).to_disk(tmp_path / "pipeline")
    path = tmp_path / "pipeline" / "transformer" / "model"
    require_harmless(tmp_path / "pipeline")
    outer, message = srsly.msgpack_loads(path.read_bytes()), read_message(tmp_path / "pipeline")
    if fault == "file":
        message["tokenizer"][str(mark)] = b"written"
    elif fault == "kwargs":
        message["tokenizer"]["kwargs"]["trust_remote_code"] = True
    elif fault == "auto_map":
        message["config"]["auto_map"] = {"AutoConfig": "own.Own"}
    else:
        file = io.BytesIO()
        torch.save({"x": Runs(mark)}, file)
        message["state"] = file.getvalue()
    outer["shims"] = [[packed(message)] if shims else [] for shims in outer["shims"]]
    path.write_bytes(packed(outer))
    with pytest.raises(ValueError, match=f"^{path}: not loaded: "):
        evaluate(str(tmp_path / "pipeline"), corpus_folder / "dev.spacy")
    assert not mark.exists()
