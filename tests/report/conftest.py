"""A report with everything in it, and a browser that looks at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.data.stats.collect import collect
from adaptive_spacy.data.stats.corpus_statistics import Statistics
from tests.conftest import SENTENCES, write_corpus
from tests.report.browser import Browser, open_browser
from tests.report.comparisons import records, search_records
from tests.report.records import add_types, make_job, make_record, write_records

#: In the report of all tests
HOSTILE_TYPE = "<img/src=x/onerror=console.log(1)>"


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with everything in it, on texts that would be markup."""
    folder = tmp_path_factory.mktemp("runs")
    broken = make_record(make_job("stable", 9), None, reason="<script>boom()</script> & more")
    found = [*records(), broken]
    for one in search_records():
        one["job"]["dataset"] = "tweets"
        found.append(one)
    for one in found:
        add_types(one, {"PER": 0.1, HOSTILE_TYPE: None})
    write_records(folder, found)
    result = CliRunner().invoke(app, ["report", str(folder), "--question", "epochs"])
    assert result.exit_code == 0, result.output
    assert "Failed: news-tiny-1-stable-9: <script>boom()</script> & more" in result.output
    return folder / "report"


@pytest.fixture
def statistics(tmp_path: Path) -> Statistics:
    write_corpus(tmp_path / "train.spacy", SENTENCES)
    write_corpus(tmp_path / "dev.spacy", [("Zoe met Ada in Rome", "B-PER O B-ORG O B-LOC")])
    return collect([tmp_path], window=5)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture
def quiet(browser: Browser) -> Iterator[None]:
    """Nothing on the console, nothing asked of the network."""
    browser.console.clear()
    browser.requests.clear()
    browser.size(1200)
    browser.media()
    yield
    assert browser.console == []
    assert browser.requests == []
