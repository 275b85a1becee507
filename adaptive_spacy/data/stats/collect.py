"""What is in a corpus, counted.

Two passes over the files, document by document. What stays in memory: 8 bytes a document, the
number of documents of each length, and the different entities with their counts.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from spacy.tokens import Doc
from spacy.util import minibatch
from spacy.vocab import Vocab
from tqdm import tqdm

from adaptive_spacy.data.shared_texts import Shared, compare, find_common, text_key
from adaptive_spacy.data.spacy_files import read_docs
from adaptive_spacy.data.stats.corpus_statistics import Statistics
from adaptive_spacy.data.stats.label_noise import LabelNoise
from adaptive_spacy.data.stats.split_counts import SplitCounts
from adaptive_spacy.data.stats.split_files import find_others, find_splits
from adaptive_spacy.transformer.tokenizer import WordPieces

WINDOW = 128
#: Hints at noise that the report names
HINTS = 50
#: Documents that are cut into word pieces at once
BATCH = 256


def collect(
    paths: Sequence[str | Path],
    *,
    transformer: str | None = None,
    window: int = WINDOW,
    progress: bool = False,
) -> Statistics:
    """Read a corpus.

    paths (Sequence[str | Path]): .spacy files or folders, see `find_splits`.
    transformer (str | None): Folder or hub name whose tokenizer counts word pieces.
    window (int): Tokens that the transformer reads at once: `window` of the strided spans.
    progress (bool): Show progress bars.
    RETURNS (Statistics): The counts.
    RAISES (ValueError): If a file is missing or broken, or there is no such transformer.
    """
    if window < 1:
        raise ValueError(f"--window: expected a number >= 1, got {window}")
    splits = {name: SplitCounts(files) for name, files in find_splits(paths).items()}
    pieces = WordPieces(transformer) if transformer else None
    noise = LabelNoise()

    def count(name: str, file: str, docs: Sequence[tuple[int, Doc]]) -> None:
        split = splits[name]
        for number, doc in docs:
            words = [token.text for token in doc]
            split.add(doc, words, f"{file}, document {number}")
            noise.add(doc, words, file, number)
        if pieces:
            split.pieces.counts.update(pieces.count([doc.text for _, doc in docs]))

    _walk(splits, count, "Counting", progress)
    shared, common = _share(splits)

    def look(name: str, file: str, docs: Sequence[tuple[int, Doc]]) -> None:
        for number, doc in docs:
            noise.seek(doc, [token.text for token in doc], file, number)
            for one, keys in zip(shared, common, strict=True):
                if one.splits[1] == name and not one.example and text_key(doc.text) in keys:
                    text = " ".join(doc.text.split())
                    one.example = f"{file}, document {number}: {_shorten(text)}"

    _walk(splits, look, "Comparing", progress)
    noisy = list(noise.most_frequent())
    return Statistics(
        splits,
        shared,
        noisy[:HINTS],
        len(noisy),
        window,
        transformer,
        pieces.limit if pieces else None,
        [other for path in paths for other in find_others(Path(path))],
    )


def _walk(
    splits: Mapping[str, SplitCounts],
    visit: Callable[[str, str, Sequence[tuple[int, Doc]]], None],
    action: str,
    progress: bool,
) -> None:
    """Call `visit(split, file, numbered docs)` for batches of all documents."""
    for name, split in splits.items():
        for path, place in zip(split.files, _name_files(name, split.files), strict=True):
            # a vocabulary of its own, so that strings of the files before do not stay
            docs = tqdm(
                read_docs(path, Vocab()),
                desc=f"{action} {place}",
                unit=" documents",
                leave=False,
                delay=1,
                disable=None if progress else True,
            )
            for batch in minibatch(enumerate(docs, start=1), BATCH):
                visit(name, place, batch)


def _name_files(split: str, files: Sequence[Path]) -> list[str]:
    """RETURNS (list[str]): Names that say of which split a file is: of train.spacy the name, of a
    shard the path, such as train/000.spacy."""
    folder = os.path.commonpath([one.parent for one in files])
    return [
        one.name if one.stem == split else f"{split}/{one.relative_to(folder).as_posix()}"
        for one in files
    ]


def _share(splits: Mapping[str, SplitCounts]) -> tuple[list[Shared], list[set[int]]]:
    """RETURNS (tuple): The pairs of splits with texts in common, and the ranks of these."""
    shared, common = [], []
    for pair in combinations(splits, 2):
        first, second = (splits[name].keys for name in pair)
        if found := compare(pair, first, second):
            shared.append(found)
            common.append(find_common(first, second))
    return shared, common


def _shorten(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
