"""Records in Python's own syntax, as programs hold spaCy's TRAIN_DATA: read, never run."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adaptive_spacy.data.readers.json_formats import AnyJson
from adaptive_spacy.data.readers.json_values import NotJson
from adaptive_spacy.data.readers.literals import evaluate, parse
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_file import RecordFile
from adaptive_spacy.data.readers.text import read_text

# a name that becomes a list of lists, tuples or objects
ASSIGNED = re.compile(r"^\w+(?:\s*:[^=\n]+)?\s*=\s*[\[({]\s*(?:#.*\n\s*)*[\[({\"']", re.MULTILINE)
# what begins with records, and not as JSON does
BARE = re.compile(
    r"""\s*(?:#.*\n\s*)*(?:[\[(]\s*\(\s*[rRuU]?["']|[\[(]\s*[\[{]\s*[rRuU]?'|\{\s*')"""
)
TUPLE_LINE = re.compile(r"""\s*\(\s*[rRuU]?(["']).*\1\s*,\s*[\[{]""")
# an object in JSON's syntax with tuples in it
TUPLES_WITHIN = re.compile(r":\s*\[\s*\(\s*-?\d+\s*,")
CHANGES = ("append", "extend", "insert", "pop", "remove", "clear")


class PythonRecords(AnyJson):
    """Records as Python writes them: a list, alone or with a name, or one after another."""

    title = "Python literals"
    limits = "programs: what is computed is not there"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether a text begins with records of Python."""
        text = sample.text
        found = BARE.match(text) or TUPLE_LINE.match(text) or find_assigned(sample)
        if not found and isinstance(sample.record, NotJson):
            found = TUPLES_WITHIN.search(text)
        return Evidence(Confidence.LIKELY, "Python literals") if found else None

    @staticmethod
    def _open(path: Path, encoding: str, progress: bool) -> RecordFile:
        return PythonFile(path, encoding, progress)


def find_assigned(sample: PathSample) -> re.Match[str] | None:
    """RETURNS (re.Match[str] | None): Where a name becomes a list; looked for only where some line
    has a name, a mark of equality and a bracket."""
    text = sample.text
    return ASSIGNED.search(text) if re.search(r"=\s*[\[({]", text) else None


class PythonFile:
    """The records of a file in Python's syntax. The file is in memory as a whole while it is read.

    path (Path), encoding (str), progress (bool): See `JsonFile`.
    RAISES (ValueError): If it is no text.
    """

    place = ""
    kind = "Python literals"

    def __init__(self, path: Path, encoding: str, progress: bool) -> None:
        self.path = path
        self.encoding = encoding
        self.progress = progress

    def records(self, action: str = "Reading") -> Iterator[tuple[int, Any]]:
        """YIELDS (tuple[int, Any]): The records with their lines; `NotJson` for a bad one."""
        text = read_text(self.path, encoding=self.encoding, action=action, progress=self.progress)
        try:
            nodes = find_records(parse(text, "exec"))
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None
        for node in nodes:
            try:
                yield node.lineno, evaluate(node)
            except ValueError as error:
                yield node.lineno, NotJson(str(error))


def find_records(tree: ast.Module) -> list[ast.expr]:
    """RETURNS (list[ast.expr]): The records of a program.
    RAISES (ValueError): If there is none, or not one list of them."""
    loose: list[ast.expr] = []
    named: dict[str, list[ast.expr]] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Expr):
            loose += list_records(statement.value)
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            records = list_records(statement.value)
            names = [one.id for one in targets if isinstance(one, ast.Name)]
            if records and names:
                if names[0] in named:
                    raise ValueError(f"found {names[0]} twice, expected one list")
                named[names[0]] = records
    lists = {name: found for name, found in named.items() if not isinstance(found[0], ast.Dict)}
    chosen = lists or named
    if (loose and chosen) or len(chosen) > 1:
        names = [*chosen, *(["records without a name"] if loose else [])]
        raise ValueError(
            f"found {' and '.join(names)}, expected one list; write each to a file of its own"
        )
    for name in chosen:
        check_unchanged(tree, name)
    found = loose or next(iter(chosen.values()), [])
    if not found:
        raise ValueError("found no records, expected a list such as TRAIN_DATA = [...]")
    return found


def list_records(node: ast.expr) -> list[ast.expr]:
    """RETURNS (list[ast.expr]): The records that an expression holds: itself, if it is one."""
    if isinstance(node, ast.Dict):
        return [node]
    if not isinstance(node, ast.List | ast.Tuple) or not node.elts:
        return []
    first = node.elts[0]
    if isinstance(first, ast.Constant | ast.JoinedStr):
        is_record = len(node.elts) == 2 and isinstance(node.elts[1], ast.Dict)
        return [node] if is_record else []
    if isinstance(first, ast.List | ast.Tuple | ast.Dict):
        return node.elts
    return []


def check_unchanged(tree: ast.Module, name: str) -> None:
    """RAISES (ValueError): If a program changes a list after it made it."""
    node: Any
    for node in ast.walk(tree):
        target: Any = None
        if isinstance(node, ast.AugAssign):
            target = node.target
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = node.func.value if node.func.attr in CHANGES else None
        if isinstance(target, ast.Name) and target.id == name:
            raise ValueError(
                f"found that line {node.lineno} changes {name}, expected all records in one list: "
                "programs are not run; write the finished list as JSONL"
            )
