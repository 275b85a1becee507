from pathlib import Path

from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from adaptive_spacy.data.stats.collect import collect
from adaptive_spacy.data.stats.warnings import find_warnings
from tests.conftest import write_corpus


def test_warnings_say_what_will_hurt(folder: Path) -> None:
    assert list(find_warnings(collect([folder]))) == [
        "dev has 3 documents; with fewer than 100 the validation scores are too noisy to tell when "
        "to cool down: a mean over 3 wavers by about 58 % of the spread of a single one, and a "
        "recall of 80 % by 16 points. Take more for validation",
        "train has under 10 examples of LOC (7), PER (8): hardly enough to learn; join rare types "
        "or label more",
        "test has types that train lacks, which can only be missed: PRODUCT (1)",
        "dev shares 2 of 3 texts (66.7%) with train: scores on dev are too good; e.g. dev.spacy, "
        "document 1: Ada lives in Paris .",
    ]


def test_warnings_of_empty_and_plain_splits(tmp_path: Path) -> None:
    doc = Doc(Vocab(), words=["nothing", "here"], ents=["O", ""])
    DocBin(docs=[doc]).to_disk(tmp_path / "train.spacy")
    write_corpus(tmp_path / "dev.spacy", [])
    assert list(find_warnings(collect([tmp_path]))) == [
        "train has no entity: there is nothing to learn",
        "dev has no document",
        "train: 1 of 2 tokens are not annotated; they are neither learnt nor scored",
    ]


def test_no_warnings_about_a_sound_corpus(tmp_path: Path) -> None:
    for name, start in (("train", 0), ("dev", 1000)):
        sentences = [(f"Ada met {start + i}", "B-PER O O") for i in range(120)]
        write_corpus(tmp_path / f"{name}.spacy", sentences)
    assert list(find_warnings(collect([tmp_path]))) == []
