"""Write sentences as lines of tokens: `Ada|B-PER sings|O`, and OpenNLP's marks between tokens."""

import re

from adaptive_spacy.data.readers.conll_columns import DOCSTART
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.tagged import RowWriter, split_sentences
from adaptive_spacy.data.writers.writer import Holds, StreamWriter

DIVIDERS = re.compile(r"[ \t\n\r\0]")


class TokenLinesWriter(RowWriter):
    """A sentence per line, as spaCy's `token|tag`; no tag behind the bar: not annotated."""

    title = "lines of token|tag"
    holds = Holds(missing=True, sentences=True)
    bad_token = DIVIDERS
    bad_type = re.compile(r"[| \t\n\r\0]")

    def __init__(self, scheme: str = "BIO", lang: str = "xx", suffix: str = "") -> None:
        super().__init__(scheme, lang, suffix)
        self.longest = 0

    def survey(self, sentence: Sentence) -> None:
        super().survey(sentence)
        self.longest = max(self.longest, *map(len, split_sentences(sentence)))

    def format(self, sentence: Sentence, number: int) -> str:
        tags = self.tags(sentence)
        # lines of one token each are rows, which a blank line divides
        end = "\n" if self.longest > 1 else "\n\n"
        lines = [f"{DOCSTART}\n"] if self.has_documents else []
        for tokens in split_sentences(sentence):
            lines.append(" ".join(f"{sentence.words[i]}|{tags[i] or ''}" for i in tokens) + end)
        return "".join(lines)


class OpenNlpWriter(StreamWriter):
    """A doc per line, as OpenNLP's name finder learns from them."""

    title = "OpenNLP"
    holds = Holds()
    needs_tokens = True
    bad_token = re.compile(r"\s|\0|^<END>$|^<START(:[^<>\s]+)?>$")
    bad_type = re.compile(r"[<>\s\0]")

    def format(self, sentence: Sentence, number: int) -> str:
        words = list(sentence.words)
        for start, end, label in sentence.ents:
            words[start] = f"<START:{label}> {words[start]}"
            words[end - 1] += " <END>"
        return " ".join(words) + "\n"
