"""Write docs as brat standoff: a folder of a text and its annotations for each."""

import re
from collections.abc import Iterable
from pathlib import Path

from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.json_records import quote_spans
from adaptive_spacy.data.writers.writer import TEXT_ONLY, Writer

LINE_END = re.compile(r"\s*\n\s*")


class BratWriter(Writer):
    """`NAME.txt` and `NAME.ann` for each doc, by its number. An entity over several lines is in
    parts, one of each line, as brat itself has it."""

    title = "brat"
    holds = TEXT_ONLY
    is_folder = True
    bad_token = re.compile("\0")
    bad_type = re.compile(r"[\s\0]")

    def write(self, sentences: Iterable[Sentence], path: Path) -> None:
        width = max(4, len(str(self.count)))
        for number, sentence in enumerate(sentences, 1):
            lines = [
                f"T{i}\t{label} {cut(text, start)}\t{' '.join(LINE_END.split(text))}\n"
                for i, (start, _, label, text) in enumerate(quote_spans(sentence), 1)
            ]
            for suffix, content in ((".txt", sentence.text), (".ann", "".join(lines))):
                with path.joinpath(f"{number:0{width}}{suffix}").open(
                    "w", encoding="utf8", newline=""
                ) as stream:
                    stream.write(content)


def cut(text: str, at: int) -> str:
    """RETURNS (str): Start and end of the part in each line of an entity. at (int): Its start."""
    starts = [0, *(found.end() for found in LINE_END.finditer(text))]
    ends = [*(found.start() for found in LINE_END.finditer(text)), len(text)]
    return ";".join(f"{at + start} {at + end}" for start, end in zip(starts, ends, strict=True))
