"""Each finding of the pre-flight, on adaptive.cfg with the tiny transformer (64 positions)."""

from pathlib import Path
from typing import Any

import pytest
from spacy.tokens import Doc, DocBin
from spacy.util import load_model_from_config
from spacy.vocab import Vocab
from thinc.api import Config

from adaptive_spacy.data.validation import describe_noise
from adaptive_spacy.training.checks.corpora import preflight
from adaptive_spacy.training.checks.entities import find_data_faults
from adaptive_spacy.training.checks.findings import Findings
from tests.conftest import SENTENCES, write_corpus
from tests.trainings import read
from tests.util import scripted_config


def check(config: Config, **arguments: Any) -> Findings:
    """RETURNS (Findings): All but that this dev set is small, which one test is about."""
    found = preflight(load_model_from_config(config, auto_fill=True), **arguments)
    found.warnings = [line for line in found.warnings if "too noisy" not in line]
    return found


@pytest.mark.parametrize("name", ["adaptive", "paper", "ner", "hybrid", "stable"])
def test_nothing_is_found_in_sound_trainings(name: str, sound_corpus, transformer_folder) -> None:
    config = read(sound_corpus, transformer_folder, name)
    found = check(config)
    assert (found.errors, found.warnings, found.steps_per_epoch) == ([], [], 3)


def test_a_small_dev_set_is_a_warning_here_as_in_the_statistics(
    sound_corpus, transformer_folder
) -> None:
    nlp = load_model_from_config(read(sound_corpus, transformer_folder), auto_fill=True)
    (line,) = preflight(nlp).warnings
    assert line == describe_noise("[corpora.dev]", documents=2, entities=3)
    with pytest.warns(UserWarning, match="has 2 documents; with fewer than 100 the validation"):
        assert list(find_data_faults(nlp)) == []


def test_faults_of_the_config_are_errors(sound_corpus, transformer_folder) -> None:
    found = check(read(sound_corpus, transformer_folder, training__patience=7))
    assert found.errors == [
        "[training] patience: expected 0 where the monitor is not [training.score_weights], got "
        "7: spaCy would stop by another score than the phases follow"
    ]


def test_a_missing_corpus_is_an_error(sound_corpus, transformer_folder, tmp_path) -> None:
    found = check(read(sound_corpus, transformer_folder, paths__dev=str(tmp_path / "gone.spacy")))
    assert found.errors == [
        "Corpus not found: [corpora] path: expected a .spacy file or a folder of them, got "
        f"{tmp_path / 'gone.spacy'}. Set it on the command line, e.g. --paths.train "
        "corpus/train.spacy"
    ]


def test_misaligned_entities_are_named_by_document(
    sound_corpus, transformer_folder, tmp_path
) -> None:
    doc = Doc(Vocab(), words=["in", "Paris", "ian"], spaces=[True, False, False])
    doc.set_ents([doc.char_span(3, 8, "LOC")])
    good = Doc(doc.vocab, words=["Ada"], spaces=[False], ents=["B-PER"])
    path = tmp_path / "train.spacy"
    DocBin(docs=[good] * 9 + [doc] * 22).to_disk(path)
    found = check(read(sound_corpus, transformer_folder, paths__train=str(path)))
    assert found.errors[0] == (
        "[corpora.train] document 10: the LOC 'Paris', characters 3 to 8, does not fit the tokens "
        "Parisian"
    )
    assert len(found.errors) == 21
    assert found.errors[20].startswith("[corpora.train] and 2 more entities that do not fit")


def write(path: Path, sentences: list[tuple[str, str]]) -> str:
    return str(write_corpus(path, sentences))


@pytest.mark.parametrize(("copies", "kind"), [(1, "warnings"), (3, "errors")])
def test_overlap_is_judged_by_its_share(
    copies, kind, sound_corpus, transformer_folder, tmp_path
) -> None:
    dev = [(f"Ada calls London {i}", "B-PER O B-LOC O") for i in range(40 - copies)]
    path = write(tmp_path / "dev.spacy", [*dev, *SENTENCES[:copies]])
    found = check(read(sound_corpus, transformer_folder, paths__dev=path))
    assert getattr(found, kind) == [
        f"[corpora.dev] has {copies} of 40 texts ({copies / 40:.1%}) that [corpora.train] has too: "
        "what is learnt by heart looks like progress"
    ]
    assert found.errors == [] or found.warnings == []


