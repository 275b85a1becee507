"""What `crossfit` refuses or says before it trains."""

import shutil
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc
from spacy.util import load_config
from spacy.vocab import Vocab

from adaptive_spacy.experiments.crossfit import crossfit
from adaptive_spacy.experiments.fold_jobs import settle_lang
from adaptive_spacy.experiments.shipping import begin_output, require_output
from tests.conftest import ROOT, SENTENCES, write_corpus
from tests.experiments.crossfits import FOLDS, docs_of, run


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--folds", "1"], "--folds: expected 2 to 100, got 1"),
        (["--folds", "13"], "different texts, 12, got 13"),
        (["--paths.dev", "x.spacy"], "--paths.dev: expected a setting that the folds leave open"),
        (["--training.seed", "3"], "--training.seed: expected a setting that the folds leave open"),
        (["--test", "nope.spacy"], "expected a .spacy file or a folder of them, got nope.spacy"),
        (["--rate", "1"], "--rate: expected an option of crossfit, or a setting"),
        (["--config", "nope.cfg"], "nope.cfg: there is no such file"),
        (
            ["--lang", "zz"],
            "--lang: expected the code of a language of spaCy, such as en, or xx for any, got",
        ),
        (["--training.eval_frequency", "8"], "eval_frequency: expected @misc ="),
        (["--corpora.train.@readers", "spacy.Corpus.v1"], "--corpora.train.@readers: expected a"),
        (["--training.optimizer.learn_rate.total", "4"], "unexpected argument: 'total'"),
        (["--training.optimizer.learn_rate.least", "abc"], "'abc' is not <class 'int'>"),
        (["--training.optimizer.learn_rate.least", "-5"], "least: expected a whole number >= 0"),
        (["--training.batcher.batcher.size", "0"], "size: expected a whole number >= 1"),
        (["--training.eval_frequency.least", "abc"], "least: at root: 'abc' is not <class 'int'>"),
        (["--training.eval_frequency.least", "-1"], "least: expected a whole number >= 1"),
        (["--training.eval_frequency.epochs", "abc"], "epochs: at root: 'abc' is not <class 'flo"),
        (["--training.eval_frequency.epochs", "0"], "epochs: expected a number > 0"),
        (["--training.eval_frequency.typo", "1"], "unexpected argument: 'typo'"),
        (["--training.before_update.then.retries", "abc"], "'abc' is not <class 'int'>"),
        (["--training.eval_frequency.most", "0"], "most: expected a whole number >= 1"),
        (
            ["--training.eval_frequency.least", "8", "--training.eval_frequency.most", "4"],
            "most: expected a whole number >= 8",
        ),
        (["--training.eval_frequency.times", "0"], "times: expected a number > 0, got 0"),
        (["--training.dropout", "abc"], "[training] dropout: expected"),
        (["--components.transformer_ner.typo", "1"], "unexpected argument: 'typo'"),
        (["--components.transformer_ner.model.tok2vec.typo", "1"], "unexpected argument: 'typo'"),
        (["--components.transformer_ner.factory", "nothing"], "Can't find factory for 'nothing'"),
        (["--components.transformer.model.precision", "float17"], "precision: expected one of"),
        (["--nlp.pipeline", '["transformer","x"]'], "Can't find component 'x'"),
        (["--nlp.tokenizer.typo", "1"], "unexpected argument: 'typo'"),
    ],
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_faults_are_found_before_anything_is_made(
    more: list[str],
    message: str,
    dry: list[str],
    labelled: Path,
    tmp_path: Path,
    transformer_folder: Path,
) -> None:
    result = run(labelled, tmp_path / "few", transformer_folder, *more, *dry)
    assert result.exit_code == 1
    assert message in " ".join(result.output.split())
    assert "a bug" not in result.output
    assert not (tmp_path / "few").exists()


def test_schedule_must_be_adaptive(
    labelled: Path, tmp_path: Path, transformer_folder: Path
) -> None:
    with pytest.raises(ValueError, match="has another schedule, whose length was fixed"):
        crossfit(
            docs_of(labelled),
            config=ROOT / "configs" / "stable.cfg",
            output=tmp_path / "few",
            folds=FOLDS,
            settings={"variables.transformer": str(transformer_folder)},
        )
    assert not (tmp_path / "few" / "model-last").exists()


def test_corpus_must_be_read_by_the_projects_reader(
    labelled: Path, tmp_path: Path, transformer_folder: Path
) -> None:
    config = tmp_path / "own.cfg"
    own = load_config(ROOT / "configs" / "adaptive.cfg")
    own["corpora"]["train"] = {
        "@readers": "spacy.Corpus.v1",
        "path": "${paths.train}",
        "gold_preproc": False,
        "max_length": 0,
        "limit": 0,
        "augmenter": None,
    }
    own.to_disk(config)
    result = run(labelled, tmp_path / "few", transformer_folder, "--config", str(config))
    assert result.exit_code == 1
    assert '[corpora.train]: expected @readers = "adaptive_spacy.Corpus.v1"' in " ".join(
        result.output.split()
    )
    assert not (tmp_path / "few").exists()


