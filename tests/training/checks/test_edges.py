"""Entities that begin or end where nothing can be predicted: said before a training."""

from pathlib import Path

import pytest
from spacy.tokens import Doc, DocBin
from spacy.util import load_model_from_config
from spacy.vocab import Vocab

from adaptive_spacy.training.checks.entities import find_data_faults
from tests.conftest import SENTENCES
from tests.training.checks.util import faults_of, findings_of
from tests.trainings import overrides, read

WHAT = "entities begin or end on white space or a token without a word piece, e.g. document 1, the "
END = ": they are learnt without it, and never found as annotated; leave such tokens out of them"


def write(path: Path, mark: str, times: int = 1) -> str:
    """Write the first sentences, with a mark where each entity of them begins."""
    docs = []
    for text, tags in SENTENCES[:2] * times:
        words: list[str] = []
        marks: list[str] = []
        for word, tag in zip(text.split(), tags.split(), strict=True):
            words += [mark, word] if tag[0] == "B" else [word]
            marks += [tag, f"I{tag[1:]}"] if tag[0] == "B" else [tag]
        docs.append(Doc(Vocab(), words=words, ents=marks))
    DocBin(docs=docs).to_disk(path)
    return str(path)


def told(recwarn: pytest.WarningsRecorder) -> list[str]:
    return [str(one.message) for one in recwarn if "white space" in str(one.message)]


def test_a_training_says_it_once_of_each_corpus(
    corpus_folder, transformer_folder, tmp_path, recwarn
) -> None:
    settings = {
        **overrides(corpus_folder, transformer_folder),
        "paths.train": write(tmp_path / "train.spacy", "\u200e", 8),
        "paths.dev": write(tmp_path / "dev.spacy", "\n"),
    }
    # the component, which reads the same, does not say it again
    assert faults_of(settings) == ""
    assert told(recwarn) == [
        rf"[corpora.train] 32 of 32 {WHAT}PER '\u200e Ada'{END}",
        rf"[corpora.dev] 4 of 4 {WHAT}PER '\n Ada'{END}",
    ]


def test_the_check_says_it_too(sound_corpus, transformer_folder, tmp_path) -> None:
    path = write(tmp_path / "dev.spacy", "\u200b")
    found = findings_of(read(sound_corpus, transformer_folder, paths__dev=path))
    assert rf"[corpora.dev] 4 of 4 {WHAT}PER '\u200b Ada'{END}" in found.warnings


@pytest.mark.parametrize("mark", ["-", "\u2013"])
def test_what_has_a_piece_is_no_such_edge(
    sound_corpus, transformer_folder, tmp_path, recwarn, mark
) -> None:
    path = write(tmp_path / "dev.spacy", mark)
    nlp = load_model_from_config(
        read(sound_corpus, transformer_folder, paths__dev=path), auto_fill=True
    )
    assert list(find_data_faults(nlp)) == []
    assert told(recwarn) == []


def test_spacys_ner_is_another_matter(sound_corpus, transformer_folder, tmp_path, recwarn) -> None:
    path = write(tmp_path / "dev.spacy", "\n")
    config = read(sound_corpus, transformer_folder, "ner", paths__dev=path)
    assert list(find_data_faults(load_model_from_config(config, auto_fill=True))) == []
    assert told(recwarn) == []


@pytest.mark.parametrize(("mark", "lines"), [("\n", 1), ("\u200e", 0)])
def test_without_the_tokenizer_white_space_is_known(
    mark: str, lines: int, sound_corpus, tmp_path, recwarn
) -> None:
    path = write(tmp_path / "dev.spacy", mark)
    config = read(sound_corpus, tmp_path / "gone", paths__dev=path)
    assert list(find_data_faults(load_model_from_config(config, auto_fill=True))) == []
    assert len(told(recwarn)) == lines


def test_a_long_entity_is_shown_by_its_ends(sound_corpus, transformer_folder, tmp_path) -> None:
    words = ["in", *["Paris"] * 20, "\u200e"]
    doc = Doc(Vocab(), words=words, ents=["O", "B-LOC", *["I-LOC"] * 20])
    DocBin(docs=[doc]).to_disk(tmp_path / "dev.spacy")
    path = str(tmp_path / "dev.spacy")
    found = findings_of(read(sound_corpus, transformer_folder, paths__dev=path))
    (line,) = [one for one in found.warnings if "white space" in one]
    assert r"the LOC 'Paris Paris Paris Paris Paris …" in line
    assert r"Paris \u200e'" in line
