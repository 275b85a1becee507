"""Pipelines that know only the config of a training: which corpora it read."""

from pathlib import Path

import spacy
import srsly

from tests.conftest import write_corpus


def sentences(first: int, last: int) -> list[tuple[str, str]]:
    return [(f"Ada{number} sings .", "B-PER O O") for number in range(first, last)]


def write_splits(folder: Path) -> Path:
    """RETURNS (Path): A folder with train of 40 sentences, dev of 10, and test of 20."""
    folder.mkdir(parents=True)
    for split, first, last in (("train", 0, 40), ("dev", 40, 50), ("test", 50, 70)):
        write_corpus(folder / f"{split}.spacy", sentences(first, last))
    return folder


def write_pipeline(folder: Path, train: Path, dev: Path, **meta: object) -> Path:
    """RETURNS (Path): A pipeline of a training that read these corpora, with entries in its
    meta.json."""
    nlp = spacy.blank("en")
    nlp.config["paths"].update(train=str(train), dev=str(dev))
    folder.mkdir(parents=True)
    nlp.to_disk(folder)
    srsly.write_json(folder / "meta.json", {**srsly.read_json(folder / "meta.json"), **meta})
    return folder
