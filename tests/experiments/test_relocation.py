"""Paths in what a job wrote, for another machine."""

import json
import warnings
from pathlib import Path

from thinc.api import Config

from adaptive_spacy.config.checksums import require_unchanged, seal
from adaptive_spacy.experiments.relocation import move_paths, relocate

THERE = {"/tmp/node/job": '/runs/a "b"\\c/jöb', "/tmp/node/corpus": "/data/news", "hub": "hub"}


def test_configs_and_records_get_other_paths(tmp_path: Path) -> None:
    config = Config(
        {"paths": {"train": "/tmp/node/job/train.spacy", "dev": "/tmp/node/corpus/dev"}}
    )
    places = [tmp_path, tmp_path / "folds" / "fold-1-ab", tmp_path / "model-epoch-3"]
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
        config.to_disk(place / "config.cfg")
    (places[1] / "record.json").write_text(json.dumps({"job": {"corpus": "/tmp/node/corpus"}}))
    (places[2] / "meta.json").write_text("{}")
    seal(places[2])
    log = tmp_path / "log.txt"
    log.write_text("/tmp/node/corpus: read")
    relocate(tmp_path, THERE)
    for place in places:
        found = Config().from_disk(place / "config.cfg")["paths"]
        assert found == {"train": '/runs/a "b"\\c/jöb/train.spacy', "dev": "/data/news/dev"}
    record = json.loads((places[1] / "record.json").read_text())
    assert record == {"job": {"corpus": "/data/news"}}
    assert log.read_text() == "/tmp/node/corpus: read"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        require_unchanged(places[2])


def test_json_stays_json(tmp_path: Path) -> None:
    text = json.dumps({"reason": "/tmp/node/job/train.spacy: cut off"}, ensure_ascii=False)
    assert json.loads(move_paths(text, THERE)) == {
        "reason": '/runs/a "b"\\c/jöb/train.spacy: cut off'
    }
