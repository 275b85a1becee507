"""Write sentences as WebAnno TSV 3, which WebAnno and INCEpTION import."""

import re

from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.writer import Holds, StreamWriter

LAYER = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
#: What the format sets a backslash before, in features
RESERVED = re.compile(r"([\\\[\]|_;*]|->)")


class WebannoWriter(StreamWriter):
    """Rows of a token with its offsets, in units of UTF-16 as Java counts them, and its entity in
    the layer NamedEntity. A file is one document: docs, and the sentences in them, are its
    sentences."""

    title = "WebAnno TSV 3"
    holds = Holds(spaces=True)
    needs_tokens = True
    divides = True
    flattens = True
    head = f"#FORMAT=WebAnno TSV 3.3\n#T_SP={LAYER}|identifier|value\n\n"
    bad_token = re.compile(r"[\t\n\r\0]")
    bad_type = re.compile(r"[\t\n\r\0]")

    def __init__(self, scheme: str = "BIO", lang: str = "xx", suffix: str = "") -> None:
        super().__init__(scheme, lang, suffix)
        self._at = self._entities = 0

    def format(self, sentence: Sentence, number: int) -> str:
        if number == 0:
            self._at = self._entities = 0
        values = ["_\t_"] * len(sentence.words)
        for start, end, label in sentence.ents:
            mark = ""
            if end - start > 1:
                self._entities += 1
                mark = f"[{self._entities}]"
            value = RESERVED.sub(r"\\\1", label)
            values[start:end] = [f"*{mark}\t{value}{mark}"] * (end - start)
        spaces = sentence.spaces or [True] * len(sentence.words)
        lines = [f"\n#Text={sentence.text.rstrip(' ')}\n".replace("\\", "\\\\")]
        for row, (word, space, value) in enumerate(
            zip(sentence.words, spaces, values, strict=True), 1
        ):
            end = self._at + len(word.encode("utf-16-le")) // 2
            lines.append(f"{number + 1}-{row}\t{self._at}-{end}\t{word}\t{value}\t\n")
            self._at = end + space
        # a line end divides sentences
        self._at += not spaces[-1]
        return "".join(lines)
