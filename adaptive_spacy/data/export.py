"""Write .spacy files as CoNLL or JSONL, so that reading them again gives the same."""

from collections.abc import Iterator
from pathlib import Path

from spacy.vocab import Vocab
from tqdm import tqdm

from adaptive_spacy.data.corpus import read_docs
from adaptive_spacy.data.exported import Exported
from adaptive_spacy.data.publish import is_shards
from adaptive_spacy.data.readers.formats import list_files
from adaptive_spacy.data.schemes import find_scheme
from adaptive_spacy.data.source import Problems, Sentence, read_doc
from adaptive_spacy.data.writers.conll import ConllWriter
from adaptive_spacy.data.writers.jsonl import find_unreadable, write_jsonl
from adaptive_spacy.files import replacing, require_other

SUFFIXES = {
    ".conll": "conll",
    ".bio": "conll",
    ".iob": "conll",
    ".tsv": "conll",
    ".txt": "conll",
    ".jsonl": "jsonl",
}


def export(
    path: str | Path,
    output: str | Path,
    *,
    format: str = "auto",
    scheme: str = "BIO",
    progress: bool = False,
) -> Exported:
    """Write the docs of a .spacy file, one after the other, as text that `convert` reads.

    path (str | Path): A .spacy file, or a folder of shards as `convert` writes it.
    output (str | Path): The file to write. After an error it is as it was.
    format (str): "conll", "jsonl", or "auto": as the name of the output ends.
    scheme (str): The tag scheme of CoNLL, one of `SCHEMES`.
    progress (bool): Show a progress bar.
    RETURNS (Exported): Counts.
    RAISES (ValueError): If the format cannot hold the docs, with the first 20 problems.
    """
    path, output = Path(path), Path(output)
    require_other(output, [path])
    if format == "auto":
        format = SUFFIXES.get(output.suffix.lower(), "")
    if format not in ("conll", "jsonl"):
        raise ValueError(
            f"{output}: expected a name that ends in .conll or .jsonl, or --format conll or jsonl"
        )
    if output.is_dir():
        raise ValueError(f"{output}: expected a file to write to, found a folder")
    files = list_shards(path)
    exported = Exported(output, format)
    write = write_jsonl
    if format == "conll":
        writer = ConllWriter(find_scheme(scheme))
        writer.check(path, read_sentences(files, "Checking", progress))
        write = writer.write
    problems = Problems(" doc ")
    with replacing(output) as aside:
        with aside.open("w", encoding="utf8", newline="\n") as stream:
            for sentence in read_sentences(files, "Writing", progress):
                exported.add(sentence)
                if format == "jsonl":
                    for problem in find_unreadable(sentence):
                        problems.add(exported.docs, problem)
                write(sentence, stream)
        problems.raise_any(path)
    return exported


def list_shards(path: Path) -> list[Path]:
    """RETURNS (list[Path]): The .spacy files of one split, in order.
    RAISES (ValueError): If the path is neither a file nor a folder of shards."""
    if not path.is_dir():
        return [path]
    if not is_shards(path):
        raise ValueError(
            f"{path}: expected a .spacy file, or a folder of its shards 000.spacy, 001.spacy, ..., "
            f"found a folder of {list_files(path)}"
        )
    return sorted(path.iterdir())


def read_sentences(files: list[Path], action: str, progress: bool) -> Iterator[Sentence]:
    """Yield the docs of all files as sentences, one file in memory at a time."""
    with tqdm(
        desc=action, unit=" docs", leave=False, delay=1, disable=None if progress else True
    ) as bar:
        for path in files:
            # a vocabulary each, so that the words of all do not pile up
            for doc in read_docs(path, Vocab()):
                yield read_doc(doc)
                bar.update()
