"""JSONL that is written, in the shape of Prodigy."""

import json

from adaptive_spacy.data.export import export
from adaptive_spacy.data.source import Sentence
from tests.data.writers.stored import store


def test_export_writes_jsonl_in_the_shape_of_prodigy(tmp_path):
    sentence = Sentence(["Ada", "sings", "."], [(0, 1, "PER")], [1], [True, False, False])
    export(store(tmp_path, sentence), tmp_path / "out.jsonl")
    assert json.loads((tmp_path / "out.jsonl").read_text()) == {
        "text": "Ada sings.",
        "tokens": [
            {"text": "Ada", "start": 0, "end": 3, "id": 0, "ws": True},
            {"text": "sings", "start": 4, "end": 9, "id": 1, "ws": False},
            {"text": ".", "start": 9, "end": 10, "id": 2, "ws": False},
        ],
        "spans": [{"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PER"}],
        "missing": [1],
    }
