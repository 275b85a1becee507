"""What an export wrote: counts, and what the format could not hold."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from spacy.tokens import Doc

from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.writer import Writer


@dataclass
class Exported:
    """What was written.

    output (Path): The file or folder.
    format (str), writer (Writer): What it is.
    docs (int), tokens (int), entities (int): How many.
    missing (int): Tokens without annotation.
    spaced (int): Docs whose spaces between tokens are known.
    longest (int): Sentences of the doc that has most.
    several (int): Docs of several sentences.
    retokenized (int): Docs that `convert` divides into other tokens.
    is_recognised (bool): Whether `convert` tells by itself what format it is.
    others (Counter[str]): Annotation that is not of entities, which is not written, by kind.
    """

    output: Path
    format: str
    writer: Writer
    docs: int = 0
    tokens: int = 0
    entities: int = 0
    missing: int = 0
    spaced: int = 0
    longest: int = 0
    several: int = 0
    retokenized: int = 0
    is_recognised: bool = True
    others: Counter[str] = field(default_factory=Counter)

    def add(self, sentence: Sentence) -> None:
        """Count a doc."""
        sentences = len(sentence.sent_starts or "1")
        self.docs += 1
        self.tokens += len(sentence.words)
        self.entities += len(sentence.ents)
        self.missing += len(sentence.missing)
        self.spaced += sentence.spaces is not None
        self.longest = max(self.longest, sentences)
        self.several += sentences > 1

    def add_others(self, doc: Doc) -> None:
        """Count what of a doc is not written."""
        self.others["span groups"] += sum(len(group) > 0 for group in doc.spans.values())
        self.others["links of entities"] += sum(bool(ent.kb_id or ent.ent_id) for ent in doc.ents)
        self.others["text categories"] += len(doc.cats)

    def notes(self) -> list[str]:
        """RETURNS (list[str]): How to read it back, and what it could not hold."""
        title, holds, reading = self.writer.title, self.writer.holds, self.writer.reading()
        lines = []
        if not self.is_recognised:
            lines.append(f"--format {self.format} reads it back: nothing in it tells the format")
        if self.missing and "missing_tag" in reading:
            lines.append(
                f"Tokens without annotation: {self.missing:,}, written without a tag; "
                "--missing-tag mask reads them back"
            )
        if reading.get("group") == "documents":
            lines.append("--group documents reads the documents back")
        elif self.longest > 1 and not holds.sentences:
            how = "makes docs of the sentences of" if self.writer.flattens else "joins them in"
            lines.append(f"{title} has no sentences within a doc: it {how} {self.several:,} docs")
        if self.spaced and not holds.spaces:
            lines.append(
                f"{title} does not say which tokens are divided by a space, as {self.spaced:,} "
                "docs do; JSONL does"
            )
        if holds.spaces and self.spaced < self.docs and title != "JSONL":
            unknown = self.docs - self.spaced
            lines.append(f"Docs whose spaces are not known: {unknown:,}, written with one each")
        if self.retokenized:
            lines.append(
                f"{title} holds no tokens: --lang {self.writer.lang} makes others of "
                f"{self.retokenized:,} docs"
            )
        elif not holds.tokens and self.writer.lang != "xx":
            lines.append(f"--lang {self.writer.lang} reads the tokens back")
        others = ", ".join(f"{kind} {count:,}" for kind, count in self.others.items() if count)
        if others:
            lines.append(f"Not written, as only entities are: {others}")
        return lines
