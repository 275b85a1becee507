""".spacy files of sentences, and what of them is read back."""

from pathlib import Path

from adaptive_spacy.data.docbin import Shard, find_norm
from adaptive_spacy.data.export import read_sentences
from adaptive_spacy.data.source import Sentence

ADA = Sentence(["Ada", "Lovelace", "sings"], [(0, 2, "PER")], [])


PARIS = Sentence(["Paris"], [(0, 1, "LOC")], [])


def store(folder: Path, *sentences: Sentence) -> Path:
    """RETURNS (Path): A .spacy file of the sentences."""
    shard = Shard(find_norm("xx"))
    for sentence in sentences:
        shard.add(sentence)
    path = folder / "in.spacy"
    shard.write(path)
    return path


def load(path: Path) -> list[Sentence]:
    return list(read_sentences([path], "", False))
