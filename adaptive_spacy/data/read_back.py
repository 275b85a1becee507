"""Read what was exported again, as `convert` does: what does not come back the same is refused."""

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from adaptive_spacy.data.readers.formats import open_source, recognise
from adaptive_spacy.data.source import Sentence, shorten
from adaptive_spacy.data.writers.formats import WRITERS
from adaptive_spacy.data.writers.writer import Holds, Writer, find_char_spans

#: Sentences with the number of the doc that each is, or is of
Numbered = Iterator[tuple[int, Sentence]]


class ReadBack:
    """Reads an exported file again.

    format (str): Its name, one of `WRITERS`.
    writer (Writer): What wrote it.
    docs (Callable[[], Numbered]): Gives the docs again.
    retokenized (int): Docs that came back in other tokens, in a format that holds none.
    """

    def __init__(self, format: str, writer: Writer, docs: Callable[[], Numbered]) -> None:
        self.format = format
        self.writer = writer
        self.docs = docs
        self.retokenized = 0

    def check(self, path: Path, source: Path) -> None:
        """Compare a file with the docs.

        path (Path): Where it was written.
        source (Path): Where the docs are from.
        RAISES (ValueError): If it says another thing, with the number of the doc.
        """
        fault = self._find_fault(path, 0, self.writer.count)
        if fault is None:
            return
        number, alone = self._locate(self.writer.count)
        if number:
            raise ValueError(f"{source}: doc {number}: {alone}")
        raise ValueError(f"{source}: {fault}")

    def is_recognised(self, path: Path) -> bool:
        """Whether a file tells by itself what format it has."""
        try:
            found = recognise(path)
        except ValueError:
            return False
        return WRITERS.get(found) is type(self.writer)

    def _find_fault(self, path: Path, start: int, end: int) -> str | None:
        """RETURNS (str | None): What is read otherwise than the docs from one to another; None:
        nothing."""
        title, docs = self.writer.title, self._docs(start, end)
        self.retokenized = 0
        try:
            found = iter(open_source(path, format=self.format, **self.writer.reading()))
            for pair, read in zip_longest(docs, found):
                if pair is None or read is None:
                    which = "one more" if pair is None else "one less"
                    return f"found docs of which {title} gives {which} back; JSONL can hold them"
                difference = find_difference(pair[1], read, self.writer.holds)
                if difference:
                    return f"found {difference}, which {title} cannot hold; JSONL can"
                self.retokenized += pair[1].words != read.words
        except ValueError as error:
            return self._take_first(str(error), path)
        return None

    def _take_first(self, problems: str, path: Path) -> str:
        """RETURNS (str): The first of the problems that a reader found, without its place and how
        `convert` would mend it."""
        first = problems.split(";\n")[0]
        found = re.sub(
            rf"^{re.escape(str(path))}[^:]*(: ?[a-z]* ?\d+)?: (document [^:]*: )?", "", first
        )
        message = found.split("; --")[0].removesuffix(";")
        if self.writer.holds.tokens or " token" not in message:
            return f"{message}; {self.writer.title} cannot hold it, JSONL can"
        return (
            f"{message}; {self.writer.title} has no tokens, and --lang {self.writer.lang} makes "
            "others: another --lang may make these, JSONL holds them"
        )

    def _docs(self, start: int, end: int) -> Numbered:
        for at, pair in enumerate(self.docs()):
            if at >= end:
                return
            if at >= start:
                yield pair

    def _locate(self, end: int) -> tuple[int, str]:
        """RETURNS (tuple[int, str]): The number of a doc that alone does not come back, found by
        halves, and why; 0: each half does, and only all of them do not."""
        start, fault = 0, ""
        with TemporaryDirectory() as folder:
            while end - start > 1:
                middle = (start + end) // 2
                for part in ((start, middle), (middle, end)):
                    fault = self._try(Path(folder), *part)
                    if fault:
                        start, end = part
                        break
                else:
                    return 0, ""
            fault = fault or self._try(Path(folder), start, end)
        number = next((number for number, _ in self._docs(start, end)), 0)
        return (number, fault) if fault else (0, "")

    def _try(self, folder: Path, start: int, end: int) -> str:
        """RETURNS (str): What is wrong with some of the docs, written alone; nothing: they are
        read as they are."""
        path = folder / f"{start}-{end}"
        if self.writer.is_folder:
            path.mkdir(exist_ok=True)
        self.writer.write((sentence for _, sentence in self._docs(start, end)), path)
        return self._find_fault(path, start, end) or ""


def find_difference(doc: Sentence, read: Sentence, holds: Holds) -> str:
    """Compare a doc with what was read of it, as far as its format says it. A space behind the last
    token is no difference, and spaces that are not known may come back as one between tokens.

    RETURNS (str): What is another, in words; nothing: it is the same.
    """
    if holds.tokens and doc.words != read.words:
        pairs = zip_longest(doc.words, read.words, fillvalue="")
        one, two = next((one, two) for one, two in pairs if one != two)
        return f"the token {shorten(one)}, read again as {shorten(two)}"
    if not holds.tokens and doc.text.removesuffix(" ") != read.text.removesuffix(" "):
        return f"the text {shorten(doc.text)}, read again as {shorten(read.text)}"
    ents = (doc.ents, read.ents) if holds.tokens else (find_char_spans(doc), find_char_spans(read))
    if ents[0] != ents[1]:
        lost = [one for one in ents[0] if one not in ents[1]]
        new = [one for one in ents[1] if one not in ents[0]]
        text = doc.words if holds.tokens else list(doc.text)
        start, end, label = (lost or new)[0]
        shown = (" " if holds.tokens else "").join(text[start:end])
        what = "read again otherwise" if lost else "which is none before it is read again"
        return f"the entity {shorten(shown)} ({label}), {what}"
    if doc.missing != read.missing:
        return "tokens without annotation, read again as others"
    if holds.tokens and holds.spaces and are_other_spaces(doc.spaces, read.spaces):
        return "spaces, read again otherwise"
    if holds.sentences and (doc.sent_starts or [0]) != (read.sent_starts or [0]):
        return "sentences, read again as others"
    return ""


def are_other_spaces(doc: list[bool] | None, read: list[bool] | None) -> bool:
    if doc is None:
        return read is not None and not all(read[:-1])
    return read is None or doc[:-1] != read[:-1]
