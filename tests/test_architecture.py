"""The plan of docs/architecture.md holds: imports point down, without circles, and its walks name
what is there."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import permutations
from pathlib import Path

import pytest

from docs.results import read_table
from tests.conftest import ROOT

PACKAGE = ROOT / "adaptive_spacy"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf8")
PARTS = ("adaptive", "ner", "transformer")


def read_floors() -> dict[str, int]:
    rows = read_table(f"## Plan\n{PAGE}", "Plan")
    return {row["folder"].strip("`"): int(row["floor"]) for row in rows}


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """YIELDS (tuple): Line and name of all that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.ImportFrom):
            # `from package import part` and `from package.part import name`
            yield from ((node.lineno, f"{node.module}.{one.name}") for one in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, one.name) for one in node.names)


def find_imports(package: Path) -> Iterator[tuple[str, str, str]]:
    """YIELDS (tuple): Importing part, imported part, and where: file and line."""
    for path in sorted(package.rglob("*.py")):
        inner = path.relative_to(package)
        importing = inner.parts[0].removesuffix(".py")
        for line, name in imported(path):
            top, *rest = name.split(".")
            if top == package.name and rest and rest[0] != importing:
                yield importing, rest[0], f"{inner}:{line} imports {name}"


FLOORS = read_floors()
IMPORTS = [
    one
    for one in find_imports(PACKAGE)
    # the package's own name and version stand below everything
    if one[1] in FLOORS and one[0] not in ("__main__", "__init__")
]


def test_plan_has_every_folder() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert set(FLOORS) == folders | modules
    picture = (ROOT / "docs" / "architecture.svg").read_text(encoding="utf8")
    assert {*re.findall(r'font-weight="bold">(\w+)<', picture)} == set(FLOORS)


def test_imports_point_down() -> None:
    assert len(IMPORTS) > 50
    assert [where for one, other, where in IMPORTS if FLOORS[one] < FLOORS[other]] == []


def test_folders_import_each_other_without_circles() -> None:
    graph: dict[str, set[str]] = {}
    for one, other, _ in IMPORTS:
        graph.setdefault(one, set()).add(other)
    # a circle has no order (`CycleError`)
    order = list(TopologicalSorter(graph).static_order())
    assert all(order.index(other) < order.index(one) for one, other, _ in IMPORTS)


def test_method_component_and_transformer_do_not_know_each_other() -> None:
    pairs = set(permutations(PARTS, 2))
    assert [where for one, other, where in IMPORTS if (one, other) in pairs] == []


def test_imports_of_all_forms_are_found(tmp_path: Path) -> None:
    package = tmp_path / "adaptive_spacy"
    (package / "ner").mkdir(parents=True)
    text = "import adaptive_spacy.cli\nfrom adaptive_spacy import data\ndef f():\n"
    text += "    from adaptive_spacy.report.page import x\nfrom adaptive_spacy.ner import tags\n"
    (package / "ner" / "model.py").write_text(text)
    found = [(one, other) for one, other, _ in find_imports(package)]
    assert sorted(found) == [("ner", "cli"), ("ner", "data"), ("ner", "report")]


def from_tests(folder: Path) -> list[str]:
    """Where modules below a folder import a module of tests, or something out of one."""
    return [
        f"{path.relative_to(folder)}:{line} imports {name}"
        for path in sorted(folder.rglob("*.py"))
        for line, name in imported(path)
        if any(part.startswith("test_") for part in name.split("."))
    ]


def test_what_tests_share_is_in_no_module_of_tests(tmp_path: Path) -> None:
    assert from_tests(ROOT / "tests") == from_tests(ROOT / "benchmarks") == []
    text = "import tests.test_a\nfrom tests.b import test_b\ndef f():\n    from .test_c import d\n"
    (tmp_path / "test_d.py").write_text(text)
    assert [line.split()[0] for line in from_tests(tmp_path)] == [
        f"test_d.py:{i}" for i in (1, 2, 4)
    ]


@pytest.mark.parametrize(
    "folder",
    sorted({path.parent for path in PACKAGE.rglob("*.py")}),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_folder_says_what_belongs_there(folder: Path) -> None:
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf8"))
    words = ast.get_docstring(tree) or ""
    assert len(words.split()) > 5
    if folder != PACKAGE:
        assert re.search(r"Not\s+here|knows nothing|no logic", words), "and what does not"


def test_no_module_is_over_300_lines() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf8").splitlines())
        for folder in (PACKAGE, ROOT / "benchmarks", ROOT / "docs", ROOT / "tests")
        for path in folder.rglob("*.py")
    }
    assert [path for path, lines in lengths.items() if lines > 300] == []


