"""The pictures of pages in docs/: small, shown somewhere, and taken by a command."""

from pathlib import Path

import pytest
from PIL import Image

from docs.screenshots import DOCS, MOST, SHOTS, Shot, take
from tests.report.browser import Browser


def test_pictures_are_small_and_shown() -> None:
    pages = "".join(path.read_text(encoding="utf8") for path in DOCS.glob("*.md"))
    for shot in SHOTS:
        path = DOCS / f"{shot.name}.png"
        assert path.stat().st_size < MOST, path
        assert f"]({path.name})" in pages.replace("\n", " "), path
    with Image.open(DOCS / "comparison-page-500.png") as image:
        assert image.size == (500, 1300)


@pytest.mark.usefixtures("quiet")
def test_picture_begins_where_it_is_told_to(
    browser: Browser, report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shot = Shot("dark", "comparison", "#tests", 300, 700, "dark")
    take(browser, shot, report / "report.html", tmp_path)
    with Image.open(tmp_path / "dark.png") as image:
        assert image.size == (700, 300)
        assert image.convert("RGB").getpixel((1, 1)) == (13, 17, 23)
    assert "too many" not in capsys.readouterr().out
    # what the tests of other pages measure has bars
    browser.call("Emulation.setScrollbarsHidden", hidden=False)
