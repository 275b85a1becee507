"""Write docs as a table of a text per row, and as a list of a program in Python."""

import csv
import io

from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.json_records import dump
from adaptive_spacy.data.writers.writer import TEXT_ONLY, StreamWriter, find_char_spans


class CsvRecordsWriter(StreamWriter):
    """A text per row, its entities as a list of JSON beside it."""

    title = "CSV of records"
    holds = TEXT_ONLY
    needs_tokens = True
    head = "text,entities\n"

    def format(self, sentence: Sentence, number: int) -> str:
        text = io.StringIO(newline="")
        row = (sentence.text, dump(find_char_spans(sentence)))
        csv.writer(text, lineterminator="\n").writerow(row)
        return text.getvalue()


class PythonWriter(StreamWriter):
    """A program that is but one list of spaCy v2's tuples."""

    title = "Python literals"
    holds = TEXT_ONLY
    head, tail = "TRAIN_DATA = [\n", "]\n"

    def format(self, sentence: Sentence, number: int) -> str:
        return f"    ({sentence.text!r}, {{'entities': {find_char_spans(sentence)!r}}}),\n"
