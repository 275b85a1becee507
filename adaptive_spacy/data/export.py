"""Write .spacy files in any format that is read, so that reading them again gives the same."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from spacy.tokens import Doc
from spacy.vocab import Vocab
from tqdm import tqdm

from adaptive_spacy.data.exported import Exported
from adaptive_spacy.data.publish import is_shards
from adaptive_spacy.data.read_back import Numbered, ReadBack
from adaptive_spacy.data.readers.formats import list_files
from adaptive_spacy.data.readers.sentence_ends import take_part
from adaptive_spacy.data.readers.spacy_tokenizer import load_tokenizer
from adaptive_spacy.data.schemes import find_scheme
from adaptive_spacy.data.source import Problems, Sentence, read_doc
from adaptive_spacy.data.spacy_files import locate, read_docs
from adaptive_spacy.data.writers.formats import WRITERS, choose_format
from adaptive_spacy.data.writers.tagged import TaggedWriter, split_sentences
from adaptive_spacy.data.writers.writer import Writer
from adaptive_spacy.files import replacing, replacing_folder, require_other


def export(
    path: str | Path,
    output: str | Path,
    *,
    format: str = "auto",
    scheme: str = "BIO",
    lang: str | None = None,
    progress: bool = False,
) -> Exported:
    """Write the docs of a .spacy file, one after the other, as text that `convert` reads. What was
    written is read again; only if that gives the same docs, it takes its place.

    path (str | Path): A .spacy file, or a folder of shards as `convert` writes it.
    output (str | Path): The file to write, or for brat the folder. After an error it is as it was.
    format (str): One of `WRITERS`, or "auto": as the name of the output ends.
    scheme (str): The scheme of tags, one of `SCHEMES`, where the format leaves it open.
    lang (str | None): Of a format without tokens the language by which `convert` will make them;
        None: any ("xx").
    progress (bool): Show a progress bar.
    RETURNS (Exported): Counts.
    RAISES (ValueError): If the format cannot hold the docs, with the first 20 problems.
    """
    path, output = Path(path), Path(output)
    require_other(output, [path, locate(path)])
    format = choose_format(output, format)
    writer = WRITERS[format](find_scheme(scheme), lang or "xx", output.suffix.lower())
    check_output(output, writer)
    check_options(scheme, lang, writer)
    files = list_shards(path)
    exported = Exported(output, format, writer)
    survey(path, read_all(files, "Checking", progress), exported)

    def docs() -> Numbered:
        return list_parts(read_sentences(files, "Writing", progress), writer)

    checker = ReadBack(format, writer, docs)
    with open_output(output, writer) as aside:
        writer.write((sentence for _, sentence in docs()), aside)
        if exported.docs:
            checker.check(aside, path)
            exported.retokenized = checker.retokenized
            exported.is_recognised = checker.is_recognised(aside)
    return exported


def check_output(output: Path, writer: Writer) -> None:
    """RAISES (ValueError): If something else is where the output would be."""
    if writer.is_folder:
        if output.is_file() or (output.is_dir() and any(output.iterdir())):
            found = "a file" if output.is_file() else f"a folder of {list_files(output)}"
            raise ValueError(f"{output}: expected a new or an empty folder, found {found}")
    elif output.is_dir():
        raise ValueError(f"{output}: expected a file to write to, found a folder")


def check_options(scheme: str, lang: str | None, writer: Writer) -> None:
    """RAISES (ValueError): If there is no use for an option, or no such language."""
    if find_scheme(scheme) != "BIO" and not isinstance(writer, TaggedWriter):
        raise ValueError(f"--scheme: expected a format of tags, {writer.title} has none")
    if lang is None:
        return
    if writer.holds.tokens:
        raise ValueError(f"--lang: expected a format of texts, {writer.title} has tokens")
    load_tokenizer(lang)


@contextmanager
def open_output(output: Path, writer: Writer) -> Iterator[Path]:
    """YIELDS (Path): Where to write what takes the place of the output; what comes of it is in a
    file in any case, so that it can be read again, also if the output is a pipe."""
    if writer.is_folder:
        with replacing_folder(output) as aside:
            yield aside
    elif not output.exists() or output.is_file():
        with replacing(output) as aside:
            yield aside
    else:
        with TemporaryDirectory() as folder:
            yield Path(folder) / "output"
            with (Path(folder) / "output").open("rb") as written, output.open("wb") as stream:
                shutil.copyfileobj(written, stream)


def survey(path: Path, docs: Iterator[Doc], exported: Exported) -> None:
    """Count all docs, and find what of them cannot be written.

    RAISES (ValueError): The first 20 problems, each with the number of its doc.
    """
    problems = Problems(" doc ")
    writer = exported.writer
    for number, doc in enumerate(docs, 1):
        sentence = read_doc(doc)
        exported.add(sentence)
        exported.add_others(doc)
        for problem in writer.find_problems(sentence):
            problems.add(number, problem)
        for part in parts(sentence, writer) if not problems.count else ():
            writer.survey(part)
    problems.raise_any(path)
    if writer.needs_tags and exported.tokens == exported.missing:
        found = f"{exported.docs:,} without any annotation" if exported.docs else "none"
        raise ValueError(
            f"{path}: expected docs with tags to write as {writer.title}, found {found}"
        )


def parts(sentence: Sentence, writer: Writer) -> list[Sentence]:
    """RETURNS (list[Sentence]): What a doc becomes: itself, or its sentences."""
    if not writer.flattens or sentence.sent_starts is None:
        return [sentence]
    return [take_part(sentence, part.start, part.stop) for part in split_sentences(sentence)]


def list_parts(sentences: Iterator[Sentence], writer: Writer) -> Numbered:
    """YIELDS (tuple[int, Sentence]): What docs become, each with the number of its doc."""
    for number, sentence in enumerate(sentences, 1):
        for part in parts(sentence, writer):
            yield number, part


def list_shards(path: Path) -> list[Path]:
    """RETURNS (list[Path]): The .spacy files of one split, in order.
    RAISES (ValueError): If the path is neither a file nor a folder of shards."""
    path = locate(path)
    if not path.is_dir():
        return [path]
    if not is_shards(path):
        raise ValueError(
            f"{path}: expected a .spacy file, or a folder of its shards 000.spacy, 001.spacy, ..., "
            f"found a folder of {list_files(path)}"
        )
    return sorted(path.iterdir())


def read_all(files: list[Path], action: str, progress: bool) -> Iterator[Doc]:
    """Yield the docs of all files, one file in memory at a time."""
    with tqdm(
        desc=action, unit=" docs", leave=False, delay=1, disable=None if progress else True
    ) as bar:
        for path in files:
            # a vocabulary each, so that the words of all do not pile up
            for doc in read_docs(path, Vocab()):
                yield doc
                bar.update()


def read_sentences(files: list[Path], action: str, progress: bool) -> Iterator[Sentence]:
    """Yield the docs of all files as sentences, see `read_all`."""
    return map(read_doc, read_all(files, action, progress))
