"""Write sentences as CoNLL-2012: brackets in column 10, the token in column 3."""

import re
from typing import Any

from adaptive_spacy.data.readers.conll_2012 import BEGIN
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.tagged import split_sentences
from adaptive_spacy.data.writers.writer import Holds, StreamWriter


class Conll2012Writer(StreamWriter):
    """Rows of twelve columns, of which token and entities are filled; all of it is one document
    where docs are sentences."""

    title = "CoNLL-2012"
    holds = Holds(sentences=True)
    needs_tokens = True
    divides = True
    tail = "#end document\n"
    bad_token = re.compile(r"[\s\0]")
    bad_type = re.compile(r"[\s()*\0]")

    def reading(self) -> dict[str, Any]:
        return {"group": "documents"} if self.has_documents else {}

    def format(self, sentence: Sentence, number: int) -> str:
        lines = []
        if number == 0 or self.has_documents:
            lines = [self.tail] * (number > 0)
            lines.append(f"{BEGIN} (export); part {number:03}\n")
        brackets = ["*"] * len(sentence.words)
        for start, end, label in sentence.ents:
            brackets[start] = f"({label}*"
            brackets[end - 1] = f"({label})" if end - start == 1 else "*)"
        for tokens in split_sentences(sentence):
            for row, i in enumerate(tokens):
                front = f"export {number if self.has_documents else 0} {row} {sentence.words[i]}"
                lines.append(f"{front} - - - - - - {brackets[i]} -\n")
            lines.append("\n")
        return "".join(lines)
