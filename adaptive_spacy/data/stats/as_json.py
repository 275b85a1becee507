"""The statistics of a corpus as JSON: what stats.json holds."""

from typing import Any

from adaptive_spacy.data.stats.corpus_statistics import Statistics
from adaptive_spacy.data.stats.warnings import find_warnings


def as_json(statistics: Statistics) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): All of it as JSON-serializable values, with the warnings."""
    return {
        "splits": {name: _describe_split(statistics, name) for name in statistics.splits},
        "shared_texts": [
            {
                "splits": list(one.splits),
                "documents": one.documents,
                "share": round(one.share, 4),
                "example": one.example,
            }
            for one in statistics.shared
        ],
        "label_noise": {
            "texts": statistics.noisy,
            "most_frequent": [
                {
                    "text": text,
                    "labels": dict(sorted(one.labels.items())),
                    "unlabelled": one.unlabelled,
                    "example": str(one.odd_place),
                }
                for text, one in statistics.noise
            ],
        },
        "window": statistics.window,
        "transformer": statistics.transformer,
        "warnings": list(find_warnings(statistics)),
    }


def _describe_split(statistics: Statistics, name: str) -> dict[str, Any]:
    split = statistics.splits[name]
    return {
        "files": [path.as_posix() for path in split.files],
        "documents": split.documents,
        "sentences": split.sentences,
        "tokens": split.n_tokens,
        "not_annotated": split.missing,
        "entities": split.types().total(),
        "types": {label: split.types()[label] for label in statistics.types()},
        "unseen_in_train": statistics.unseen(name),
        "duplicates": split.duplicates(),
        "touching": split.touching,
        "touching_example": split.touching_example,
        "tokens_per_document": split.tokens.to_dict(statistics.window),
        "word_pieces_per_document": split.pieces.to_dict(statistics.limit)
        if statistics.transformer
        else None,
    }
