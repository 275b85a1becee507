"""Which .spacy files are which split of a corpus."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from spacy.training.corpus import FILE_TYPE

from adaptive_spacy.data.input import Input
from adaptive_spacy.data.spacy_files import MAKE_DOCS, find_files, locate
from adaptive_spacy.data.validation import DEV_NAMES

TRAIN = "train"
SPLIT_NAMES = {TRAIN, "test", *DEV_NAMES}


def find_splits(paths: Sequence[str | Path]) -> dict[str, list[Path]]:
    """Find the splits of a corpus.

    paths (Sequence[str | Path]): NAME=PATH: a split; a file: a split named like it; a folder: a
        split per file and per folder of files in it, but for corpora of their own, see
        `find_others`; or, if it is named train, dev or test, one split of all its files.
    RETURNS (dict[str, list[Path]]): Files by name: train, dev, test, then the others.
    RAISES (ValueError): If a path holds no .spacy file, or two have the same name.
    """
    splits: dict[str, list[Path]] = {}
    for given in map(str, paths):
        path, name = Input.parse(given)
        pairs = [(name, path)] if name else list(_children(path))
        if not pairs and (others := list(find_others(path))):
            raise ValueError(
                f"{path}: expected a corpus, found several, each of its own: name one of "
                f"{', '.join(map(str, others))}"
            )
        pairs = pairs or [(given, path)]
        for split, one in pairs:
            if split in splits:
                raise ValueError(
                    f"expected one path for each split, got two for {split}; name one of them "
                    f"otherwise, e.g. other={one}"
                )
            splits[split] = _files(one)
    if not splits:
        raise ValueError(f"expected a {FILE_TYPE} file or a folder of them, got none")
    order = [TRAIN, *sorted(DEV_NAMES), "test"]
    known = [name for name in order if name in splits]
    return {name: splits[name] for name in [*known, *sorted(splits.keys() - set(known))]}


def _children(path: Path) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield path.name.removesuffix(FILE_TYPE), path
        return
    inner = [one for one in sorted(path.iterdir()) if not one.name.startswith(".")]
    if path.resolve().name in SPLIT_NAMES:
        yield path.resolve().name, path
        return
    others = set(find_others(path))
    for one in inner:
        if one.is_dir() and any(one.rglob(f"*{FILE_TYPE}")) and one not in others:
            yield one.name, one
        elif one.name.endswith(FILE_TYPE):
            yield one.name.removesuffix(FILE_TYPE), one


def find_others(path: Path) -> Iterator[Path]:
    """YIELDS (Path): Folders in a corpus that are corpora themselves, as corpus/sample is in
    corpus: they hold train, dev or test. Their texts are no split of this one."""
    inner = sorted(path.iterdir()) if path.is_dir() else []
    if path.resolve().name in SPLIT_NAMES:
        return
    for one in inner:
        if one.is_dir() and not one.name.startswith(".") and one.name not in SPLIT_NAMES:
            names = {found.name.removesuffix(FILE_TYPE) for found in one.iterdir()}
            if names & SPLIT_NAMES:
                yield one


def _files(path: Path) -> list[Path]:
    there = locate(path)
    if not there.exists() or (there.is_file() and not there.name.endswith(FILE_TYPE)):
        found = f"another file: {MAKE_DOCS}" if there.exists() else "nothing"
        raise ValueError(f"{path}: expected a {FILE_TYPE} file or a folder of them, found {found}")
    files = find_files(there)
    if not files:
        raise ValueError(
            f"{path}: expected a folder of {FILE_TYPE} files, found none in it: {MAKE_DOCS}"
        )
    return files
