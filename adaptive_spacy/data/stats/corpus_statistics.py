"""What the statistics of a corpus hold: its splits, what they share, and hints at noise."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from adaptive_spacy.data.shared_texts import Shared
from adaptive_spacy.data.stats.label_noise import Readings
from adaptive_spacy.data.stats.split_counts import SplitCounts
from adaptive_spacy.data.stats.split_files import TRAIN


@dataclass
class Statistics:
    """What a corpus holds.

    splits (dict[str, SplitCounts]): By name, train first.
    shared (list[Shared]): Pairs of splits with texts in common.
    noise (list[tuple[str, Readings]]): Words with more than one reading, most frequent first.
    noisy (int): Number of all such words.
    window (int): Tokens that the transformer reads at once.
    transformer (str | None): Whose word pieces were counted.
    limit (int | None): Most word pieces that it takes.
    others (list[Path]): Corpora in the same folder, which were left out.
    """

    splits: dict[str, SplitCounts]
    shared: list[Shared]
    noise: list[tuple[str, Readings]]
    noisy: int
    window: int
    transformer: str | None
    limit: int | None
    others: list[Path] = field(default_factory=list)

    def types(self) -> list[str]:
        """RETURNS (list[str]): Entity types, the most frequent first."""
        counts: Counter[str] = Counter()
        for split in self.splits.values():
            counts.update(split.types())
        return sorted(counts, key=lambda label: (-counts[label], label))

    def unseen(self, name: str) -> int | None:
        """RETURNS (int | None): Entities of a split whose words are no entity in train; None for
        train itself and without one."""
        if name == TRAIN or TRAIN not in self.splits:
            return None
        seen = {text for text, _ in self.splits[TRAIN].entities}
        return sum(n for (text, _), n in self.splits[name].entities.items() if text not in seen)
