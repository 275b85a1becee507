"""Pages of odd trainings in a real browser: long names, few numbers, paper, and many series."""

from dataclasses import replace
from pathlib import Path

import pytest

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_page import to_page
from adaptive_spacy.report.html import write_page
from adaptive_spacy.report.run.page import write_run
from tests.report.browser import Browser
from tests.report.records import make_job, make_record, write_records
from tests.report.runs import ROWS, Row, make_history, write_crossfit, write_history, write_training

pytestmark = pytest.mark.usefixtures("quiet")
#: The control for the order of passages, if it is seen
ORDER = "['select[name=order]'].filter(one => document.querySelector(one).checkVisibility()).join()"
NAME = "AN_ORGANIZATION_OF_SOME_KIND_"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty types with long names, and long entities."""
    rows: list[Row] = [
        (f"the {'long ' * 9}name of it", f"O B-{NAME}{i} {f'I-{NAME}{i} ' * 9}O O", "O " * 13, [])
        for i in range(60)
    ]
    rows = [(words, tags, found.strip(), sure) for words, tags, found, sure in rows]
    folder = tmp_path_factory.mktemp("training")
    return write_run(write_crossfit(folder, [*ROWS * 5, *rows]))[0]


def ticks(browser: Browser, chart: str, anchor: str) -> list[str]:
    """RETURNS (list[str]): The numbers at an axis of a chart."""
    query = f".chart[data-chart={chart}] svg text[text-anchor={anchor}]:not(.halo)"
    script = f"[...document.querySelectorAll('{query}')].map(one => one.textContent)"
    return [one for one in browser.run(script) if one[0].isdigit()]


@pytest.mark.parametrize("width", [400, 1280])
def test_names_of_types_are_broken_into_few_lines(browser: Browser, page: Path, width: int) -> None:
    browser.size(width)
    browser.open(page)
    heads = "[...document.querySelectorAll('tbody th.wrap')]"
    line = 1.5 * 0.9 * 16
    tall = browser.run(f"Math.max(...{heads}.map(one => one.getBoundingClientRect().height))")
    assert tall < 5 * line
    assert browser.run("document.documentElement.scrollWidth") <= width


def test_label_stays_in_the_line_of_its_last_word(browser: Browser, page: Path) -> None:
    browser.size(400)
    browser.open(page, address="#kind=right")
    assert browser.run("document.querySelectorAll('mark .last').length") > 3
    lines = "one => one.getClientRects().length === 1"
    assert browser.run(f"[...document.querySelectorAll('mark .last')].every({lines})")
    # a label that would not fit may begin a line, and runs over nothing
    browser.choose("select[name=kind]", "missed")
    assert browser.run("document.documentElement.scrollWidth") <= 400


def test_order_by_confidence_is_offered_where_there_is_one(
    browser: Browser, page: Path, tmp_path: Path
) -> None:
    browser.open(page)
    assert "select[name=order]" in browser.run(ORDER)
    browser.open(write_run(write_training(tmp_path / "mine"))[0])
    assert browser.run(ORDER) == ""
    assert len(browser.texts(".example h3")) > 3


def test_interval_is_seen_behind_its_dot(browser: Browser, page: Path) -> None:
    browser.size(400)
    browser.open(page)
    width = "document.querySelector('tfoot .range {}').getBoundingClientRect().width"
    # on a phone 10 points of F1 are 8 pixels
    assert browser.run(width.format("b")) < 7 < browser.run(width.format("i"))


def test_paper_is_white_and_leaves_out_what_is_folded(browser: Browser, page: Path) -> None:
    fills = []
    for scheme, kind in (("light", "screen"), ("dark", "print")):
        browser.media(scheme=scheme, kind=kind)
        browser.open(page)
        fills.append(browser.run("getComputedStyle(document.querySelector('.p-plateau')).fill"))
    assert fills[0] == fills[1]
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.texts("summary") == []
    # notes are no larger than what they are of
    sizes = "['.note', 'body'].map(one => parseFloat(getComputedStyle($(one)).fontSize))"
    small, usual = browser.run(sizes)
    assert small < usual


def test_axis_of_nothing_names_each_tick_once(browser: Browser, tmp_path: Path) -> None:
    history = [replace(one, f=0.0) for one in make_history(3)]
    write_history(tmp_path, history)
    browser.open(write_run(tmp_path)[0])
    assert ticks(browser, "score", "end") == ["0", "50", "100"]
    # epochs are whole
    assert ticks(browser, "rate", "middle") == ["0", "1", "2", "3"]
    low = [replace(one, f=0.01) for one in history]
    write_history(tmp_path, low)
    browser.open(write_run(tmp_path)[0])
    percents = ticks(browser, "score", "end")
    assert len(set(percents)) == len(percents) > 1


def test_first_evaluation_alone_has_no_phase_of_no_length(tmp_path: Path) -> None:
    write_history(tmp_path, make_history(3)[:1])
    text = write_run(tmp_path)[0].read_text(encoding="utf8")
    assert "from epoch 0 to 0" not in text


def test_legend_tells_the_ninth_series_from_the_first(browser: Browser, tmp_path: Path) -> None:
    found = [
        make_record(make_job(approach, 1), 0.5)
        for approach in ("adaptive", *(f"linear-{n}" for n in range(2, 10)))
    ]
    path = tmp_path / "page.html"
    write_page(to_page(compare(write_records(tmp_path / "runs", found))), path)
    browser.open(path)
    keys = "[...document.querySelector('[data-plot]:not([hidden])').querySelectorAll('.key')]"
    style = f"{keys}.map(one => getComputedStyle(one, '::before').borderTopStyle)"
    styles = browser.run(style)
    assert len(styles) == 9
    assert styles[:8] == ["solid"] * 8
    assert styles[8] == "dashed"
