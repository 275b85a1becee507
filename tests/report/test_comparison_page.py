"""The page of a comparison: whole without network, and in a browser with real clicks and keys."""

import json
import re
from pathlib import Path

import pytest

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_page import to_page
from tests.report.browser import Browser
from tests.report.comparisons import records
from tests.report.conftest import HOSTILE_TYPE
from tests.report.records import add_types, make_job, make_record, write_records

ROWS = "table[data-sort-as=scores] tbody tr"


@pytest.fixture(scope="module")
def page(report: Path) -> Path:
    return report / "report.html"


def test_page_needs_no_network_and_escapes(page: Path) -> None:
    text = page.read_text(encoding="utf8")
    assert "<script>boom" not in text
    assert "&lt;script&gt;boom()&lt;/script&gt; &amp; more" in text
    assert "<img" not in text
    assert not re.findall(r"""(?:src|href)=["'](?!#)[^"']*""", text)


def test_page_says_what_was_compared_and_what_came_out_first(page: Path) -> None:
    text = page.read_text(encoding="utf8")
    head = text[text.index("<h1>") : text.index('<form id="filters"')]
    about = (
        "adaptive, stable, linear-2, linear-20, linear-5 on news, tweets with tiny. 20 trainings"
    )
    assert f"{about}, ended 2026-01-01 00:00 UTC." in head
    assert "tweets, tiny: adaptive against what the search keeps: +5.00 F1" in head
    said = "news, tiny, all shares: whether adaptive and stable differ is not shown (+5.0). "
    assert f"{said}6 pairs of trainings, adjusted p 0.25." in head
    versions = text[text.index('id="made"') :]
    assert re.search(r"spacy</th><td[^>]*>3\.8\.18</td>", versions)


def test_shown_difference_is_told_with_its_interval(tmp_path: Path) -> None:
    found = [
        make_record(make_job(approach, seed), 0.5 + 0.01 * seed + (approach == "adaptive") * 0.02)
        for approach in ("adaptive", "stable")
        for seed in range(1, 9)
    ]
    text = to_page(compare(write_records(tmp_path, found)))
    said = "news, tiny: adaptive has 2.0 points of F1 more than stable. 8 pairs of trainings, 95 % "
    assert f"{said}[+2.0, +2.0], adjusted p 0.00781." in text


def test_page_of_one_approach_has_nothing_to_test(tmp_path: Path) -> None:
    found = [one for one in records() if one["job"]["approach"] == "adaptive"]
    text = to_page(compare(write_records(tmp_path, found)))
    assert "There is nothing to test" in text
    assert "F1 by type" not in text


def test_large_page_stays_small_and_quick(browser: Browser, quiet: None, tmp_path: Path) -> None:
    """36 trainings of 250 evaluations, 20 types."""
    found = []
    for approach in ("adaptive", "stable", "linear"):
        for fraction in (0.125, 0.25, 0.5, 1.0):
            for seed in (1, 2, 3):
                one = make_record(make_job(approach, seed, fraction), 0.5, epochs=250)
                add_types(one, {f"TYPE{i}": 0.01 * (i + seed) for i in range(20)})
                found.append(one)
    path = tmp_path / "page.html"
    path.write_text(to_page(compare(write_records(tmp_path / "runs", found))), encoding="utf8")
    assert path.stat().st_size < 1_000_000
    browser.open(path)
    assert seen(browser, "table[data-sort-as=types] tbody tr") == 240
    # a curve has as many points as can be told apart
    curve = json.loads(browser.run("document.querySelector('#plot-data').textContent"))["curves"][0]
    assert len(curve["seeds"][0]["f"]) <= 62
    # work of the page alone, which waits for nobody
    script = """(() => {
        const select = document.querySelector("select[name=approach]"), start = performance.now();
        select.value = "stable";
        select.dispatchEvent(new Event("change", {bubbles: true}));
        document.body.getBoundingClientRect();
        return performance.now() - start;
    })()"""
    assert browser.run(script) < 1000
    assert seen(browser, "table[data-sort-as=types] tbody tr") == 80


def seen(browser: Browser, query: str) -> int:
    return len(browser.texts(query))


@pytest.mark.usefixtures("quiet")
def test_filters_leave_what_was_chosen_also_after_a_reload(browser: Browser, page: Path) -> None:
    browser.open(page)
    # at first the last checkpoint alone
    assert set(browser.texts("table[data-sort-as=tests] tbody td:nth-child(2)")) == {"last"}
    assert seen(browser, "[data-plot]") == 6
    assert browser.run("location.hash") == ""
    browser.choose("select[name=dataset]", "tweets")
    browser.choose("select[name=rule]", "*")
    assert {one.split("\t")[0] for one in browser.texts("main tbody tr[data-of]")} == {"tweets"}
    assert browser.run("location.hash") == "#dataset=tweets&rule=*"
    # F1 by size and by cost for each rule, and the epochs
    assert seen(browser, "[data-plot] svg") == 7
    said = browser.text("#said")
    assert said == f"{browser.text('#count')} shown"
    browser.reload()
    assert seen(browser, "[data-plot] svg") == 7
    assert browser.text("#count") == said.removesuffix(" shown")
    assert browser.run("document.querySelector('select[name=rule]').value") == "*"
    # what no page offers is passed over
    browser.open(page, address="#dataset=nonsense")
    assert {one.split("\t")[0] for one in browser.texts(ROWS)} == {"news", "tweets"}
    browser.choose("select[name=type]", "PER")
    browser.choose("select[name=approach]", "stable")
    assert seen(browser, "table[data-sort-as=types] tbody tr") == 2
    assert browser.texts("[data-plot='0'] .key") == []


