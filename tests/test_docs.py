"""The pages: made from code and records where they state what these hold, and true in their links,
commands and examples."""

import os
import re
import runpy
import sys
from configparser import ConfigParser
from itertools import count
from pathlib import Path

import pytest
import srsly

from tests.conftest import ROOT

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
#: Whose links are looked at
LINKED = [
    *(*PAGES, ROOT / "CHANGELOG.md", ROOT / "benchmarks" / "results" / "README.md"),
    *sorted((ROOT / "assets").glob("*/README.md")),
]


def read(path: Path) -> str:
    return path.read_text(encoding="utf8")


def prose(text: str) -> list[str]:
    """RETURNS (list[str]): Lines that are no code, table, figure or heading."""
    without_code = re.sub(r"^( *)```.*?^\1```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [
        line
        for line in without_code.splitlines()
        if not line.startswith(("|", "#", "![", "<", "    "))
    ]


def test_reference_is_made_from_the_code() -> None:
    from docs.reference import PAGE, make_page

    assert read(PAGE) == make_page(), "run python -m docs.reference"


def test_reference_shows_an_argument_with_its_default_and_meaning() -> None:
    from docs.reference import Entry, describe

    entry = Entry(
        "thinc_schedules",
        "adaptive_spacy.adaptive.v1",
        "adaptive_spacy.adaptive.schedule:make_adaptive_v1",
    )
    text = describe(entry)
    assert "| `cooldown` | `7` | Rounds of cool-down, C >= 0" in text
    assert "| `resume` | `true` | Whether an improvement during cool-down" in text


def test_reference_takes_no_argument_without_a_meaning() -> None:
    from docs.reference import Entry, describe

    # a function with a docstring, of which it says nothing
    entry = Entry("spacy_misc", "none", "tests.test_docs:read")
    with pytest.raises(ValueError, match="none says what path means"):
        describe(entry)


def test_shares_are_those_of_the_records() -> None:
    from adaptive_spacy.report.comparison import compare
    from adaptive_spacy.report.comparison_text import ROW_HEADER, row_cells
    from docs.results import read_table

    comparison = compare(ROOT / "benchmarks" / "results" / "small")
    made = [dict(zip(ROW_HEADER, row_cells(row), strict=True)) for row in comparison.rows]
    shown = read_table(read(ROOT / "docs" / "shares.md"), "Test F1")
    assert len(shown) == 34
    for row in shown:
        assert any(row.items() <= one.items() for one in made), row


@pytest.mark.parametrize("name", ["reference", "results", "terminal"])
def test_help_of_what_writes_a_page_writes_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_: object, **__: object) -> None:
        raise AssertionError("a page was written")

    monkeypatch.setattr(Path, "write_text", write)
    # run as a program anew
    monkeypatch.delitem(sys.modules, f"docs.{name}", raising=False)
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module(f"docs.{name}", run_name="__main__")
    assert end.value.code == 0


def test_readme_is_short_and_keeps_what_ci_runs() -> None:
    text = read(ROOT / "README.md")
    assert len(text.split()) < 1000
    lines = text.splitlines()
    assert 'pip install -c constraints.txt -e ".[test]" && python -m pytest' in lines
    run = 'pip install -c constraints.txt -e ".[demo,plot]" && python -m spacy project run all .'
    assert run in lines


def test_readme_installs_what_the_project_packages() -> None:
    project = srsly.read_yaml(ROOT / "project.yml")
    # auto: the language of the recipe
    variables = {**project["vars"], "lang": "en"}
    (package,) = [one for one in project["commands"] if one["name"] == "package"]

    def fill(text: str) -> str:
        while "${vars." in text:
            text = re.sub(r"\$\{vars\.(\w+)\}", lambda found: str(variables[found[1]]), text)
        return text

    name = f"en_{fill(variables['name'])}"
    text = read(ROOT / "README.md")
    assert f"pip install --find-links {fill(package['outputs'][0])} {name}\n" in text
    assert f'spacy.load("{name}")' in text


def anchors(text: str) -> set[str]:
    """RETURNS (set[str]): What GitHub calls the headings of a page in links."""
    without_code = re.sub(r"^( *)```.*?^\1```", "", text, flags=re.DOTALL | re.MULTILINE)
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.*)$", without_code, flags=re.MULTILINE):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading.strip().lower())
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        # of headings alike, the second is numbered 1
        names = (name if number == 0 else f"{name}-{number}" for number in count())
        found.add(next(one for one in names if one not in found))
    return found


