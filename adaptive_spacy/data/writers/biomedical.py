"""Write docs as the formats of biomedical text mining: PubTator, and BioC as XML."""

import re
from xml.sax.saxutils import escape

from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.json_records import quote_spans
from adaptive_spacy.data.writers.writer import TEXT_ONLY, StreamWriter


class PubTatorWriter(StreamWriter):
    """A doc as an abstract: its first line is the title."""

    title = "PubTator"
    holds = TEXT_ONLY
    between = "\n"
    bad_token = re.compile("[\r\0]")
    bad_type = re.compile(r"[\t\n\r\0]|^\s|\s$")

    def format(self, sentence: Sentence, number: int) -> str:
        first, *others = sentence.text.split("\n")
        name = number + 1
        lines = [f"{name}|t|{first}\n", *(f"{name}|a|{line}\n" for line in others)]
        if not others:
            lines.append(f"{name}|a|\n")
        for start, end, label, text in quote_spans(sentence):
            lines.append(f"{name}\t{start}\t{end}\t{' '.join(text.split())}\t{label}\n")
        return "".join(lines)


class BiocXmlWriter(StreamWriter):
    """A document of one passage for each doc."""

    title = "BioC XML"
    holds = TEXT_ONLY
    needs_tokens = True
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<collection><source></source><date></date><key></key>\n"
    )
    tail = "</collection>\n"
    #: What XML cannot hold, escaped or not
    bad_token = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
    bad_type = bad_token

    def format(self, sentence: Sentence, number: int) -> str:
        found = "".join(
            f'<annotation id="{i}"><infon key="type">{escape_all(label)}</infon>'
            f'<location offset="{start}" length="{end - start}"/>'
            f"<text>{escape_all(text)}</text></annotation>"
            for i, (start, end, label, text) in enumerate(quote_spans(sentence))
        )
        return (
            f"<document><id>{number + 1}</id><passage><offset>0</offset>"
            f"<text>{escape_all(sentence.text)}</text>{found}</passage></document>\n"
        )


def escape_all(text: str) -> str:
    """RETURNS (str): A text as XML gives it back, line ends and all."""
    return escape(text, {"\r": "&#13;"})
