"""What readers of texts with entities share whose files are no JSON."""

from pathlib import Path
from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_records import JsonRecords


class TextRecords(JsonRecords):
    """The texts of one file with their entities by offsets, whatever its syntax: `_open` gives what
    yields them. The arguments are those of `JsonRecords` that such files have a use for."""

    chooses_spans = False

    def __init__(
        self,
        path: str | Path,
        *,
        lang: str = "xx",
        offsets: str | None = None,
        repair: bool = False,
        encoding: str = "utf-8",
        progress: bool = False,
    ) -> None:
        super().__init__(
            path,
            lang=lang,
            offsets=offsets,
            repair=repair,
            encoding=encoding,
            progress=progress,
        )

    @staticmethod
    def fits(record: Any) -> bool:
        return isinstance(record, AnnotatedText)

    @staticmethod
    def read(record: Any) -> AnnotatedText:
        assert isinstance(record, AnnotatedText)
        return record

    def describe(self) -> str:
        """RETURNS (str): The format."""
        return ", ".join([self._file.kind, *sorted(self._notes)])


class MarkedRecords(TextRecords):
    """Such texts whose entities are marked in them: they have no offsets that could count
    otherwise."""

    def __init__(
        self,
        path: str | Path,
        *,
        lang: str = "xx",
        repair: bool = False,
        encoding: str = "utf-8",
        progress: bool = False,
    ) -> None:
        super().__init__(path, lang=lang, repair=repair, encoding=encoding, progress=progress)
