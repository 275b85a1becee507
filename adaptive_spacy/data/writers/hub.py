"""Write docs as parquet, the tables of Hugging Face: tokens and tags, or texts and entities."""

from abc import abstractmethod
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adaptive_spacy.data.readers.arrow import require_pyarrow
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.json_records import make_entities
from adaptive_spacy.data.writers.tagged import TaggedWriter
from adaptive_spacy.data.writers.writer import TEXT_ONLY, Holds, Writer

if TYPE_CHECKING:
    import pyarrow

#: Of a group, which is in memory at a time
ROWS = 1_000


class ParquetWriter(Writer):
    """A row per doc."""

    def write(self, sentences: Iterable[Sentence], path: Path) -> None:
        require_pyarrow()
        import pyarrow
        from pyarrow import parquet

        schema = self.schema()
        with parquet.ParquetWriter(path, schema) as table:
            remaining = iter(sentences)
            while rows := [self.row(sentence) for sentence in islice(remaining, ROWS)]:
                table.write_table(pyarrow.Table.from_pylist(rows, schema))

    @abstractmethod
    def schema(self) -> "pyarrow.Schema":
        """RETURNS (pyarrow.Schema): The columns."""

    @abstractmethod
    def row(self, sentence: Sentence) -> dict[str, Any]:
        """RETURNS (dict[str, Any]): What a doc has in each column."""


class HubWriter(TaggedWriter, ParquetWriter):
    """Lists of tokens and of the names of their tags; null: the token is not annotated."""

    title = "Hugging Face data"
    holds = Holds(missing=True)

    def schema(self) -> "pyarrow.Schema":
        from pyarrow import list_, schema, string

        return schema([("tokens", list_(string())), ("ner_tags", list_(string()))])

    def row(self, sentence: Sentence) -> dict[str, Any]:
        return {"tokens": sentence.words, "ner_tags": self.tags(sentence)}


class HubRecordsWriter(ParquetWriter):
    """Texts, and their entities as objects of start, end and label."""

    title = "Hugging Face records"
    holds = TEXT_ONLY

    def schema(self) -> "pyarrow.Schema":
        from pyarrow import int64, list_, schema, string, struct

        span = struct([("start", int64()), ("end", int64()), ("label", string())])
        return schema([("text", string()), ("entities", list_(span))])

    def row(self, sentence: Sentence) -> dict[str, Any]:
        return make_entities(sentence)