def dead_links(page: Path) -> list[str]:
    """RETURNS (list[str]): Links of a page to files, or to headings of pages, that are not."""
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        place = page.parent / path if path else page
        if not place.exists() or (
            anchor and place.suffix == ".md" and anchor not in anchors(read(place))
        ):
            dead.append(target)
    return dead


def test_links_to_what_is_not_there_are_found(tmp_path: Path) -> None:
    page, other = tmp_path / "page.md", tmp_path / "other.md"
    other.write_text("# Its title\n\n```bash\n# code\n```\n## A `--flag`, [a](b)\n## A\n## A\n")
    good = ["#own-part", "other.md", "other.md#its-title", "other.md#a---flag-a", "other.md#a-1"]
    bad = ["#none", "none.md", "none.md#own-part", "other.md#own-part", "other.md#code"]
    links = " ".join(f"[x]({one})" for one in [*good, *bad, "https://a.b/c#d"])
    page.write_text(f"## Own part\n{links}\n")
    assert dead_links(page) == bad


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda path: path.name)
def test_page_is_wrapped(page: Path) -> None:
    assert [line for line in prose(read(page)) if len(line) > 100 and " " in line.strip()] == []


@pytest.mark.parametrize("page", LINKED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_of_page_lead_somewhere(page: Path) -> None:
    assert dead_links(page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_page_names_commands_and_options_that_exist(page: Path) -> None:
    from typer.main import get_command

    from adaptive_spacy.cli.app import app

    commands = get_command(app).commands  # type: ignore[attr-defined]
    # in code blocks, where a command begins its line
    for line in re.findall(r"^ *adaptive-spacy ([a-z].*)$", read(page), flags=re.MULTILINE):
        name, *words = line.split()
        assert name in commands, line
        known = {option for param in commands[name].params for option in param.opts}
        options = [word.split("=")[0] for word in words if word.startswith("--")]
        # with a dot: settings of a config
        assert [one for one in options if "." not in one and one not in known] == [], line


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_page_names_modules_that_exist(page: Path) -> None:
    for module in re.findall(r"python -m ((?:benchmarks|docs|tests)[\w.]*)", read(page)):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_method_shows_the_trace_that_the_phase_machine_makes() -> None:
    from adaptive_spacy.adaptive.schedule import PhaseMachine
    from docs.results import read_table

    machine = PhaseMachine(peak=1.0, interval=2, warmup=1, cooldown=2)
    rows = read_table(read(ROOT / "docs" / "method.md"), "Exactly", "round")
    assert len(rows) == 7
    for row in rows:
        updates = [int(one) for one in row["updates"].split(", ")]
        assert [f"{machine.rate(step):g}" for step in updates] == row["rates"].split(", ")
        was_cooling = machine.cooling
        machine.observe(updates[-1], float(row["score"]))
        assert machine.state.wait == int(row["wait"])
        turned = {(False, True): "cools down", (True, False): "goes back"}
        then = turned.get((was_cooling, machine.cooling), "goes on")
        assert ("finished" if machine.finished else then) == row["then"]
    assert machine.rate(15) == 0.0


def test_workflow_does_what_ci_run_does_on_each_python() -> None:
    jobs = srsly.read_yaml(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    assert {"run": ".ci/run"} in jobs["test"]["steps"]
    assert {"run": "python -m build"} in jobs["build"]["steps"]
    tested = set(jobs["test"]["strategy"]["matrix"]["python"])
    named = re.findall(r"Python :: (3\.\d+)", read(ROOT / "setup.cfg"))
    assert {"3.11", "3.12", "3.13"} | set(named) <= tested
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_package_names_the_paper_that_the_readme_cites() -> None:
    parser = ConfigParser(delimiters=["="])
    parser.read(ROOT / "setup.cfg", encoding="utf8")
    lines = parser["metadata"]["project_urls"].strip().splitlines()
    urls = dict(line.split(" = ") for line in lines)
    assert f"]({urls['Paper']})" in read(ROOT / "README.md").replace("\n", "")
    assert all(url.startswith("https://") for url in urls.values())