@pytest.mark.usefixtures("quiet")
def test_tables_sort_by_mouse_and_by_key(browser: Browser, page: Path) -> None:
    browser.open(page)
    column = f"{ROWS} td:nth-child(8)"
    head = "table[data-sort-as=scores] th:nth-child(8)"
    browser.click(f"{head} button")
    found = [float(one.split(" ±")[0]) for one in browser.texts(column)]
    assert found == sorted(found, reverse=True)
    assert browser.run(f"document.querySelector('{head}').ariaSort") == "descending"
    browser.run(f"document.querySelector('{head} button').focus()")
    browser.press("Enter")
    assert [float(one.split(" ±")[0]) for one in browser.texts(column)] == sorted(found)
    assert browser.run(f"document.querySelector('{head}').ariaSort") == "ascending"
    assert browser.text("#said") == "sorted by last, ascending"
    browser.reload()
    assert [float(one.split(" ±")[0]) for one in browser.texts(column)] == sorted(found)


@pytest.mark.usefixtures("quiet")
def test_charts_are_read_off_by_mouse_and_by_key(browser: Browser, page: Path) -> None:
    browser.open(page)
    last = "[data-plot='4']"
    assert browser.text(f"{last} .head").startswith("news, tiny: test F1 (last) by what it learnt")
    browser.move(f"{last} svg")
    (tip,) = browser.texts(".tip")
    assert re.match(r"(adaptive|stable)\n\s*sentences to learn from\t(10|100)\nF1\t", tip)
    browser.run(f'document.querySelector("{last} svg").focus()')
    browser.press("Home")
    said = "adaptive, sentences to learn from 10, F1 50.0 %, ± standard error 44.2 % to 55.8 %"
    assert browser.text("#said") == f"{said}, 3 seeds"
    browser.choose("select[name=curve]", "news, tiny, 0.1, stable")
    assert browser.texts("[data-curve=f] .key") == ["seed 1", "seed 2", "seed 3"]
    assert browser.run("location.hash") == "#curve=news%2C+tiny%2C+0.1%2C+stable"
    browser.reload()
    kept = browser.run("document.querySelector('select[name=curve]').value")
    assert kept == "news, tiny, 0.1, stable"


@pytest.mark.usefixtures("quiet")
def test_hostile_names_are_text(browser: Browser, page: Path, tmp_path: Path) -> None:
    name = "<img src=x onerror=console.log(1)>"
    found = [make_record(make_job(name, 1, dataset=name, model=name), 0.5)]
    found.append(make_record(make_job("adaptive", 1, dataset=name, model=name), 0.4))
    path = tmp_path / "page.html"
    for i, one in enumerate(found):
        one["id"] = str(i)
    path.write_text(to_page(compare(write_records(tmp_path / "runs", found))), encoding="utf8")
    browser.open(path)
    browser.run("document.querySelector('[data-plot] svg').focus()")
    browser.press("Home")
    assert browser.text("#said").startswith(name)
    assert name in browser.texts(f"{ROWS} th")
    browser.open(page)
    assert HOSTILE_TYPE in browser.texts("table[data-sort-as=types] td")
    assert browser.run("document.images.length") == 0


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("width", [400, 500, 900, 2000])
def test_page_fits_the_window(browser: Browser, page: Path, width: int) -> None:
    browser.size(width)
    browser.open(page)
    assert browser.run("document.documentElement.scrollWidth") <= width
    edges = browser.run(
        "[...document.querySelectorAll('.chart svg, caption, .summary, form')]"
        ".filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().right)"
    )
    assert max(edges) <= width


@pytest.mark.usefixtures("quiet")
def test_print_has_all_but_the_filters(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.media(kind="print")
    assert browser.texts("nav, form") == []
    assert seen(browser, ROWS) == 8
    assert seen(browser, "[data-plot] svg") == 6


@pytest.mark.usefixtures("quiet")
def test_colours_follow_the_system(browser: Browser, page: Path) -> None:
    colours = []
    for scheme in ("light", "dark"):
        browser.media(scheme=scheme)
        browser.open(page)
        script = "one => getComputedStyle(document.querySelector(one)).color"
        colours.append(browser.run(f"['body', '.chart .c-s0'].map({script})"))
    assert colours[0] != colours[1]
    assert len({json.dumps(one) for one in colours}) == 2
