"""All pages: read and used by all, in light and in dark."""

from pathlib import Path

import pytest

from adaptive_spacy.report.rivals.models import compare_models
from adaptive_spacy.report.rivals.page import write_rivalry
from adaptive_spacy.report.run.page import write_run
from tests.report.accessibility import find_barriers
from tests.report.browser import Browser
from tests.report.runs import ROWS, make_history, write_crossfit, write_training


@pytest.fixture(scope="module")
def pages(report: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    training = write_crossfit(folder / "training", ROWS * 5, make_history(12))
    models = [str(write_training(folder / name)) for name in ("one", "other")]
    rivals = folder / "rivals.html"
    write_rivalry(compare_models(models), rivals)
    return {"run": write_run(training)[0], "rivals": rivals, "comparison": report / "report.html"}


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["run", "rivals", "comparison"])
def test_page_has_no_barrier(
    browser: Browser, pages: dict[str, Path], name: str, scheme: str
) -> None:
    browser.media(scheme=scheme)
    browser.open(pages[name])
    browser.run("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert find_barriers(browser) == []


def test_barrier_is_found(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html><body style='color: #ccc'>pale <img src='data:,'></body></html>")
    browser.open(path)
    found = {one.split(":")[0] for one in find_barriers(browser)}
    assert {"color-contrast", "image-alt", "html-has-lang"} <= found
