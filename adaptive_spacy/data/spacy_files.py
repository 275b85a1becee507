"""Where the .spacy files of a corpus are, and their docs."""

import warnings
from collections.abc import Iterator
from pathlib import Path

from spacy.attrs import ENT_IOB
from spacy.tokens import Doc, DocBin
from spacy.training.corpus import FILE_TYPE, walk_corpus
from spacy.vocab import Vocab

#: What to do where there are none
MAKE_DOCS = "`adaptive-spacy convert` makes them"


def locate(path: str | Path) -> Path:
    """RETURNS (Path): The corpus; the folder `train` where there is no `train.spacy`, as
    `adaptive-spacy convert` writes a large one."""
    path = Path(path)
    if path.suffix != FILE_TYPE or path.exists():
        # among them ".", which has no name
        return path
    shards = path.with_suffix("")
    return shards if shards.is_dir() else path


def holds_docs(path: str | Path) -> bool:
    """RETURNS (bool): Whether this is a .spacy file or a folder of them, as spaCy's reader finds
    them: behind links too, hidden ones not."""
    return any(one.is_file() for one in find_files(locate(path)))


def is_annotated(path: str | Path) -> bool:
    """RETURNS (bool): Whether this holds docs, and one of them is annotated with entities. A
    broken file passes: who reads it says what is wrong, where going on with another would hide it.
    Read up to the first such doc, from the arrays that the file holds: no doc is made."""
    return holds_docs(path) and any(map(_marks_entities, find_files(locate(path))))


def _marks_entities(file: Path) -> bool:
    try:
        docs = DocBin().from_disk(file)
    except (ValueError, KeyError, TypeError, OSError):
        return True
    if ENT_IOB not in docs.attrs:
        return False
    column = docs.attrs.index(ENT_IOB)
    return any(tokens[:, column].any() for tokens in docs.tokens)


def find_files(path: Path) -> list[Path]:
    """RETURNS (list[Path]): The .spacy files that spaCy's reader reads, sorted; it warns where
    there are none."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\[W090\]")
        return list(walk_corpus(path, FILE_TYPE))


def expected_docs(path: str | Path | None) -> str:
    """RETURNS (str): What to say where there is no corpus; where something else is there, with
    what makes one of it."""
    other = path is not None and locate(path).exists()
    hint = f", which holds none: {MAKE_DOCS}" if other else ""
    return f"expected a {FILE_TYPE} file or a folder of them, got {path!s}{hint}"


def find_test(dev: Path) -> Path | None:
    """RETURNS (Path | None): The test set beside a dev set; None where there is no other one, or
    where it is not annotated, as those of competitions."""
    # ".", a folder of shards that one works in, has no name
    test = locate(dev.with_name(f"test{FILE_TYPE}")) if dev.name else dev
    return test if test != locate(dev) and is_annotated(test) else None


def read_corpus_docs(path: str | Path, vocab: Vocab) -> Iterator[Doc]:
    """Yield the docs of a .spacy file or of a folder of them, one file after the other.

    RAISES (ValueError): If there is none, or one is broken.
    """
    if not holds_docs(path):
        raise ValueError(expected_docs(path))
    for file in find_files(locate(path)):
        yield from read_docs(file, vocab)


def read_docs(path: Path, vocab: Vocab) -> Iterator[Doc]:
    """Yield the docs of a .spacy file.

    RAISES (ValueError): If the file is none, or is broken.
    """
    if not path.is_file():
        raise ValueError(f"{path}: expected a {FILE_TYPE} file, found nothing")
    try:
        yield from DocBin().from_disk(path).get_docs(vocab)
    except (ValueError, KeyError, TypeError) as error:
        # what spaCy raises for any file that it did not write
        raise ValueError(
            f"{path}: expected a {FILE_TYPE} file, found something else or a broken one "
            f"({type(error).__name__}); write it anew with `adaptive-spacy convert`"
        ) from None