@pytest.mark.parametrize(
    ("count", "errors", "warnings"), [(0, [], []), (1, [], ["x"]), (5, [], ["x"]), (6, ["x"], [])]
)
def test_tolerance_is_the_largest_share_that_is_only_warned_of(count, errors, warnings) -> None:
    findings = Findings()
    findings.judge(count, 100, 0.05, "x")
    assert (findings.errors, findings.warnings) == (errors, warnings)


def test_tolerance_moves_the_line(sound_corpus, transformer_folder, tmp_path) -> None:
    config = read(sound_corpus, transformer_folder, paths__dev=str(sound_corpus / "train.spacy"))
    assert len(check(config).errors) == 1
    assert len(check(config, tolerance=1.0).warnings) == 1
    with pytest.raises(ValueError, match=r"^--tolerance: expected a number in \[0, 1\], got 5"):
        check(config, tolerance=5)


def test_types_that_one_side_lacks(sound_corpus, transformer_folder, tmp_path) -> None:
    path = write(tmp_path / "dev.spacy", [("Ada calls Siri", "B-PER O B-PRODUCT")])
    found = check(read(sound_corpus, transformer_folder, paths__dev=path))
    assert found.errors == [
        "[corpora.dev] has 1 entities of type PRODUCT, [corpora.train] has none: they can only be "
        "missed",
        "[corpora.dev] has no entity of type LOC, [corpora.train] has 36: nothing validates it",
    ]


def test_rare_types_are_warnings(sound_corpus, transformer_folder, tmp_path) -> None:
    path = write(tmp_path / "train.spacy", [*SENTENCES * 6, ("Siri calls", "B-PRODUCT O")])
    found = check(read(sound_corpus, transformer_folder, paths__train=path))
    assert found.errors == []
    assert found.warnings == [
        "[corpora.dev] has no entity of type PRODUCT, [corpora.train] has 1: nothing validates it",
        "[corpora.train] has under 10 examples of PRODUCT (1): hardly enough to learn",
    ]


def test_a_dev_set_without_entities_is_an_error(sound_corpus, transformer_folder, tmp_path) -> None:
    path = write(tmp_path / "dev.spacy", [("nothing here", "O O")])
    found = check(read(sound_corpus, transformer_folder, paths__dev=path))
    assert found.errors == [
        "[corpora.dev] has no entity ([corpora.train] 78): F1 says nothing, the loss little"
    ]


GET_SPANS = "components__transformer__model__get_spans"


def test_entities_that_no_window_holds(sound_corpus, transformer_folder, tmp_path) -> None:
    # windows of 4 tokens from 0, 2, 4: the entity of tokens 1 to 4 lies in none
    sentences = [("in New York New York today .", "O B-LOC I-LOC I-LOC I-LOC O O")]
    path = write(tmp_path / "dev.spacy", [*sentences, ("Ada", "B-PER")])
    window = {f"{GET_SPANS}__window": 4, f"{GET_SPANS}__stride": 2}
    found = check(read(sound_corpus, transformer_folder, paths__dev=path, **window))
    assert found.errors == [
        "[corpora.dev] 1 of 2 entities lie in no window as a whole, e.g. document 1, the LOC of 4 "
        "tokens 'New York New York': raise window, or window - stride to the longest entity"
    ]
    wide = {f"{GET_SPANS}__window": 4, f"{GET_SPANS}__stride": 1}
    assert check(read(sound_corpus, transformer_folder, paths__dev=path, **wide)).errors == []


LONG = ("ada " * 70 + "Paris", "O " * 70 + "B-LOC")


