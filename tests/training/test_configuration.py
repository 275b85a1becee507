"""The config of one training, which says where its data is."""

from pathlib import Path

import pytest
from spacy.util import load_config
from thinc.api import Config

from adaptive_spacy.training.configuration import configure
from tests.conftest import ROOT


@pytest.mark.parametrize("split", ["train", "dev"])
def test_corpus_is_what_the_training_reads(split: str, corpus_folder: Path, tmp_path: Path) -> None:
    """Where a config writes a path out, another corpus would be trained on than was given."""
    given = load_config(ROOT / "configs" / "adaptive.cfg", interpolate=False)
    given["corpora"][split]["path"] = "data/old.spacy"
    given.to_disk(tmp_path / "own.cfg")
    message = rf"^\[corpora.{split}\]: expected it to read .*, got data/old.spacy$"
    with pytest.raises(ValueError, match=message):
        configure(tmp_path / "own.cfg", tmp_path / "made.cfg", [], corpus=corpus_folder)
    assert not (tmp_path / "made.cfg").exists()


def test_corpora_of_other_names_and_readers_may_read_it(
    corpus_folder: Path, tmp_path: Path
) -> None:
    given = load_config(ROOT / "configs" / "adaptive.cfg", interpolate=False)
    reader = {"@readers": "mine.v1", "files": ["${paths.train}"]}
    given["corpora"]["mine"], given["training"]["train_corpus"] = reader, "corpora.mine"
    given["corpora"]["train"]["path"] = "data/old.spacy"
    given.to_disk(tmp_path / "own.cfg")
    configure(tmp_path / "own.cfg", tmp_path / "made.cfg", [], corpus=corpus_folder)
    both = {"@readers": "mine.v2", "train": "${paths.train}", "dev": "${paths.dev}"}
    own = Config({"paths": {"train": None, "dev": None}, "nlp": {"lang": "en"}, "corpora": both})
    own.to_disk(tmp_path / "whole.cfg")
    configure(tmp_path / "whole.cfg", tmp_path / "whole-made.cfg", [], corpus=corpus_folder)
    assert (tmp_path / "whole-made.cfg").is_file()
