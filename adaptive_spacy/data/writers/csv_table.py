"""Write sentences as a table with a header: sentence, token and tag per row."""

import csv
import io
import re
from collections.abc import Iterator

from adaptive_spacy.data.readers.quoting import quote
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.tagged import RowWriter, split_sentences
from adaptive_spacy.data.writers.writer import Holds

#: Among tabs nothing is quoted but quotation marks, see `quote`
TAB = re.compile(r"[\t\n\r\0]")


class CsvWriter(RowWriter):
    """Rows divided by commas, or by tabs if the name of the file ends in .tsv; an empty tag: the
    token is not annotated. Documents are numbered where docs are such."""

    title = "CSV"
    holds = Holds(missing=True, sentences=True)
    bad_token = re.compile(r"[\n\r\0]")
    bad_type = re.compile(r"[\n\r\0]")

    def __init__(self, scheme: str = "BIO", lang: str = "xx", suffix: str = "") -> None:
        super().__init__(scheme, lang, suffix)
        self.delimiter = "\t" if suffix == ".tsv" else ","
        self._written = 0

    def find_problems(self, sentence: Sentence) -> Iterator[str]:
        yield from super().find_problems(sentence)
        if self.delimiter == "\t" and any(TAB.search(word) for word in sentence.words):
            yield "found a token with a tab, which a table of tabs cannot hold; one of commas can"

    def format(self, sentence: Sentence, number: int) -> str:
        if number == 0:
            self._written = 0
        rows: list[list[str]] = []
        front = [str(number + 1)] if self.has_documents else []
        if number == 0:
            names = ["document_id"] if self.has_documents else []
            rows.append([*names, "sentence_id", "token", "ner_tag"])
        tags = self.tags(sentence)
        for tokens in split_sentences(sentence):
            self._written += 1
            rows += [[*front, str(self._written), sentence.words[i], tags[i] or ""] for i in tokens]
        if self.delimiter == "\t":
            return "".join("\t".join(map(quote, row)) + "\n" for row in rows)
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        return text.getvalue()