def test_windows_beyond_what_the_transformer_takes(
    sound_corpus, transformer_folder, tmp_path
) -> None:
    path = write(tmp_path / "dev.spacy", [LONG, ("Cleo", "B-PER")])
    found = check(read(sound_corpus, transformer_folder, paths__dev=path))
    assert found.errors == [
        "[corpora.dev] 1 windows have more word pieces than the transformer takes (the longest "
        "73): the tokens beyond get no vector; lower window"
    ]


def test_windows_beyond_the_positions(sound_corpus, transformer_folder, tmp_path) -> None:
    path = write(tmp_path / "dev.spacy", [LONG, ("Cleo", "B-PER")])
    settings = {"use_fast": True, "model_max_length": 512}
    model = {"components__transformer__model__tokenizer_config": settings}
    found = check(read(sound_corpus, transformer_folder, paths__dev=path, **model))
    assert found.errors == [
        "[corpora.dev] 1 windows have more word pieces than the transformer has positions (the "
        "longest 73): the training would break off; lower window, or set model_max_length in "
        "tokenizer_config"
    ]


def test_what_max_length_loses(sound_corpus, transformer_folder) -> None:
    config = read(sound_corpus, transformer_folder)
    config["corpora"]["train"]["max_length"] = 6
    found = check(config)
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
    found = check(read(sound_corpus, transformer_folder, training__batcher__batcher=batcher))
    assert found.errors[0].startswith("[training.batcher] discards 12 of 48 documents, which are")


# settings of a config, its name, and what is said. A round is an epoch of 3 steps.
ENDS = [
    (
        "adaptive",
        {"training__max_epochs": 5},
        "[training] max_steps, max_epochs: expected at least 27 steps, the fewest in which the "
        "schedule can end (9 epochs), got 15 (5 epochs): the training would stop in the middle of "
        "a phase",
    ),
    (
        "hybrid",
        {"training__max_steps": 40, "training__optimizer__learn_rate__total": 16},
        "[training] max_steps: expected 48, which is total * interval of adaptive_spacy.hybrid.v1, "
        "got 40: the training would not end with the cool-down",
    ),
    (
        "stable",
        {
            "training__max_steps": 30,
            "training__optimizer__learn_rate": {
                "@schedules": "warmup_linear.v1",
                "initial_rate": 1.0,
                "warmup_steps": 6,
                "total_steps": 60,
            },
            "training__before_update": None,
        },
        "[training.optimizer.learn_rate] total_steps: the rate falls to 0 in 60 steps, the "
        "training ends after 30",
    ),
    (
        "adaptive",
        {"training__eval_frequency": 15},
        "[training] eval_frequency: a round is 5 epochs; phases count rounds, and were tried with "
        "one round per epoch (adaptive_spacy.steps.v1)",
    ),
    (
        "adaptive",
        {"training__eval_frequency__epochs": 4.0},
        "[training] eval_frequency: a round is 4 epochs; phases count rounds, and were tried with "
        "one round per epoch (adaptive_spacy.steps.v1)",
    ),
]


@pytest.mark.parametrize(("name", "settings", "line"), ENDS)
def test_ends_that_cut_a_phase(name, settings, line, sound_corpus, transformer_folder) -> None:
    found = check(read(sound_corpus, transformer_folder, name, **settings))
    assert [*found.errors, *found.warnings] == [line]


def test_rounds_that_are_bounded_may_be_many_epochs(sound_corpus, transformer_folder) -> None:
    settings = {"training__eval_frequency__least": 15}
    found = check(read(sound_corpus, transformer_folder, "adaptive", **settings))
    assert [*found.errors, *found.warnings] == []


def test_a_streamed_corpus_is_checked_at_its_head(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("adaptive_spacy.training.checks.corpora.STREAMED", 7)
    config = scripted_config(
        tmp_path,
        [0],
        training__max_epochs=-1,
        training__batcher={"@batchers": "spacy.batch_by_sequence.v1", "size": 4},
    )
    found = check(config)
    assert found.errors == [
        "[corpora.dev] has 4 of 4 texts (100.0%) that [corpora.train] has too: what is learnt by "
        "heart looks like progress"
    ]
    assert found.warnings == ["[corpora.train] is streamed: its first 7 documents were checked"]
    assert found.steps_per_epoch is None
