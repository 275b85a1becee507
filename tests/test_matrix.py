"""Every config of ours and every result of `init`, with every command and call of spaCy that takes
a config or a trained pipeline: the pipeline far from its corpus, as an installed wheel is."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import spacy
from spacy.cli.evaluate import evaluate
from spacy.cli.init_config import fill_config, init_config
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.util import load_config
from thinc.api import Config

from adaptive_spacy.config.insertion import add_adaptive_blocks
from tests.conftest import ROOT, SENTENCES, write_corpus
from tests.tiers import sliced
from tests.trainings import run_spacy
from tests.util import write_texts

OURS = ["adaptive", "hybrid", "ner", "original", "paper", "stable"]
#: Pipelines of `spacy init config`, and what `init` monitors
INSERTED = {
    "init-ner": "ner",
    "init-textcat": "textcat_multilabel",
    "init-spancat": "spancat",
    "init-tagger": "tagger",
}
#: By default one with our component, one with spaCy's, one of `init`
NAMES = sliced(["adaptive", "ner", "init-ner"], of=[*OURS, *INSERTED])
#: Pipelines are made by hundreds here, and the tokenizer of English takes longest
LANG = "xx"
RATE = 2e-3
#: As short as it goes
SHORT = {
    "adaptive_spacy.adaptive.v1": {"warmup": 1, "cooldown": 1, "patience": 0, "least": 0},
    "adaptive_spacy.hybrid.v1": {"warmup": 1, "cooldown": 1},
    "adaptive_spacy.linear.v1": {"warmup": 1},
}
pytestmark = pytest.mark.filterwarnings("ignore")


@dataclass
class Case:
    """config (Path): A config. data (Path): A folder with train.spacy and dev.spacy.
    trained (Path): The trained pipeline, whose own corpus is gone. pipe (str): What it trains."""

    config: Path
    data: Path
    trained: Path
    pipe: str

    @property
    def paths(self) -> list[str]:
        return [f"--paths.{split}={self.data / split}.spacy" for split in ("train", "dev")]

    def examples(self, nlp: Language) -> list[Example]:
        docs = DocBin().from_disk(self.data / "train.spacy").get_docs(nlp.vocab)
        return [Example(nlp.make_doc(doc.text), doc) for doc in docs][:4]


def write_data(folder: Path, pipe: str) -> Path:
    """RETURNS (Path): The folder, with a corpus for this pipe."""
    folder.mkdir()
    for split, count in (("train", 104), ("dev", 8)):
        path = folder / f"{split}.spacy"
        if pipe == "textcat_multilabel":
            write_texts(path, count)
        elif pipe in ("spancat", "tagger"):
            docs = [Doc(spacy.blank("xx").vocab, words=text.split()) for text, _ in SENTENCES]
            for doc in docs:
                doc.spans["sc"] = [Span(doc, 0, 1, "FIRST")]
                for token in doc:
                    token.tag_ = "LONG" if len(token) > 4 else "SHORT"
            DocBin(docs=docs * (count // 8)).to_disk(path)
        else:
            write_corpus(path, SENTENCES * (count // 8))
    return folder


def make_config(name: str, transformer: Path) -> Config:
    """RETURNS (Config): A short training, with small networks."""
    if name in OURS:
        config = load_config(ROOT / "configs" / f"{name}.cfg", interpolate=False)
        config["variables"]["transformer"] = str(transformer)
        config["variables"]["rate"] = RATE
        config["nlp"]["lang"] = LANG
    else:
        pipe = INSERTED[name]
        config = init_config(lang=LANG, pipeline=[pipe], silent=True)
        # a reference, as configs in the wild have it
        config["variables"] = {"rate": RATE}
        config["training"]["optimizer"]["learn_rate"] = "${variables.rate}"
        add_adaptive_blocks(config)
        if "tok2vec" in config["components"]:
            small = {"encode": {"width": 16, "depth": 1}, "embed": {"rows": [50] * 4}}
            config = config.merge({"components": {"tok2vec": {"model": small}}})
    schedule = config["training"]["optimizer"]["learn_rate"]
    schedule.update(SHORT[schedule["@schedules"]])
    if name in ("hybrid", "original", "stable"):
        config["training"]["max_steps"]["times"] = 2
    config["training"]["max_epochs"] = min(config["training"]["max_epochs"], 2)
    return config


@pytest.fixture(scope="module", params=NAMES)
def case(request, transformer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A config and what `spacy train` makes of it."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    pipe = INSERTED.get(name, "ner" if name == "ner" else "transformer_ner")
    data = write_data(folder / "data", pipe)
    gone = write_data(folder / "gone", pipe)
    make_config(name, transformer_folder).to_disk(folder / "config.cfg", interpolate=False)
    case = Case(folder / "config.cfg", gone, folder / "out" / "model-last", pipe)
    run_spacy("train", case.config, "-o", folder / "out", *case.paths)
    shutil.rmtree(gone)
    case.data = data
    return case


def test_nothing_in_the_optimizer_needs_another_section(case: Case) -> None:
    for path in (case.config, case.trained / "config.cfg"):
        optimizer = load_config(path, interpolate=False)["training"]["optimizer"]
        assert "${" not in str(optimizer)
        assert "@misc" not in str(optimizer)


def test_trained_pipeline_states_its_rate(case: Case) -> None:
    config = load_config(case.trained / "config.cfg")
    assert config["training"]["optimizer"]["learn_rate"]["rate"] == RATE


def test_config_is_filled_and_debugged(case: Case, tmp_path: Path) -> None:
    fill_config(tmp_path / "filled.cfg", case.config, silent=True)
    for path in (case.config, tmp_path / "filled.cfg"):
        assert "Config is valid" in run_spacy("debug", "config", path, *case.paths)
    assert "104 training docs" in run_spacy("debug", "data", case.config, *case.paths)
    # spaCy's own spancat configs fail there: it predicts on random data, which has no spans
    if case.pipe != "spancat":
        assert "Fixing random seed" in run_spacy(
            "debug", "model", case.config, case.pipe, *case.paths
        )


def test_config_is_assembled_and_its_labels_are_made(case: Case, tmp_path: Path) -> None:
    run_spacy("init", "labels", case.config, tmp_path / "labels", *case.paths)
    assert (tmp_path / "labels" / f"{case.pipe}.json").exists()
    # what is sourced needs no labels, and nothing here a corpus
    config = load_config(case.trained / "config.cfg", interpolate=False)
    for pipe in config["components"]:
        config["components"][pipe] = {"source": str(case.trained)}
    config.to_disk(tmp_path / "sourced.cfg", interpolate=False)
    run_spacy("assemble", tmp_path / "sourced.cfg", tmp_path / "assembled")
    text = "Ada lives in Paris ."
    assembled, trained = (spacy.load(one)(text) for one in (tmp_path / "assembled", case.trained))
    assert assembled.to_json() == trained.to_json()


def test_trained_pipeline_is_evaluated_and_applied(case: Case, tmp_path: Path) -> None:
    dev = case.data / "dev.spacy"
    assert evaluate(str(case.trained), dev, silent=True)
    run_spacy("benchmark", "accuracy", case.trained, dev)
    run_spacy("benchmark", "speed", case.trained, dev, "--batches", 30, "-b", 8)
    run_spacy("apply", case.trained, dev, tmp_path / "applied.spacy")
    assert (tmp_path / "applied.spacy").exists()
    thresholds = {"spancat": "spans_sc_f", "textcat_multilabel": "cats_macro_f"}
    if case.pipe in thresholds:
        arguments = [case.trained, dev, case.pipe, "threshold", thresholds[case.pipe]]
        run_spacy("find-threshold", *arguments, "--n_trials", 2)


def test_trained_pipeline_goes_on_without_its_corpus(case: Case) -> None:
    nlp = spacy.load(case.trained)
    rate = nlp.config["training"]["optimizer"]["learn_rate"]["rate"]
    assert nlp.create_optimizer().learn_rate == rate
    examples = case.examples(nlp)
    optimizer = nlp.resume_training()
    before = nlp.get_pipe(case.pipe).model.to_bytes()
    nlp.update(examples, sgd=optimizer)
    # our optimizer makes its step when the next update begins, or here
    optimizer.step_schedules()
    assert nlp.get_pipe(case.pipe).model.to_bytes() != before
    nlp.update(examples)
    assert nlp.evaluate(case.examples(nlp))


def test_trained_pipeline_is_initialized_anew_without_its_corpus(case: Case) -> None:
    nlp = spacy.load(case.trained)
    assert nlp.initialize(lambda: case.examples(nlp)).learn_rate > 0


def test_trained_pipeline_is_trained_on(case: Case, tmp_path: Path) -> None:
    short = ["--training.max_steps", 1]
    run_spacy("train", case.trained / "config.cfg", "-o", tmp_path, *case.paths, *short)
    assert spacy.load(tmp_path / "model-last").pipe_names == spacy.load(case.trained).pipe_names
