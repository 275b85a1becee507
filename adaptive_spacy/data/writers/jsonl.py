"""Write sentences as JSONL: a text, its tokens and its entities per line, as Prodigy does."""

from collections.abc import Iterator
from typing import Any

from adaptive_spacy.data.readers.record_fields import check_string
from adaptive_spacy.data.readers.record_spans import read_span
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.json_records import RecordWriter
from adaptive_spacy.data.writers.writer import Holds, find_offsets


class JsonlWriter(RecordWriter):
    """A doc as a line of JSON in the shape of Prodigy, with what that shape lacks: `missing`, the
    tokens without annotation; `sent_starts`, the first token of each sentence; and
    `has_unknown_spaces`, if the spaces of the text are none of the source."""

    title = "JSONL"
    holds = Holds(spaces=True, missing=True, sentences=True)

    def find_problems(self, sentence: Sentence) -> Iterator[str]:
        """YIELDS (str): What `convert` would refuse in the doc's line, as it says it."""
        try:
            check_string(sentence.text, "the text")
        except ValueError as error:
            yield str(error)
        for label in sorted({label for _, _, label in sentence.ents}):
            try:
                read_span([0, 1, label])
            except ValueError as error:
                yield f"{error}; rename the type"

    def make(self, sentence: Sentence, number: int) -> Any:
        return make_record(sentence)


def make_record(sentence: Sentence) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): A doc as a record of Prodigy."""
    words, ents, missing, known_spaces, sent_starts = sentence
    spaces = known_spaces if known_spaces is not None else [True] * len(words)
    tokens = [
        {"text": word, "start": start, "end": end, "id": i, "ws": space}
        for i, (word, space, (start, end)) in enumerate(
            zip(words, spaces, find_offsets(sentence), strict=True)
        )
    ]
    record: dict[str, Any] = {
        "text": "".join(word + " " * space for word, space in zip(words, spaces, strict=True)),
        "tokens": tokens,
        "spans": [
            {
                "start": tokens[start]["start"],
                "end": tokens[end - 1]["end"],
                "token_start": start,
                "token_end": end - 1,
                "label": label,
            }
            for start, end, label in ents
        ],
    }
    if missing:
        record["missing"] = missing
    if sent_starts is not None:
        record["sent_starts"] = sent_starts
    if known_spaces is None:
        record["has_unknown_spaces"] = True
    return record
