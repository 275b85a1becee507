"""Read CoNLL-U and CoNLL-U Plus: entities in a column of their own, or under a key in MISC."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from adaptive_spacy.data.readers.column_choice import Choice, choose_columns
from adaptive_spacy.data.readers.column_kinds import INDEX, Kind, describe_types, find_kind
from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.readers.conll_columns import Layout
from adaptive_spacy.data.readers.misc_pairs import is_entity_key, list_keys
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample

STANDARD = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")
GLOBAL_COLUMNS = re.compile(r"#\s*global\.columns\s*=\s*(?P<names>.+)")
#: Columns of syntax, whose values are no entities
SYNTAX = STANDARD[:9]


class ConlluFile(ConllFile):
    """The sentences of a file of CoNLL-U, or of CoNLL-U Plus, which names its columns in a first
    line `# global.columns = ID FORM ...`.

    Tokens are the words, numbered 1, 2, 3: a range (2-3) only says how two are written as one, and
    an empty node (4.1) is no token. Spaces are those of `# text =`, or of `SpaceAfter=No`.
    `# newdoc` divides documents.

    The arguments are those of `TokenFile`. `tag_column` may also name a key of MISC.
    """

    title = "CoNLL-U"
    limits = "columns beside token and tag; nested entities; empty nodes"
    expected = "a CoNLL-U file"
    divides_documents = "# newdoc lines"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Of a line that names the columns, or of ten in all rows."""
        lines = sample.lines
        if "global.columns" in sample.text and any(map(GLOBAL_COLUMNS.match, lines)):
            return Evidence(Confidence.CERTAIN, "a line of global.columns")
        # the first row tells most files
        rows = (line for line in lines if line and not (line[0] == "#" or line.isspace()))
        has_words = False
        for row in rows:
            if not is_standard(row):
                return None
            has_words |= row.partition("\t")[0].isdigit()
        return Evidence(Confidence.CERTAIN, "ten columns of CoNLL-U") if has_words else None

    @cached_property
    def _names(self) -> tuple[str, ...]:
        for _, lines in self._chunks("Opening"):
            for line in lines:
                if line.strip() and not line.startswith("#"):
                    return STANDARD
                if found := GLOBAL_COLUMNS.match(line):
                    return tuple(found["names"].split())
        return STANDARD

    def _find_header(self, rows: list[list[str]]) -> tuple[str, ...]:
        return ()

    def _find(self, option: str, given: int | str, columns: int, names: tuple[str, ...]) -> int:
        known = [name.casefold() for name in names]
        text = str(given)
        is_key = option == "--tag-column" and not text.lstrip("-").isdigit() and "MISC" in names
        if is_key and text.casefold() not in known:
            self._key = text
            return names.index("MISC")
        return super()._find(option, given, columns, names)

    def _choose(
        self,
        rows: list[list[str]],
        columns: int,
        token: int | None,
        tag: int | None,
        names: tuple[str, ...],
    ) -> Choice:
        misc = names.index("MISC") if "MISC" in names else -1
        index = names.index("ID") if "ID" in names else -1
        full = [fields for fields in rows if len(fields) == columns]
        if tag is None:
            tag = self._choose_tag(full, misc, names)
        if tag == misc and not self._key and list_keys(full, misc):
            raise ValueError(
                f"{self.path}: found pairs of key and value in column {tag} 'MISC', expected the "
                f"key of the tags, one of {', '.join(sorted(list_keys(full, misc)))}; e.g. "
                f"--tag-column {min(list_keys(full, misc))}"
            )
        try:
            choice = choose_columns(rows, columns, token=token, tag=tag, names=names)
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None
        if index not in (-1, choice.token, choice.tag):
            choice = choice._replace(numbers=index)
        return choice._replace(glue=misc)

    def _choose_tag(self, full: Sequence[list[str]], misc: int, names: Sequence[str]) -> int:
        """RETURNS (int): The column of the tags. `self._key` is the key in MISC."""
        found: dict[str, tuple[int, str, Counter[str]]] = {}
        columns = len(names) or (len(full[0]) if full else 0)
        for column in range(columns):
            name = names[column] if names else str(column)
            values = Counter(fields[column] for fields in full)
            if name not in SYNTAX and find_kind(values) in (Kind.TAGS, Kind.BARE, Kind.OUTSIDE):
                found[name] = column, "", values
        for key, values in list_keys(full, misc).items():
            values["O"] += max(0, len(full) - values.total())
            if is_entity_key(key, values):
                found[key] = misc, key, values
        if len(found) != 1:
            shown = ", ".join(f"{name} ({describe_types(one[2])})" for name, one in found.items())
            ways = " or ".join(f"--tag-column {name}" for name in found)
            keys = ", ".join(sorted(list_keys(full, misc))) or "none"
            raise ValueError(
                f"{self.path}: found entity tags in {shown}, expected one of them; {ways} says "
                "which to read"
                if found
                else f"{self.path}: found no entity tags, expected them in a column of their own "
                f"or under a key in MISC, as NE=B-PER; its keys are {keys}"
            )
        ((column, self._key, _),) = found.values()
        return column

    def _lay_out(
        self, rows: list[list[str]], columns: int, choice: Choice, header: tuple[str, ...]
    ) -> Layout:
        layout = super()._lay_out(rows, columns, choice, header)
        return layout._replace(has_ranges=choice.numbers >= 0)


def is_standard(line: str) -> bool:
    """Whether a line is a row of CoNLL-U's ten columns."""
    number, *others = line.split("\t")
    return len(others) == len(STANDARD) - 1 and INDEX.fullmatch(number) is not None
