"""Write sentences as CoNLL-U: ten columns, the tag under NE in the last one."""

import re
from typing import Any

from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.tagged import RowWriter, split_sentences
from adaptive_spacy.data.writers.writer import Holds

KEY = "NE"


class ConlluWriter(RowWriter):
    """Numbered words with `NE=B-PER|SpaceAfter=No` as MISC; one without NE is not annotated. Where
    spaces are known, `# text =` stands above them; `# newdoc` begins a document."""

    title = "CoNLL-U"
    holds = Holds(spaces=True, missing=True, sentences=True)
    bad_token = re.compile(r"[\t\n\r\0]|^ +$|^ | $")
    bad_type = re.compile(r"[|\t\n\r\0]")

    def __init__(self, scheme: str = "BIO", lang: str = "xx", suffix: str = "") -> None:
        super().__init__(scheme, lang, suffix)
        self._written = 0

    def reading(self) -> dict[str, Any]:
        return {**super().reading(), "tag_column": KEY}

    def format(self, sentence: Sentence, number: int) -> str:
        tags, spaces = self.tags(sentence), sentence.spaces
        lines = [f"# newdoc id = {number + 1}\n"] if self.has_documents else []
        if number == 0:
            self._written = 0
        for tokens in split_sentences(sentence):
            self._written += 1
            lines.append(f"# sent_id = {self._written}\n")
            if spaces is not None:
                text = "".join(sentence.words[i] + " " * spaces[i] for i in tokens)
                lines.append(f"# text = {text.rstrip(' ')}\n")
            for row, i in enumerate(tokens, 1):
                pairs = [] if tags[i] is None else [f"{KEY}={tags[i]}"]
                if spaces is not None and not spaces[i] and i + 1 < len(spaces):
                    pairs.append("SpaceAfter=No")
                misc = "|".join(pairs) or "_"
                lines.append("\t".join((str(row), sentence.words[i], *"_______", misc)) + "\n")
            lines.append("\n")
        return "".join(lines)
