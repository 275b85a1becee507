"""What an export wrote: counts, and what the format could not hold."""

from dataclasses import dataclass
from pathlib import Path

from adaptive_spacy.data.source import Sentence


@dataclass
class Exported:
    """What was written.

    output (Path): The file.
    docs (int), tokens (int), entities (int): How many.
    missing (int): Tokens without annotation.
    spaced (int): Docs whose spaces between tokens are known.
    longest (int): Sentences of the doc that has most.
    """

    output: Path
    format: str
    docs: int = 0
    tokens: int = 0
    entities: int = 0
    missing: int = 0
    spaced: int = 0
    longest: int = 0

    def add(self, sentence: Sentence) -> None:
        self.docs += 1
        self.tokens += len(sentence.words)
        self.entities += len(sentence.ents)
        self.missing += len(sentence.missing)
        self.spaced += sentence.spaces is not None
        self.longest = max(self.longest, len(sentence.sent_starts or "1"))

    def notes(self) -> list[str]:
        """RETURNS (list[str]): How to read it back, and what it could not hold."""
        lines = []
        if self.format == "conll":
            if self.missing:
                lines.append(
                    f"Tokens without annotation: {self.missing:,}, written without a tag; "
                    "--missing-tag mask reads them back"
                )
            if self.longest > 1:
                lines.append("--group documents reads the documents back")
            if self.spaced:
                lines.append(
                    f"CoNLL does not say which tokens are divided by a space, as {self.spaced:,} "
                    "docs do; JSONL does"
                )
        return lines
