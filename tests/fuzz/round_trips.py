"""The second property of the fuzzer: what `convert` accepts, `export` to the same format gives
back, or it names the doc that this format cannot hold."""

import re
import shutil
from pathlib import Path

from adaptive_spacy.data.docbin import Shard
from adaptive_spacy.data.export import export
from adaptive_spacy.data.readers.formats import open_source
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.formats import WRITERS
from tests.data.writers.round_trip import describe, expect


class RoundTrips:
    """Writes docs in the format that they came in, and reads them again.

    folder (Path): Where the files are written; it is empty after each.
    kept (int): Docs that came back.
    refused (list[tuple[str, str]]): Formats, and why they could not hold what was read of them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = 0
        self.refused: list[tuple[str, str]] = []

    def check(self, docs: list[Sentence], shard: Shard, format: str, lang: str = "xx") -> None:
        """RAISES (AssertionError): If other docs come back."""
        if not docs:
            return
        self.folder.mkdir()
        try:
            shard.write(self.folder / "in.spacy")
            self._check(docs, format, lang)
        finally:
            shutil.rmtree(self.folder)

    def _check(self, docs: list[Sentence], format: str, lang: str) -> None:
        source, output = self.folder / "in.spacy", self.folder / "out"
        own = None if WRITERS[format].holds.tokens else lang
        try:
            exported = export(source, output, format=format, lang=own)
        except ValueError as error:
            self._refuse(format, str(error))
            return
        found = list(open_source(output, format=format, **exported.writer.reading()))
        back = [describe(format, one) for one in found]
        assert back == expect(format, docs), f"{format}: other docs come back"
        self.kept += 1

    def _refuse(self, format: str, message: str) -> None:
        one = message.split(";\n")[0].removeprefix(f"{self.folder / 'in.spacy'}: ")
        assert re.match(r"doc \d+: found |expected docs with tags", one), message
        self.refused.append((format, one))
