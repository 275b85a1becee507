"""Each finding of the pre-flight, on adaptive.cfg with the tiny transformer (64 positions)."""

from pathlib import Path

import pytest
from spacy.util import load_model_from_config

from adaptive_spacy.data.validation import describe_noise
from adaptive_spacy.training.checks.corpora import preflight
from adaptive_spacy.training.checks.entities import find_data_faults
from tests.conftest import SENTENCES, write_corpus
from tests.training.checks.util import findings_of
from tests.trainings import read
from tests.util import scripted_config


@pytest.mark.parametrize("name", ["adaptive", "paper", "ner", "hybrid", "stable"])
def test_nothing_is_found_in_sound_trainings(name: str, sound_corpus, transformer_folder) -> None:
    config = read(sound_corpus, transformer_folder, name)
    found = findings_of(config)
    assert (found.errors, found.warnings, found.steps_per_epoch) == ([], [], 3)


def test_a_small_dev_set_is_a_warning_here_as_in_the_statistics(
    sound_corpus, transformer_folder
) -> None:
    nlp = load_model_from_config(read(sound_corpus, transformer_folder), auto_fill=True)
    (line,) = preflight(nlp).warnings
    assert line == describe_noise("[corpora.dev]", documents=2, entities=3)
    with pytest.warns(UserWarning, match="has 2 documents; with fewer than 100 the validation"):
        assert list(find_data_faults(nlp)) == []


@pytest.mark.parametrize("name", ["hybrid", "stable", "original"])
def test_a_small_dev_set_is_no_matter_where_no_score_decides(
    name: str, sound_corpus, transformer_folder, recwarn
) -> None:
    nlp = load_model_from_config(read(sound_corpus, transformer_folder, name), auto_fill=True)
    assert preflight(nlp).warnings == []
    assert list(find_data_faults(nlp)) == []
    assert [str(one.message) for one in recwarn if "documents" in str(one.message)] == []


def test_patience_goes_by_the_dev_set_too(sound_corpus, transformer_folder) -> None:
    config = read(sound_corpus, transformer_folder, "stable", training__patience=7)
    (line,) = preflight(load_model_from_config(config, auto_fill=True)).warnings
    assert "has 2 documents; with fewer than 100 the validation" in line
    assert "too noisy to tell when to stop: a mean" in line


def test_faults_of_the_config_are_errors(sound_corpus, transformer_folder) -> None:
    found = findings_of(read(sound_corpus, transformer_folder, training__patience=7))
    assert found.errors == [
        "[training] patience: expected 0 where the monitor is not [training.score_weights], got "
        "7: spaCy would stop by another score than the phases follow"
    ]


def test_a_missing_corpus_is_an_error(sound_corpus, transformer_folder, tmp_path) -> None:
    found = findings_of(
        read(sound_corpus, transformer_folder, paths__dev=str(tmp_path / "gone.spacy"))
    )
    assert found.errors == [
        "Corpus not found: [corpora] path: expected a .spacy file or a folder of them, got "
        f"{tmp_path / 'gone.spacy'}. Set it on the command line, e.g. --paths.train "
        "corpus/train.spacy"
    ]


def test_a_file_of_another_kind_is_no_corpus_and_the_error_says_what_makes_one(
    sound_corpus, transformer_folder, tmp_path
) -> None:
    path = tmp_path / "dev.conll"
    path.write_text("Ada B-PER\n", encoding="utf8")
    found = findings_of(read(sound_corpus, transformer_folder, paths__dev=str(path)))
    assert found.errors == [
        f"Corpus not found: [corpora] path: expected a .spacy file or a folder of them, got {path}"
        ", which holds none: `adaptive-spacy convert` makes them. Set it on the command line, e.g. "
        "--paths.train corpus/train.spacy"
    ]


def write(path: Path, sentences: list[tuple[str, str]]) -> str:
    return str(write_corpus(path, sentences))


@pytest.mark.parametrize(("copies", "kind"), [(1, "warnings"), (3, "errors")])
def test_overlap_is_judged_by_its_share(
    copies, kind, sound_corpus, transformer_folder, tmp_path
) -> None:
    dev = [(f"Ada calls London {i}", "B-PER O B-LOC O") for i in range(40 - copies)]
    path = write(tmp_path / "dev.spacy", [*dev, *SENTENCES[:copies]])
    found = findings_of(read(sound_corpus, transformer_folder, paths__dev=path))
    assert getattr(found, kind) == [
        f"[corpora.dev] has {copies} of 40 texts ({copies / 40:.1%}) that [corpora.train] has too: "
        "what is learnt by heart looks like progress"
    ]
    assert found.errors == [] or found.warnings == []


