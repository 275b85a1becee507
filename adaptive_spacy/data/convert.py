"""Annotated files to spaCy's .spacy files, divided into splits."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from adaptive_spacy.data.converted import Converted, SplitSummary
from adaptive_spacy.data.corpus import rank
from adaptive_spacy.data.docbin import Shard, Shards, find_norm
from adaptive_spacy.data.input import Input
from adaptive_spacy.data.publish import aside, list_others, publish
from adaptive_spacy.data.readers.formats import check_options, find_format, open_source
from adaptive_spacy.data.shared_texts import count_shared, text_key
from adaptive_spacy.data.shares import check_split
from adaptive_spacy.data.source import Source
from adaptive_spacy.data.splits import Pool

SHARD_SIZE = 100_000


def convert(
    inputs: Iterable[Input | str | Path],
    output: str | Path,
    *,
    format: str = "auto",
    split: Mapping[str, float] | None = None,
    stratify: bool = True,
    seed: int = 0,
    shard_size: int = SHARD_SIZE,
    lang: str = "xx",
    progress: bool = False,
    **options: Any,
) -> Converted:
    """Write `output`/SPLIT.spacy for every split: one doc per sentence, with its own tokens.

    A split of more than `shard_size` docs becomes a folder SPLIT of files 000.spacy, 001.spacy and
    so on, which `spacy.Corpus.v1` and `adaptive_spacy.Corpus.v1` read as one corpus. So does one
    that is too large for the memory; no more than one shard per split is held there.

    The same input gives the same bytes. After an error nothing is written, and what lay in
    `output` is untouched.

    inputs (Iterable[Input | str | Path]): The files. Those without a split are the pool that
        `split` divides; with no `split` each is one of its own, named like the file.
    output (str | Path): A folder; it is made if need be.
    format (str): One of `FORMATS`, or "auto": for each file the one that it has.
    split (Mapping[str, float] | None): Shares of the pool by name, e.g. `{"train": 0.8, "dev":
        0.2}`, in the order in which they are filled. The sentences are drawn by a hash of seed and
        text, so all copies of a text are in one split, on every platform.
    stratify (bool): Divide each entity type by these shares, see `Pool.divide`.
    seed (int): Another seed gives an unrelated division.
    shard_size (int): The most docs of a file.
    lang (str): The language of the text, as in `spacy.blank`.
    progress (bool): Show progress bars.
    options: How the files are read; see `FORMATS` and the classes there.
    RETURNS (Converted): Counts, and what is worth a warning.
    RAISES (ValueError): Bad arguments, or the problems of the first file that has any.
    """
    sources = [item if isinstance(item, Input) else Input(Path(item)) for item in inputs]
    output = Path(output)
    _check_arguments(sources, output, split, shard_size)
    encoding = options.get("encoding", "utf-8")
    formats = [
        find_format(
            source.path,
            source.options.get("format", format),
            source.options.get("encoding", encoding),
        )
        for source in sources
    ]
    check_options(formats, options)
    norm = find_norm(lang)
    files = [
        _open(source, name, {**options, **source.options}, lang=lang, progress=progress)
        for source, name in zip(sources, formats, strict=True)
    ]
    check_options(formats, options, files)
    if split:
        names = [source.split or "" for source in sources]
        pool = [file for file, name in zip(files, names, strict=True) if not name]
        drawn = _draw_splits(pool, split, stratify, seed)
    else:
        names = [source.name for source in sources]
        drawn = iter(())

    summary = Converted(output, files)
    summary.splits.update((name, SplitSummary()) for name in (*(split or ()), *filter(None, names)))
    keys = {name: array("Q") for name in summary.splits}
    make_shard = partial(Shard, norm)
    with aside(output) as folder:
        shards = {name: Shards(folder, name, shard_size, make_shard) for name in summary.splits}
        for file, whole in zip(files, names, strict=True):
            for sentence in file:
                name = whole or next(drawn)
                if not name:
                    summary.left_out += 1
                    continue
                summary.splits[name].add(sentence)
                keys[name].append(text_key(sentence.text))
                shards[name].add(sentence)
        for one in shards.values():
            one.close()
        publish(folder, output)
    summary.shared.update(count_shared(keys))
    summary.former = list_others(output, summary.splits)
    return summary


def _open(
    source: Input, format: str, options: dict[str, Any], *, lang: str, progress: bool
) -> Source:
    """RETURNS (Source): An input, read as it says."""
    options.pop("format", None)
    own = [name for name in source.options if name != "format"]
    check_options([format], own)
    found = open_source(source.path, format=format, progress=progress, lang=lang, **options)
    check_options([format], own, [found])
    return found


def _draw_splits(
    pool: list[Source], split: Mapping[str, float], stratify: bool, seed: int
) -> Iterator[str]:
    """RETURNS (Iterator[str]): The split of each sentence, in order; nothing for none."""
    drawn = Pool()
    # files of several formats may have the same text with other spaces
    first: dict[int, int] = {}
    for file in pool:
        for sentence in file:
            place = rank(seed, sentence.text)
            if len(pool) > 1:
                place = first.setdefault(text_key(sentence.text), place)
            drawn.add(place, (label for _, _, label in sentence.ents))
    names = [*split, ""]  # NO_SPLIT is the last
    return (names[number] for number in drawn.divide(split, stratify=stratify))


def _check_arguments(
    sources: list[Input], output: Path, split: Mapping[str, float] | None, shard_size: int
) -> None:
    if not sources:
        raise ValueError("expected a file to convert, got none")
    if shard_size < 1:
        raise ValueError(f"--shard-size: expected a number from 1, got {shard_size}")
    if output.exists() and not output.is_dir():
        raise ValueError(f"{output}: expected a folder to write to, found a file")
    pool = [source.path for source in sources if source.split is None]
    for path in pool:
        if not path.exists() and not path.suffix:
            raise ValueError(
                f"{path}: expected a file to convert, found nothing; is it the name of a data set? "
                "Then add --datasets assets/datasets.yml"
            )
    for source in sources:
        if split is None or source.split is not None:
            source.check_name()
    if split is None:
        _check_names(sources)
        return
    faults = check_split(split)
    if not pool:
        faults.append("expected an input without SPLIT= to divide, got none")
    if faults:
        raise ValueError("; ".join(f"--split: {fault}" for fault in faults))


def _check_names(sources: list[Input]) -> None:
    """RAISES (ValueError): Inputs that would be splits of the same name, without a division."""
    names = Counter(source.name for source in sources if source.split is None)
    names.update({source.split for source in sources if source.split})
    for name, count in names.items():
        if count > 1:
            raise ValueError(
                f"expected one input for {name}.spacy, got {count}: write {name}=PATH for each to "
                "join them, or divide them all with --split"
            )
