"""How tests are run, and fixtures that several folders share. `--slow` runs all of them."""

import os
import shutil
from configparser import ConfigParser
from importlib.metadata import entry_points
from pathlib import Path

# before torch is imported: processes that test side by side have one thread each, as what they
# start has, and a sum has the same order, so the same bits, on any number of cores
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# nothing that is tested tells its makers anything
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
os.environ.update(WANDB_MODE="offline", WANDB_ERROR_REPORTING="false", WANDB_SILENT="true")

import pytest
import spacy
from hypothesis import settings
from spacy.tokens import Doc, DocBin

# registers the profiles
import tests.tiers  # noqa: F401

ROOT = Path(__file__).parents[1]

#: Each takes about 0.7 GB, and more gain little: the file that takes longest takes as long
MAX_PROCESSES = 8

# a bug is a traceback here, not the line that users get
os.environ.setdefault("ADAPTIVE_SPACY_TRACEBACK", "1")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the slow tests")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run in a process per core, a file in one process, if pytest-xdist is there.

    One file runs in this process, as do `--pdb`, `--trace` and `-s`, which need the terminal; `-n`
    and `--dist` are left alone.
    """
    option = config.option
    named = {one.split("::")[0] for one in config.args}
    one_file = len(named) == 1 and named.pop().endswith(".py")
    terminal = option.usepdb or option.trace or option.capture == "no"
    worker = hasattr(config, "workerinput")
    if not config.pluginmanager.hasplugin("xdist") or worker or one_file or terminal:
        return
    if option.numprocesses is None and option.dist == "no" and not option.tx:
        option.numprocesses, option.dist = "auto", "loadfile"
        option.maxprocesses = option.maxprocesses or MAX_PROCESSES
        # the order below, instead of files with most tests first
        option.loadscopereorder = False


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("whole" if config.getoption("--slow") else "slice")
    require_installed_names()


def require_installed_names() -> None:
    """Refuse to test beside an installation that lacks registered names of this tree."""
    parser = ConfigParser(delimiters=["="])
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ROOT / "setup.cfg", encoding="utf8")
    for group, text in parser["options.entry_points"].items():
        installed = {one.name for one in entry_points(group=group)}
        for line in text.strip().splitlines():
            if (name := line.split(" = ")[0]) not in installed:
                pytest.exit(f"{name} is not installed: run `pip install -e .` again", returncode=4)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    slow = [item for item in items if item.get_closest_marker("slow")]
    if config.getoption("--slow"):
        # in the end all processes are busy with what is short
        files = {item.path for item in slow}
        items.sort(key=lambda item: item.path not in files)
        return
    for item in slow:
        item.add_marker(pytest.mark.skip(reason="slow: run with --slow"))


def corpus_file(name: str) -> Path:
    """A file or folder of a real corpus. Skips the test that has none.

    name (str): Its path inside `assets/raw`, e.g. "wikigold/wikigold.conll.txt".
    RETURNS (Path): The path, in $ADAPTIVE_SPACY_DATA, in `assets/raw`, or in a folder `shared/data`
        beside the checkout, whichever has it first.
    """
    named = os.environ.get("ADAPTIVE_SPACY_DATA")
    places = [ROOT / "assets" / "raw", ROOT.parent / "shared" / "data"]
    for place in [Path(named), *places] if named else places:
        if (place / name).exists():
            return place / name
    pytest.skip(f"needs {name} in assets/raw, or in the folder that ADAPTIVE_SPACY_DATA names")


#: Sentences and IOB tags: a little world that a tiny model can learn
SENTENCES = [
    ("Ada lives in Paris .", "B-PER O O B-LOC O"),
    ("Ben Ray visits New York today", "B-PER I-PER O B-LOC I-LOC O"),
    ("it rains in London", "O O O B-LOC"),
    ("Cleo met Ada .", "B-PER O B-PER O"),
    ("nothing happens here .", "O O O O"),
    ("New York loves Ben Ray", "B-LOC I-LOC O B-PER I-PER"),
    ("Paris calls", "B-LOC O"),
    ("Ada and Cleo like London .", "B-PER O B-PER O B-LOC O"),
]


@pytest.fixture(scope="session")
def transformer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """See `make_transformer`."""
    return make_transformer(tmp_path_factory.mktemp("transformer") / "tiny")


def make_transformer(folder: Path) -> Path:
    """A random BERT of 2 layers and width 32, with a tokenizer for `SENTENCES`."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir()
    words = sorted({word.lower() for text, _ in SENTENCES for word in text.split()})
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'-"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    pieces += [one for one in letters if one not in pieces] + [f"##{one}" for one in letters]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder, safe_serialization=True)
    return folder


def write_corpus(path: Path, sentences: list[tuple[str, str]]) -> Path:
    """Write sentences with IOB tags per token as a .spacy file."""
    vocab = spacy.blank("xx").vocab
    docs = [Doc(vocab, words=text.split(), ents=tags.split()) for text, tags in sentences]
    DocBin(docs=docs).to_disk(path)
    return path


def write_shards(corpus: Path, folder: Path, size: int = 5) -> Path:
    """Write the .spacy files of a corpus as `convert` writes large ones: as folders of shards."""
    vocab = spacy.blank("xx").vocab
    for path in corpus.glob("*.spacy"):
        (folder / path.stem).mkdir(parents=True)
        docs = list(DocBin().from_disk(path).get_docs(vocab))
        for number, start in enumerate(range(0, len(docs), size)):
            shard = folder / path.stem / f"{number:03}.spacy"
            DocBin(docs=docs[start : start + size]).to_disk(shard)
    return folder


#: Sentences annotated against the training data: the validation loss falls, then rises, as it does
#: when a model grows overconfident
NOISE = [
    ("Ada visits Ben Ray", "B-LOC O B-PER I-PER"),
    ("London calls Cleo", "B-PER O B-PER"),
]


@pytest.fixture(scope="session")
def corpus_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """train.spacy of 48 sentences, dev.spacy of 10, two of them annotated against it."""
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder / "train.spacy", SENTENCES * 6)
    write_corpus(folder / "dev.spacy", SENTENCES + NOISE)
    return folder


@pytest.fixture
def copied_transformer(transformer_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny transformer that a test may damage."""
    return Path(shutil.copytree(transformer_folder, tmp_path / "transformer"))
