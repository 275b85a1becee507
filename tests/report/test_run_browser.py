"""The page of a training in a real browser: clicks, keys, colours, and no word to the network."""

from pathlib import Path

import pytest

from adaptive_spacy.report.run.page import write_run
from tests.report.browser import Browser
from tests.report.runs import ROWS, Row, make_history, write_crossfit

pytestmark = pytest.mark.usefixtures("quiet")
LABEL = "<img/src=x/onerror=console.log(1)>"
HOSTILE: Row = ("</script><b>bold</b> Ada", f"O B-{LABEL}", "O O", [])
#: 3 right, and of each other kind what 30 copies make
COPIES = 30


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    return write_run(write_crossfit(folder, [*ROWS * COPIES, HOSTILE], make_history(12)))[0]


def titles(browser: Browser) -> list[str]:
    return browser.texts(".example h3")


def test_click_on_a_number_filters_the_passages(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert len(titles(browser)) == 20
    # the surest error first, a hit nowhere
    assert titles(browser)[0].startswith("spurious · predicted ORG, 95.0 % sure")
    cell = 'button[data-kind="type"][data-type="LOC"]'
    browser.click(cell)
    assert len(titles(browser)) == 20
    wanted = "wrong type · annotated LOC · predicted ORG, 80.0 % sure"
    assert {one.split(" document")[0] for one in titles(browser)} == {wanted}
    assert browser.text("#count") == "20 of 30"
    assert browser.text("#said") == "20 of 30 shown"
    assert browser.run(f"document.querySelector('{cell}').ariaPressed") == "true"
    browser.click("#more")
    assert len(titles(browser)) == 30
    # the same number again shows all errors
    browser.click(cell)
    assert browser.run("document.querySelector('#choose').elements.kind.value") == ""


def test_choice_is_in_the_address_and_survives_a_reload(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click('button[data-kind="right"][data-type="PER"]')
    browser.choose("select[name=order]", "corpus")
    assert browser.run("location.hash") == "#kind=right&type=PER&order=corpus"
    browser.reload()
    assert all(one.startswith("right · annotated PER") for one in titles(browser))
    assert browser.run("document.querySelector('select[name=order]').value") == "corpus"
    # what no page offers is passed over
    browser.open(page, address="#kind=nonsense&type=LOC")
    assert titles(browser)
    assert all("LOC" in one for one in titles(browser))


def test_entities_are_marked_on_both_sides(browser: Browser, page: Path) -> None:
    browser.open(page, address="#kind=boundary&type=PER")
    found = "document.querySelector('.example')"
    sides = browser.run(f"[...{found}.querySelectorAll('.sides > div')].map(one => one.innerText)")
    assert sides[0].split("\n") == ["annotated", "Ben Ray PER visits New York LOC "]
    assert sides[1].split("\n") == ["predicted", "Ben PER 90 % Ray visits New York ORG 80 % "]
    focus = browser.run(f"[...{found}.querySelectorAll('mark.focus')].map(one => one.innerText)")
    assert focus == ["Ben Ray PER", "Ben PER 90 %"]


def test_mouse_reads_off_an_evaluation(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.texts(".tip") == []
    browser.move('.chart[data-chart="score"] svg')
    (tip,) = browser.texts(".tip")
    assert tip.startswith("epoch 6, constant")
    assert "F1\t65.0 %" in tip


def test_keys_read_off_an_evaluation_and_are_heard(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("document.querySelector('.chart[data-chart=rate] svg').focus()")
    browser.press("End")
    browser.press("ArrowLeft")
    said = browser.text("#said")
    assert said.startswith("epoch 11, cool-down, learning rate 1e-4, training loss ")
    assert said.endswith("F1 77.5 %")
    browser.press("Tab")
    assert browser.run("document.activeElement.ariaLabel").startswith("Loss: training from 1 to")


def test_table_sorts_and_the_address_keeps_it(browser: Browser, page: Path) -> None:
    browser.open(page)
    column = "table[data-sort-as=types] tbody tr td:nth-child(2)"
    browser.click("table[data-sort-as=types] th:nth-child(2) button")
    found = [float(one) for one in browser.texts(column)]
    assert found == sorted(found, reverse=True)
    browser.click("table[data-sort-as=types] th:nth-child(2) button")
    assert [float(one) for one in browser.texts(column)] == sorted(found)
    browser.reload()
    assert [float(one) for one in browser.texts(column)] == sorted(found)


def test_hostile_words_and_labels_are_text(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.choose("select[name=type]", LABEL)
    (title,) = titles(browser)
    assert title.startswith(f"missed · annotated {LABEL}")
    assert "</script><b>bold</b> Ada" in browser.texts(".sides > div")[0]
    assert browser.run("document.images.length") == 0


@pytest.mark.parametrize("width", [400, 500, 900, 2000])
def test_page_fits_the_window(browser: Browser, page: Path, width: int) -> None:
    browser.size(width)
    browser.open(page)
    assert browser.run("document.documentElement.scrollWidth") <= width
    chart = browser.run("document.querySelector('.chart svg').getBoundingClientRect().right")
    assert chart <= width


def test_page_is_dark_where_the_system_is(browser: Browser, page: Path) -> None:
    colours = []
    for scheme in ("light", "dark"):
        browser.media(scheme=scheme)
        browser.open(page)
        colours.append(browser.run("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(13, 17, 23)"]


def test_print_leaves_out_what_nobody_can_click(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.media(kind="print")
    assert browser.texts("nav, form, #more") == []
    assert len(titles(browser)) == 20


def test_reader_finds_names_for_all(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.run(
        "[...document.querySelectorAll('table')].every(one => one.caption || one.closest('.tip'))"
    )
    assert browser.run("[...document.querySelectorAll('main th')].every(one => one.scope)")
    named = "one => one.textContent || one.ariaLabel"
    assert browser.run(f"[...document.querySelectorAll('button, svg[tabindex]')].every({named})")
    assert browser.run("document.querySelector('#said').getAttribute('aria-live')") == "polite"


def test_what_goes_wrong_in_a_page_is_seen(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<script>undefined.boom</script>")
    browser.open(path)
    assert len(browser.console) == 1
    path.write_text('<img src="http://127.0.0.1:9/a.png">')
    browser.open(path)
    assert browser.requests == ["http://127.0.0.1:9/a.png"]
    browser.console.clear()
    browser.requests.clear()
