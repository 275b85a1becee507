"""The page of a training that runs in a real browser: it follows, and keeps what one looks at."""

from pathlib import Path

from adaptive_spacy.report.live.server import serving
from adaptive_spacy.report.live.state import Live
from tests.report.accessibility import find_barriers
from tests.report.browser import Browser
from tests.report.runs import (
    Row,
    make_history,
    training_elsewhere,
    write_crossfit,
    write_history,
)

HOSTILE: Row = (
    "</script><b>bold</b> Ada",
    "O B-<img/src=x/onerror=console.log(1)>",
    "O O",
    [],
)


def grow(browser: Browser, live: Live) -> None:
    """Have the page made anew, and wait until the browser has it."""
    before = browser.loaded
    list(live.update())
    browser.wait_for_load(before)


def test_page_follows_the_training(browser: Browser, tmp_path: Path) -> None:
    browser.console.clear()
    browser.requests.clear()
    browser.size(1200)
    browser.media()
    training = tmp_path / "<b>mine"
    live = Live(training, seconds=0.05)
    list(live.update())
    history = make_history(12)
    with serving(live, 0) as address:
        browser.visit(address)
        assert "has no evaluation yet" in browser.text("#summary")
        with training_elsewhere(training):
            for count in (1, 2, 12):
                write_history(training, history[:count])
                grow(browser, live)
                assert browser.text("details summary") == f"All {count} evaluations as a table"
            assert "It is running" in browser.text("#summary")
            assert browser.text("h1") == "Training <b>mine"
            # what one looks at stays: the place, what is unfolded, what is sorted
            browser.size(900, 400)
            browser.click("details summary")
            browser.click("details th:nth-child(2) button")
            browser.run("window.scrollTo({top: 300, behavior: 'instant'})")
            place = "Math.round(document.querySelector('.chart').getBoundingClientRect().top)"
            before = browser.run(place)
            write_history(training, make_history(13))
            grow(browser, live)
            assert browser.text("details summary") == "All 14 evaluations as a table"
            assert browser.run("document.querySelector('details').open")
            assert browser.run("location.hash") == "#sort-evaluations=1d"
            assert browser.text("details tbody td") == "130"
            # though the summary above has grown by a line
            assert abs(browser.run(place) - before) <= 2
        write_crossfit(training, [HOSTILE], history)
        grow(browser, live)
        assert "Why it stopped" in browser.text("#summary")
        grow(browser, live)
        assert "</script><b>bold</b> Ada" in browser.texts(".sides > div")[0]
        assert browser.run("document.images.length") == 0
    assert browser.console == []
    assert {one for one in browser.requests if not one.startswith(address)} == set()


def test_pages_have_no_barrier(browser: Browser, tmp_path: Path) -> None:
    live = Live(tmp_path)
    list(live.update())
    with serving(live, 0) as address:
        for scheme in ("light", "dark"):
            browser.media(scheme=scheme)
            browser.visit(address)
            assert find_barriers(browser) == []
        with training_elsewhere(tmp_path):
            write_history(tmp_path, make_history(3))
            list(live.update())
            browser.visit(address)
            assert "It is running" in browser.text("#summary")
            assert find_barriers(browser) == []


def test_page_says_that_nobody_serves_it(browser: Browser, tmp_path: Path) -> None:
    live = Live(tmp_path, seconds=0.05)
    with serving(live, 0) as address:
        browser.visit(address)
        assert browser.text("#live") == "Shows the next evaluation by itself."
    browser.run(
        """new Promise(done => {
        const line = document.querySelector("#live");
        const look = () => line.textContent.startsWith("Nobody") && done();
        new MutationObserver(look).observe(line, {childList: true});
        look();
        })""",
        wait=True,
    )
    assert browser.text("#live").startswith("Nobody serves this page any more")
    browser.console.clear()
    # from another page, its server has no answer that a script may read
    other = tmp_path / "other.html"
    other.write_text("<p>x")
    with serving(live, 0) as address:
        browser.open(other)
        found = browser.run(
            f"fetch('{address}').then(() => 'read', () => 'refused')",
            wait=True,
        )
        assert found == "refused"
    browser.console.clear()