def test_tolerance_moves_the_line(sound_corpus, transformer_folder, tmp_path) -> None:
    config = read(sound_corpus, transformer_folder, paths__dev=str(sound_corpus / "train.spacy"))
    assert len(findings_of(config).errors) == 1
    assert len(findings_of(config, tolerance=1.0).warnings) == 1
    with pytest.raises(ValueError, match=r"^--tolerance: expected a number in \[0, 1\], got 5"):
        findings_of(config, tolerance=5)


def test_types_that_one_side_lacks(sound_corpus, transformer_folder, tmp_path) -> None:
    path = write(tmp_path / "dev.spacy", [("Ada calls Siri", "B-PER O B-PRODUCT")])
    found = findings_of(read(sound_corpus, transformer_folder, paths__dev=path))
    assert found.errors == [
        "[corpora.dev] has 1 entities of type PRODUCT, [corpora.train] has none: they can only be "
        "missed",
        "[corpora.dev] has no entity of type LOC, [corpora.train] has 36: nothing validates it",
    ]


def test_rare_types_are_warnings(sound_corpus, transformer_folder, tmp_path) -> None:
    path = write(tmp_path / "train.spacy", [*SENTENCES * 6, ("Siri calls", "B-PRODUCT O")])
    found = findings_of(read(sound_corpus, transformer_folder, paths__train=path))
    assert found.errors == []
    assert found.warnings == [
        "[corpora.dev] has no entity of type PRODUCT, [corpora.train] has 1: nothing validates it",
        "[corpora.train] has under 10 examples of PRODUCT (1): hardly enough to learn",
    ]


NOTHING_TO_GO_BY = (
    "[corpora.dev] has no entity of a type that [corpora.train] has: F1 says nothing, and the loss "
    "not when to stop"
)


def test_a_dev_set_without_entities_is_an_error(sound_corpus, transformer_folder, tmp_path) -> None:
    path = write(tmp_path / "dev.spacy", [("nothing here", "O O")])
    found = findings_of(read(sound_corpus, transformer_folder, paths__dev=path))
    assert found.errors == [NOTHING_TO_GO_BY]


def test_so_is_one_of_which_nothing_can_be_learnt(
    sound_corpus, transformer_folder, tmp_path
) -> None:
    path = write(tmp_path / "dev.spacy", [("Siri calls", "B-PRODUCT O")])
    found = findings_of(read(sound_corpus, transformer_folder, paths__dev=path))
    assert found.errors[:2] == [
        "[corpora.dev] has 1 entities of type PRODUCT, [corpora.train] has none: they can only be "
        "missed",
        NOTHING_TO_GO_BY,
    ]


def test_what_max_length_loses(sound_corpus, transformer_folder) -> None:
    config = read(sound_corpus, transformer_folder)
    config["corpora"]["train"]["max_length"] = 6
    found = findings_of(config)
    lost = 6 * 5
    assert found.errors == [
        f"[corpora.train] max_length = 6 loses {lost} of 78 entities: raise it, or cut the "
        "documents into sentences before"
    ]
    (warning,) = found.warnings
    assert warning.startswith("max_length = 6 drops 72 of 216 tokens of ")


def test_what_the_batcher_discards(sound_corpus, transformer_folder) -> None:
    batcher = {
        "@batchers": "spacy.batch_by_words.v1",
        "size": 5,
        "tolerance": 0.0,
        "discard_oversize": True,
    }
    found = findings_of(read(sound_corpus, transformer_folder, training__batcher__batcher=batcher))
    assert found.errors[0].startswith("[training.batcher] discards 12 of 48 documents, which are")


def test_a_streamed_corpus_is_checked_at_its_head(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("adaptive_spacy.training.checks.corpora.STREAMED", 7)
    config = scripted_config(
        tmp_path,
        [0],
        training__max_epochs=-1,
        training__batcher={"@batchers": "spacy.batch_by_sequence.v1", "size": 4},
    )
    found = findings_of(config)
    assert found.errors == [
        "[corpora.dev] has 4 of 4 texts (100.0%) that [corpora.train] has too: what is learnt by "
        "heart looks like progress"
    ]
    assert found.warnings == ["[corpora.train] is streamed: its first 7 documents were checked"]
    assert found.steps_per_epoch is None