def test_no_two_tests_register_a_name() -> None:
    """All of them are imported where tests run side by side, and the last one would stand."""
    names = [
        found
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for found in re.findall(
            r'@registry\.(\w+)\("(test\.\w+)"\)', path.read_text(encoding="utf8")
        )
    ]
    assert len(names) > 10
    assert {one for one in names if names.count(one) > 1} == set()


#: Modules whose tests are those of another one, which is made of them
TESTED_WITH = {
    "adaptive/plans": "adaptive/schedule",
    "data/readers/annotated_text": "data/readers/json_records",
    "data/readers/brackets": "data/readers/conll_2012",
    "data/readers/column_kinds": "data/readers/column_choice",
    "data/readers/column_names": "data/readers/column_choice",
    "data/readers/line_chunks": "data/readers/conll",
    "data/readers/marks": "data/readers/marked_text",
    "data/readers/numbered_file": "data/readers/csv_table",
    "data/readers/ranges": "data/readers/conllu",
    "data/readers/record_file": "data/readers/json_records",
    "data/readers/record_spans": "data/readers/text_entities",
    "data/readers/text_records": "data/readers/pubtator",
    "data/readers/token_file": "data/readers/conll",
    "config/training_end": "config/insertion",
    "experiments/crossfit_cost": "experiments/crossfit",
    "experiments/fold_jobs": "experiments/crossfit",
    "experiments/shipping": "experiments/refit",
    "report/budget_text": "report/budget",
    "report/comparison_runs": "report/comparison",
    "report/html": "report/run/page",
    **dict.fromkeys(
        (f"training/resume/{name}" for name in ("batches", "loop", "pace", "parameters")),
        "training/resume/driver",
    ),
    **dict.fromkeys(
        (f"training/resume/{name}" for name in ("randomness", "resumable")),
        "training/resume/driver",
    ),
    **dict.fromkeys(
        (f"training/resume/{name}" for name in ("identity", "signals")), "training/resume/start"
    ),
}
#: Modules with nothing to test but names, types and declarations
DECLARED = {
    "cli/options",
    "config/names",
    "data/stats/corpus_statistics",
    "experiments/preload",
    "experiments/schema",
    "report/style",
    "stepping",
}


def modules_of(package: Path) -> set[str]:
    """RETURNS (set[str]): Paths of the modules without their ending, e.g. "ner/loss"."""
    found = (path.relative_to(package).with_suffix("") for path in package.rglob("*.py"))
    return {path.as_posix() for path in found if not path.name.startswith("__")}


def find_users(package: Path, modules: set[str]) -> dict[str, set[str]]:
    """RETURNS (dict): The modules that import each one."""
    users: dict[str, set[str]] = {module: set() for module in modules}
    for module in modules:
        for _, name in imported(package / f"{module}.py"):
            top, _, inner = name.replace(".", "/").partition("/")
            # a module, or something out of one
            used = {inner, inner.rpartition("/")[0]} if top == package.name else set()
            for one in used & modules - {module}:
                users[one].add(module)
    return users


def test_module_has_its_tests_where_its_name_says() -> None:
    """`ner/loss.py` in `tests/ner/test_loss.py`. A part that one module alone imports may be tested
    with that one, a folder of parts as a whole beside it (`report/run/` in
    `tests/report/test_run.py`), and a command with the function of its name that it calls."""
    modules = modules_of(PACKAGE)
    users = find_users(PACKAGE, modules)
    names = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}

    def is_tested(module: str) -> bool:
        folder, name = Path(module).parent, Path(module).name.lstrip("_")
        own, whole = folder / f"test_{name}.py", folder.parent / f"test_{folder.name}.py"
        if any((ROOT / "tests" / path).is_file() for path in (own, whole)):
            return True
        if folder.name == "cli" and f"test_{name}" in names:
            return True
        return len(users[module]) == 1 and is_tested(*users[module])

    assert {*TESTED_WITH, *DECLARED} <= modules
    assert [one for one in TESTED_WITH.values() if not is_tested(one)] == []
    excepted = {*TESTED_WITH, *DECLARED}
    untested = [one for one in sorted(modules - excepted) if not is_tested(one)]
    assert untested == [], "expected a test of that name, or a row of TESTED_WITH"


WALKED = sorted(set(re.findall(r"`([\w/]+\.py):(\w+)`", PAGE)))


@pytest.mark.parametrize(("path", "name"), WALKED)
def test_walk_names_what_is_there(path: str, name: str) -> None:
    tree = ast.parse((PACKAGE / path).read_text(encoding="utf8"))
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    assert name in defined


def test_contributing_says_where_is_what() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf8")
    rows = read_table(page, "Where is what")
    assert len(rows) == 10
    files = [row["it is in"].strip("`") for row in rows]
    assert [file for file in files if not (ROOT / file).is_file()] == []
