"""Write docs as texts with their entities marked in them: elements, brackets or braces."""

import json
import re
from abc import abstractmethod
from collections.abc import Iterator
from xml.sax.saxutils import escape

from adaptive_spacy.data.readers.marks import FRAMES, PAGE
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.writer import LINE_ENDS, TEXT_ONLY, StreamWriter, find_char_spans

NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
#: Types that need no more than round brackets
PLAIN = re.compile(r"[\w-]+( [\w-]+)*")
#: What a line, or its edge, does not keep
SPACE = {"\n": "&#10;", "\r": "&#13;", "\x85": "&#133;"}


class MarkedWriter(StreamWriter):
    """A text per line."""

    holds = TEXT_ONLY
    needs_tokens = True

    def format(self, sentence: Sentence, number: int) -> str:
        return f"{''.join(self._parts(sentence))}\n"

    def _parts(self, sentence: Sentence) -> Iterator[str]:
        text, at = sentence.text, 0
        for start, end, label in find_char_spans(sentence):
            yield self.escape(text[at:start])
            yield self.mark(self.escape(text[start:end]), label)
            at = end
        yield self.escape(text[at:])

    def escape(self, text: str) -> str:
        """RETURNS (str): A part of the text as it is written."""
        return text

    @abstractmethod
    def mark(self, text: str, label: str) -> str:
        """RETURNS (str): An entity with its marks."""


class InlineTagsWriter(MarkedWriter):
    """Elements around the entities. A type that is no name of one is MUC's `<ENAMEX type="...">`;
    what XML escapes is escaped, and so are line ends."""

    title = "inline tags"
    bad_token = re.compile("\0")
    bad_type = re.compile(r"[\"'<\n\r\0]")

    def escape(self, text: str) -> str:
        return escape(text, SPACE)

    def mark(self, text: str, label: str) -> str:
        if NAME.fullmatch(label) and label.lower() not in FRAMES | PAGE:
            return f"<{label}>{text}</{label}>"
        return f'<ENAMEX type="{label}">{text}</ENAMEX>'

    def format(self, sentence: Sentence, number: int) -> str:
        line = super().format(sentence, number)[:-1]
        front = len(line) - len(line.lstrip())
        edge = "".join(f"&#{ord(char)};" for char in line[:front])
        inner = line.strip()
        rest = "".join(f"&#{ord(char)};" for char in line[front + len(inner) :])
        return f"{edge}{inner}{rest}\n"


class LinksWriter(MarkedWriter):
    """Entities in square brackets, the type behind them: in round ones, or `{"entity": ...}` if it
    has letters that these cannot hold."""

    title = "marks in brackets"
    bad_token = LINE_ENDS
    bad_type = re.compile(r"[{}\0]")

    def mark(self, text: str, label: str) -> str:
        if PLAIN.fullmatch(label):
            return f"[{text}]({label})"
        return f"[{text}]{json.dumps({'entity': label})}"


class BracesWriter(MarkedWriter):
    """Entities in two pairs of braces, the type before them, as Boson's."""

    title = "marks in braces"
    bad_token = LINE_ENDS
    bad_type = re.compile(r"[{}:\n\r\0]")

    def mark(self, text: str, label: str) -> str:
        return f"{{{{{label}:{text}}}}}"


class RasaWriter(LinksWriter):
    """Examples of one intent in Rasa's YAML."""

    title = "Rasa NLU"
    head = 'version: "3.1"\nnlu:\n- intent: export\n  examples: |\n'

    def format(self, sentence: Sentence, number: int) -> str:
        return f"    - {super().format(sentence, number)}"
