"""Corpora in which there is nothing to learn or to measure: refused, or warned of."""

import pytest

from tests.conftest import write_corpus
from tests.training.checks.util import faults_of
from tests.trainings import overrides


@pytest.mark.parametrize("split", ["train", "dev"])
def test_check_refuses_an_empty_corpus(split: str, corpus_folder, transformer_folder, tmp_path):
    empty = write_corpus(tmp_path / "empty.spacy", [])
    settings = {**overrides(corpus_folder, transformer_folder), f"paths.{split}": str(empty)}
    expected = {
        "train": f"[corpora.train] path: {empty} holds no example, so an epoch has no batch; "
        "expected at least one",
        "dev": f"[corpora.dev] path: {empty} holds no example, so nothing can be evaluated; "
        "expected at least one",
    }
    assert faults_of(settings) == expected[split]


def test_check_refuses_a_corpus_without_entities(corpus_folder, transformer_folder, tmp_path):
    plain = write_corpus(tmp_path / "plain.spacy", [("nothing here", "O O")])
    settings = {**overrides(corpus_folder, transformer_folder), "paths.train": str(plain)}
    assert faults_of(settings) == (
        "[corpora.train]: expected at least one entity, got none: there is nothing to learn"
    )


def test_check_warns_of_a_label_only_in_dev(corpus_folder, transformer_folder, tmp_path) -> None:
    odd = [("Ada visits Paris", "B-PER O B-CITY"), ("Paris calls", "B-CITY O")]
    dev = write_corpus(tmp_path / "dev.spacy", odd)
    settings = {**overrides(corpus_folder, transformer_folder), "paths.dev": str(dev)}
    with pytest.warns(UserWarning, match=r"\[corpora.dev\] has 2 entities of type CITY, \[cor"):
        assert faults_of(settings) == ""


def test_check_warns_of_a_dev_set_without_entities(corpus_folder, transformer_folder, tmp_path):
    dev = write_corpus(tmp_path / "dev.spacy", [("nothing here", "O O")])
    settings = {**overrides(corpus_folder, transformer_folder), "paths.dev": str(dev)}
    with pytest.warns(
        UserWarning, match=r"\[corpora.dev\] has no entity of a type that \[corpora.t"
    ):
        assert faults_of(settings) == ""


def test_check_warns_of_one_of_which_nothing_can_be_learnt(
    corpus_folder, transformer_folder, tmp_path
):
    dev = write_corpus(tmp_path / "dev.spacy", [("Siri calls", "B-PRODUCT O")])
    settings = {**overrides(corpus_folder, transformer_folder), "paths.dev": str(dev)}
    with pytest.warns(
        UserWarning, match=r"\[corpora.dev\] has no entity of a type that \[corpora.t"
    ):
        assert faults_of(settings) == ""
