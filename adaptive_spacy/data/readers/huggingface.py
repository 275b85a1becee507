"""Read data sets of the Hugging Face hub from disk: saved by `datasets`, or parquet files."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from tqdm import tqdm

from adaptive_spacy.data.readers.arrow import (
    ARROW_FILE,
    PARQUET,
    OpenTable,
    find_class_names,
    find_column,
    find_names,
    open_table,
    read_features,
    require_pyarrow,
)
from adaptive_spacy.data.readers.hub_files import find_files, find_traces, holds_entities
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_fields import check_word, read_tag
from adaptive_spacy.data.readers.tag_lists import FIRST_RECORDS, TagLists
from adaptive_spacy.data.readers.tag_table import TAGS, WORDS, Place, Tagged, TagTable
from adaptive_spacy.data.schemes import UNTAGGED
from adaptive_spacy.data.source import Problems, Sentence

# numbers that stand for no tag: ClassLabel's, and that of those who mask the loss
NO_TAG = (-1, -100)


class HubData:
    """The rows of one split of a data set: checked as a whole first, then streamed.

    Each row is one unit: its tokens, and a tag for each, by name or as a number whose name the
    data set knows (ClassLabel).

    path (str | Path): A folder that `datasets` saved (`state.json` in it), a `.parquet` or `.arrow`
        file, or a folder of one split's parquet files.
    tag_column (str | None): The column of the tags; None: the one that holds entities, see
        `TagLists`.
    scheme (str), missing_tag (str | None): See `TagTable`. A token is without a tag where the tag
        is null, -1 or -100.
    repair (bool): Read illegal sequences of tags, see `TagTable`; each kind is counted.
    progress (bool): Show a progress bar where a pass takes longer than a second.
    RAISES (ValueError): The first 20 problems, each with its row, and how many more; if there is
        no such data set; if pyarrow is not installed.
    """

    title: ClassVar[str] = "Hugging Face data"
    limits: ClassVar[str] = "several splits at once; columns beside tokens and tags"

    def __init__(
        self,
        path: str | Path,
        *,
        scheme: str = "auto",
        missing_tag: str | None = None,
        tag_column: str | None = None,
        repair: bool = False,
        progress: bool = False,
    ) -> None:
        require_pyarrow()
        self.path = Path(path)
        self.progress = progress
        self.repairs: Counter[str] = Counter()
        self.tags = TagTable(scheme, missing_tag)
        self._files = find_files(self.path)
        self._words_at, self._tags_at, self._names = self._find_columns(tag_column)
        problems = Problems(" row ")
        for number, record in self._rows("Checking", problems):
            try:
                self.tags.check(record)
            except ValueError as error:
                problems.add(number, str(error))
        self.tags.settle(problems, self._places, repair=repair, repairs=self.repairs)
        problems.raise_any(self.path)

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether the path is a data set or a table of one."""
        found = find_traces(sample.path) if sample.is_folder else ""
        is_table = sample.path.suffix in (".parquet", ".arrow")
        if not sample.is_folder and (is_table or sample.head.startswith((PARQUET, ARROW_FILE))):
            found = "a table"
        if found and holds_entities(sample.path):
            return None
        return Evidence(Confidence.CERTAIN, found) if found else None

    def __iter__(self) -> Iterator[Sentence]:
        for _, record in self._rows("Reading", Problems()):
            yield self.tags.decode(record)

    def describe(self) -> str:
        """RETURNS (str): The columns of tokens and tags, and the scheme."""
        return (
            f"Hugging Face data, columns {self._words_at} and {self._tags_at}, "
            f"{self.tags.describe()}"
        )

    def _find_columns(self, tag_column: str | None) -> tuple[str, str, list[str] | None]:
        """RETURNS (tuple[str, str, list[str] | None]): Columns of tokens and tags, and the names of
        the tags; None if they are no numbers."""
        found: list[tuple[str, str, list[str] | None]] = []
        for path in self._files:
            with open_table(path) as table:
                words_at = find_column(path, table.schema, WORDS)
                if tag_column is None and not found:
                    tag_column = choose_tags(path, table, words_at)
                tags_at = find_column(path, table.schema, (tag_column,) if tag_column else TAGS)
                found.append((words_at, tags_at, find_names(path, table.schema, tags_at)))
            if found[-1] != found[0]:
                raise ValueError(
                    f"{path}: expected the columns and tags of {self._files[0].name}, found others"
                )
        return found[0]

    def _places(self) -> Iterator[Place]:
        for number, record in self._rows("Locating", Problems()):
            yield from record.pairs(number)

    def _rows(self, action: str, problems: Problems) -> Iterator[tuple[int, Tagged]]:
        """Yield the rows that hold tokens and tags, with their numbers from 1.

        action (str): What the progress bar says.
        problems (Problems): Takes the others.
        """
        bar = tqdm(
            desc=f"{action} {self.path.name}",
            unit="rows",
            leave=False,
            delay=1,
            disable=None if self.progress else True,
        )
        number = 0
        with bar:
            for words, tags in self._cells(bar):
                number += 1
                try:
                    yield number, self._read(words, tags)
                except ValueError as error:
                    problems.add(number, str(error))

    def _cells(self, bar: tqdm) -> Iterator[tuple[Any, Any]]:
        """Yield what each row holds under the columns of tokens and of tags.

        bar (tqdm): Told of the rows, batch by batch.
        """
        columns = [self._words_at, self._tags_at]
        for path in self._files:
            with open_table(path) as table:
                for batch in table.batches(columns):
                    words, tags = (batch.column(name).to_pylist() for name in columns)
                    yield from zip(words, tags, strict=True)
                    bar.update(batch.num_rows)

    def _read(self, words: Any, tags: Any) -> Tagged:
        for value, column in ((words, self._words_at), (tags, self._tags_at)):
            if not isinstance(value, list):
                raise ValueError(f"found {show_json(value)} under {column}, expected a list")
        return Tagged(
            [check_word(word, i) for i, word in enumerate(words)],
            [self._read_tag(tag) for tag in tags],
        )

    def _read_tag(self, tag: Any) -> str:
        if type(tag) is not int or self._names is None:
            return read_tag(tag)
        if tag in NO_TAG:
            return UNTAGGED
        if not 0 <= tag < len(self._names):
            raise ValueError(
                f"found the tag {tag}, expected a number from 0 to {len(self._names) - 1}"
            )
        return read_tag(self._names[tag])


def choose_tags(path: Path, table: OpenTable, words_at: str) -> str | None:
    """RETURNS (str | None): The column that holds entities, by the first rows; None: there are not
    several. RAISES (ValueError): If several do."""
    columns = [name for name in TAGS if name in table.schema.names]
    if len(columns) < 2:
        return None
    features = read_features(path, table.schema)
    names = {column: find_class_names(features.get(column)) for column in columns}
    lists = TagLists(TAGS)
    batches = table.batches([words_at, *columns])
    for row in islice((row for batch in batches for row in batch.to_pylist()), FIRST_RECORDS):
        for column in columns:
            row[column] = name_tags(row[column], names[column])
        lists.add(row, len(row[words_at] or ()))
    try:
        return lists.choose("--tag-column")
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def name_tags(tags: Any, names: list[str] | None) -> Any:
    """RETURNS (Any): Tags by name, where these are known."""
    if names is None or not isinstance(tags, list):
        return tags
    return [names[tag] if type(tag) is int and 0 <= tag < len(names) else tag for tag in tags]
