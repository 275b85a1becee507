"""What a conversion read and wrote: counts by split, and what is worth a note or a warning."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from adaptive_spacy.data.oddities import find_oddities
from adaptive_spacy.data.source import Sentence, Source
from adaptive_spacy.printable import one_line


@dataclass
class SplitSummary:
    """Counts of one split.

    docs (int): Items: sentences, or documents of several.
    missing (int): Tokens without annotation.
    longest (int): The most tokens of an item of which no ends of sentences are known.
    """

    docs: int = 0
    sentences: int = 0
    tokens: int = 0
    missing: int = 0
    longest: int = field(default=0, compare=False)
    entities: Counter[str] = field(default_factory=Counter)

    def add(self, sentence: Sentence) -> None:
        self.docs += 1
        self.sentences += len(sentence.sent_starts or "1")
        self.tokens += len(sentence.words)
        self.missing += len(sentence.missing)
        if len(sentence.sent_starts or "1") == 1:
            self.longest = max(self.longest, len(sentence.words))
        self.entities.update(label for _, _, label in sentence.ents)


@dataclass
class Converted:
    """What a conversion read and wrote.

    output (Path): The folder.
    files (list[Source]): What was read.
    splits (dict[str, SplitSummary]): Counts by split.
    shared (Counter[tuple[str, ...]]): Texts that occur in several splits, by these splits.
    left_out (int): Items of the pool that fell in no split.
    former (list[str]): What lies in `output` from before.
    """

    output: Path
    files: list[Source]
    splits: dict[str, SplitSummary] = field(default_factory=dict)
    shared: Counter[tuple[str, ...]] = field(default_factory=Counter)
    left_out: int = 0
    former: list[str] = field(default_factory=list)

    def header(self) -> list[str]:
        return ["", *self.splits]

    def rows(self) -> list[list[str]]:
        """RETURNS (list[list[str]]): A table under `header`: totals, then a row per type."""
        splits = list(self.splits.values())
        counts: dict[str, list[int]] = {
            self.unit: [split.docs for split in splits],
            "sentences": [split.sentences for split in splits],
            "tokens": [split.tokens for split in splits],
            "entities": [split.entities.total() for split in splits],
        }
        if self.unit == "texts":
            del counts["sentences"]
        if any(split.missing for split in splits):
            counts["not annotated"] = [split.missing for split in splits]
        rows = [[name, *(f"{number:,}" for number in numbers)] for name, numbers in counts.items()]
        for label in sorted(set().union(*(split.entities for split in splits))):
            counted = (f"{split.entities[label]:,}" for split in splits)
            rows.append([f"- {one_line(label)}", *counted])
        return rows

    @property
    def unit(self) -> str:
        """RETURNS (str): What one item is."""
        groups = {getattr(file, "group", "") for file in self.files}
        if groups == {"sentences"}:
            return "sentences"
        return "texts" if "" in groups else "documents"

    def notes(self) -> list[str]:
        """RETURNS (list[str]): What the files were read as, and what was mended in which."""
        names: dict[str, list[str]] = {}
        for file in self.files:
            names.setdefault(file.describe(), []).append(file.path.name)
        lines = [f"{found}: {shorten_list(files)}" for found, files in names.items()]
        lines += [
            f"Repaired in {file.path.name}: {count:,} {kind}"
            for file in self.files
            for kind, count in sorted(file.repairs.items())
        ]
        return lines

    def warnings(self) -> list[str]:
        """RETURNS (list[str]): What the user should know about the result, a line each."""
        lines = [
            line
            for name, split in self.splits.items()
            for line in find_oddities(
                name, documents=split.docs, types=split.entities, longest=split.longest
            )
        ]
        if self.shared:
            parts = ", ".join(
                f"{count:,} in {' and '.join(names)}"
                for names, count in sorted(self.shared.items())
            )
            lines.append(f"Texts that occur in more than one split: {parts}")
        if self.left_out:
            lines.append(
                f"{self.unit.capitalize()} in no split, as the shares sum to less than 1: "
                f"{self.left_out:,}"
            )
        if self.former:
            lines.append(f"Left from before in {self.output}: {shorten_list(self.former)}")
        return lines


def shorten_list(names: list[str]) -> str:
    """RETURNS (str): The first names, and how many more."""
    more = len(names) - 5
    return ", ".join(names[:5]) + (f" and {more} more" if more > 0 else "")