def test_language_is_that_of_the_docs() -> None:
    german, english = (Doc(spacy.blank(lang).vocab, ["Rom"]) for lang in ("de", "en"))
    unsaid = Doc(Vocab(), ["Rom"])
    assert settle_lang([german, unsaid], None) == settle_lang([german], "de") == "de"
    assert (settle_lang([unsaid], None), settle_lang([unsaid], "nl")) == ("en", "nl")
    # another code of the same language
    assert settle_lang([german], "deu") == "de"
    with pytest.raises(ValueError, match="--lang: expected one language, got docs in de, en"):
        settle_lang([german, english], None)
    with pytest.raises(ValueError, match="one language, got en, as asked for, of docs in de"):
        settle_lang([german], "en")
    with pytest.raises(ValueError, match="expected the code of a language of spaCy"):
        settle_lang([unsaid], "zz")


def test_labels_must_be_there(tmp_path: Path, transformer_folder: Path) -> None:
    path = write_corpus(tmp_path / "one.spacy", [SENTENCES[0], SENTENCES[4], ("it rains", "O O")])
    result = run(path, tmp_path / "few", transformer_folder)
    assert result.exit_code == 1
    assert "of which no two of 3 texts have the same" in " ".join(result.output.split())


@pytest.mark.parametrize("more", [[], ["--folds", "1"], ["--folds", "2"]], ids=str)
def test_single_text_is_too_few_and_no_number_of_folds_helps(
    tmp_path: Path, transformer_folder: Path, more: list[str]
) -> None:
    path = write_corpus(tmp_path / "one.spacy", [SENTENCES[0]] * 3)
    result = run(path, tmp_path / "few", transformer_folder, *more)
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert said.startswith("✘ expected 2 different labelled texts at least")
    assert "--folds" not in said


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_folder_of_something_else_is_left(
    dry: list[str], tmp_path: Path, labelled: Path, transformer_folder: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    result = run(labelled, tmp_path, transformer_folder, *dry)
    assert result.exit_code == 1
    assert "which holds something else" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    "names",
    [
        ["model-last/", "model-best/"],
        ["labelled.spacy/"],
        ["unfinished/thesis.txt"],
        ["folds/", "config.cfg"],
        [".lock", "model-last/mine.txt"],
        ["crossfit.json", "model-last/meta.json"],
        [".made-by", "model-last/meta.json"],
        [".made-by"],
    ],
    ids=str,
)
def test_what_others_made_is_never_taken_for_its_own(
    tmp_path: Path, labelled: Path, transformer_folder: Path, names: list[str]
) -> None:
    output = tmp_path / "mine"
    for name in names:
        path = output / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            # of a refit, say
            path.write_text('{"refit": 1}')
    before = sorted((path, path.is_file() and path.read_text()) for path in output.rglob("*"))
    result = run(labelled, output, transformer_folder)
    assert result.exit_code == 1
    assert "which holds something else" in result.output
    after = sorted((path, path.is_file() and path.read_text()) for path in output.rglob("*"))
    assert after == before


def test_folder_that_was_only_locked_is_as_good_as_empty(tmp_path: Path) -> None:
    """A run that was killed at once leaves no more."""
    (tmp_path / ".lock").write_text("process 1")
    lock = begin_output(tmp_path, made_by="crossfit")
    require_output(tmp_path, made_by="crossfit")
    with pytest.raises(ValueError, match="which holds something else"):
        require_output(tmp_path, made_by="refit")
    del lock


def test_output_and_what_is_read_lie_beside_each_other(
    tmp_path: Path, labelled: Path, transformer_folder: Path
) -> None:
    """Predictions in the folder of the data would be learnt from the next time."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(labelled, data / "labelled.spacy")
    link = tmp_path / "link"
    link.symlink_to(data)
    cases = [
        (data, data / "out"),
        (data, link / "deeper" / "out"),
        (data / "labelled.spacy", data),
        (data / "labelled.spacy", tmp_path),
        # a folder of shards, by the name of a file
        (data.with_suffix(".spacy"), data / "out"),
    ]
    for source, output in cases:
        result = run(source, output, transformer_folder)
        assert result.exit_code == 1
        said = " ".join(result.output.split())
        assert "expected a folder beside" in said, (source, output, said)
    more = ["--test", str(data)]
    said = " ".join(run(labelled, data / "out", transformer_folder, *more).output.split())
    assert f"expected a folder beside {data}" in said
    assert [path.name for path in data.iterdir()] == ["labelled.spacy"]
