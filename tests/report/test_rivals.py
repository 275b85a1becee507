"""Models compared: who finds what, in the terminal, on the page and in a browser."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, DocBin
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.experiments.paired import Gap
from adaptive_spacy.report.rivals import models as rivals
from adaptive_spacy.report.rivals.differences import (
    count_kinds,
    find_differences,
    name_kinds,
    show_differences,
)
from adaptive_spacy.report.rivals.models import Rivalry, compare_models, name_all
from adaptive_spacy.report.rivals.page import describe_rivalry, make_rivalry
from tests.conftest import write_corpus
from tests.report.browser import open_browser
from tests.report.runs import ROWS, write_training

#: Annotated are Ada, Ben Ray, Cleo (PER), Paris, New York, London (LOC)
RULES = {
    "old": {"Ada": "PER", "Acme": "ORG", "London": "LOC"},
    "new": {"Ada": "PER", "Cleo": "PER", "Paris": "LOC", "nothing": "ORG"},
    "third": {"Ada": "PER", "Cleo": "PER"},
}


def write_rules(folder: Path, rules: dict[str, str]) -> str:
    nlp = spacy.blank("xx")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": word} for word, label in rules.items()])
    nlp.to_disk(folder)
    return str(folder)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Pipelines by name, and a corpus in corpus/test.spacy."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    write_training(tmp_path / "run")
    return {name: write_rules(tmp_path / name, rules) for name, rules in RULES.items()}


@pytest.fixture
def rivalry(models: dict[str, str]) -> Rivalry:
    return compare_models([models["old"], models["new"]], corpus=Path("corpus/test.spacy"))


def test_differences_are_told_by_who_finds_what(rivalry: Rivalry) -> None:
    differences = find_differences(rivalry.rivals)
    words = [rival.split() for rival, *_ in ROWS]
    told = {
        (" ".join(words[one.doc][one.entity.start : one.entity.end]), one.kind)
        for one in differences
    }
    assert told == {
        ("Ada", "right-all"),
        ("Paris", "right-1"),
        ("Ben Ray", "right-none"),
        ("New York", "right-none"),
        ("London", "right-0"),
        ("Cleo", "right-1"),
        ("Acme", "wrong-0"),
        ("nothing", "wrong-1"),
    }
    counts = count_kinds(differences)
    assert counts["PER"] == {"right-all": 1, "right-none": 1, "right-1": 1}
    (line,) = describe_rivalry(rivalry)
    # 3 right of 4 predicted, and 2 of 3, of 6 annotated
    assert line.startswith("new has F1 60.0, old 44.4: a difference of +15.6, between ")
    assert "over other sentences, too narrow of so few (no difference shown)" in line
    assert line.endswith("It finds 2 entities that old misses, and misses 1 that old finds.")


def test_verdict_is_told_without_an_interval_too(rivalry: Rivalry) -> None:
    """As where all sentences differ alike."""
    alike = replace(rivalry, gaps=[Gap(100 / 3, None, 0.001)])
    (line,) = describe_rivalry(alike)
    assert "a difference of +33.3 (higher). It finds" in line


def test_three_models_have_a_kind_for_some(models: dict[str, str]) -> None:
    three = compare_models([*models.values()], corpus=Path("corpus/test.spacy"))
    kinds = name_kinds(three.rivals)
    assert kinds["right-some"] == "found by some of them"
    assert kinds["right-2"] == "found only by third"
    differences = find_differences(three.rivals)
    assert {one.kind for one in differences} <= {*kinds}
    assert [one.pattern for one in differences if one.doc == 3] == ["some", "0"]
    shown = show_differences(three.rivals, differences)
    # annotated, and a side for each model
    assert {len(one["sides"]) for one in shown["passages"]} == {4}
    assert {len(one[4]) for one in shown["items"]} == {4}
    assert len(three.gaps) == 2


def test_entities_on_one_token_of_the_reference_are_told_as_they_are_scored(
    tmp_path: Path, models: dict[str, str]
) -> None:
    nlp = spacy.blank("xx")
    words = ["New-York", "beside", "Oslo"]
    doc = Doc(nlp.vocab, words, [True, True, False], ents=["B-LOC", "O", "B-LOC"])
    DocBin(docs=[doc]).to_disk(tmp_path / "coarse.spacy")
    fine = write_rules(tmp_path / "fine", {"New": "LOC", "York": "LOC"})
    first = write_rules(tmp_path / "first", {"New": "LOC"})
    compared = compare_models([fine, first], corpus=tmp_path / "coarse.spacy")
    assert [one.score.f1 for one in compared.rivals] == pytest.approx([50.0, 200 / 3])
    kinds = [one.kind for one in find_differences(compared.rivals)]
    assert sorted(kinds) == ["right-all", "right-none", "wrong-0"]


def test_compare_prints_and_writes_a_page(models: dict[str, str]) -> None:
    arguments = ["compare", models["old"], models["new"], "--corpus", "corpus/test.spacy"]
    result = CliRunner().invoke(app, [*arguments, "--output", "pages/compared.html"])
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.output.splitlines()]
    assert ["old", "66.7", "33.3", "44.4"] in rows
    assert ["found", "only", "by", "new", "1", "0", "1"] in rows
    assert "✔ Saved to pages/compared.html" in result.output
    assert "found only by new" in Path("pages/compared.html").read_text(encoding="utf8")


def test_compare_takes_trainings_and_finds_their_test_set(models: dict[str, str]) -> None:
    result = CliRunner().invoke(app, ["compare", "run", models["old"]])
    assert result.exit_code == 0, result.output
    assert "old has F1 44.4, run 22.2" in " ".join(result.output.split())


def test_models_that_are_named_by_a_dot_or_a_link_are_known(
    models: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = Path("run", "model-last").resolve()
    Path("current").symlink_to(last)
    old = str(Path(models["old"]).resolve())
    # its test set has what it learnt from
    shutil.copy("corpus/test.spacy", "corpus/train.spacy")
    for folder, pipeline, name in (
        (Path.cwd(), "current", "current"),
        (last, ".", "model-last"),
        (last.parent, ".", "run"),
        (last, "..", "run"),
    ):
        monkeypatch.chdir(folder)
        with pytest.warns(UserWarning, match=rf"^{name} has learnt from 5 of the 5 documents"):
            result = CliRunner().invoke(app, ["compare", pipeline, old])
        assert result.exit_code == 0, result.output
        assert f"old has F1 44.4, {name} 22.2" in " ".join(result.output.split())


def test_pipeline_that_finds_no_entities_by_construction_is_named(
    models: dict[str, str], tmp_path: Path
) -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(tmp_path / "divider")
    for pair in (["old", "divider"], ["divider", "old"]):
        result = CliRunner().invoke(app, ["compare", *pair, "--corpus", "corpus/test.spacy"])
        assert result.exit_code == 1
        assert result.output == (
            "✘ divider: expected a component that finds entities, got sentencizer\n"
        )


def test_corpus_without_entities_tells_no_difference(models: dict[str, str]) -> None:
    write_corpus(Path("none.spacy"), [("it rains", "O O"), ("Acme rains", "O O")])
    # one of its predictions is wrong, of the others none
    arguments = ["compare", "third", "new", "old", "--corpus", "none.spacy"]
    result = CliRunner().invoke(app, [*arguments, "--output", "compared.html"])
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.output.splitlines()]
    assert ["new", "-", "-", "-", "-", "-", "-"] in rows
    assert ["old", "0.0", "-", "0.0", "-", "-", "-"] in rows
    said = " ".join(result.output.split())
    none = "No entity is annotated, so there is no F1 to compare: "
    assert f"{none}new predicts 0 entities, third 0." in said
    assert f"{none}old predicts 1 entity, third 0." in said
    for shown in (result.output, Path("compared.html").read_text(encoding="utf8")):
        assert "+0.0" not in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["old"], "compare: expected 2 to 6 pipelines, got 1"),
        (["old"] * 7, "compare: expected 2 to 6 pipelines, got 7"),
        (["old", "new"], "--corpus: expected annotated sentences to compare on, as old names none"),
        (["none", "run"], "none: expected a pipeline, found neither a folder nor a package"),
        (["run", "none"], "none: expected a pipeline, found neither a folder nor a package"),
        (
            ["empty", "run"],
            "empty: expected a pipeline, or a training with its model-last",
        ),
        (
            ["run", "empty"],
            "empty: expected a pipeline, or a training with its model-last",
        ),
        (["run", "old", "--output", "x"], "--output: expected a file whose name ends in .html"),
    ],
)
def test_compare_says_what_is_wrong(
    models: dict[str, str], arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("empty").mkdir()
    monkeypatch.setattr(rivals, "predict_all", None)
    result = CliRunner().invoke(app, ["compare", *arguments])
    assert result.exit_code == 1
    assert message in result.output
    assert result.output.count("\n") == 1


def test_models_have_names_that_differ() -> None:
    assert name_all(["a/model-last", "b/model-last"]) == ["a/model-last", "b/model-last"]
    assert name_all(["a/x", "b/y"]) == ["x", "y"]
    assert name_all(["a/x", "a/x"]) == ["a/x (1)", "a/x (2)"]


def test_page_of_models_in_a_browser(rivalry: Rivalry, tmp_path: Path) -> None:
    page = tmp_path / "compared.html"
    page.write_text(make_rivalry(rivalry), encoding="utf8")
    found = re.search(r'id="example-data">(.*?)</script>', page.read_text(encoding="utf8"))
    assert found is not None
    assert json.loads(found[1])["sides"] == ["annotated", "old", "new"]
    with open_browser(tmp_path) as browser:
        browser.size(500)
        browser.open(page)
        assert browser.run("document.documentElement.scrollWidth") <= 500
        # what all do alike is left out
        assert len(browser.texts(".example h3")) == 5
        browser.click('button[data-kind="right-1"][data-type="LOC"]')
        (title,) = browser.texts(".example h3")
        assert title.startswith("found only by new · annotated LOC · new LOC document 1")
        sides = browser.texts(".sides > div")
        assert sides[1].split("\n") == ["old", "Ada PER lives in Paris . "]
        assert sides[2].split("\n") == ["new", "Ada PER lives in Paris LOC . "]
        browser.reload()
        assert len(browser.texts(".example h3")) == 1
        assert browser.console == browser.requests == []
