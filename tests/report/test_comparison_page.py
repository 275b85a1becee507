"""The page: whole without network, and in a browser."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest


def test_page_needs_no_network_and_escapes(report: Path) -> None:
    page = (report / "report.html").read_text(encoding="utf8")
    assert "<script>boom" not in page
    assert "&lt;script&gt;boom()&lt;/script&gt; &amp; more" in page
    assert not re.findall(r"""(?:src|href)=["'](?!data:)[^"']*""", page)
    assert page.count('<img alt="') == 8


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
--disable-background-networking --disable-component-update --enable-logging=stderr --dump-dom"""
CHOOSE = """
<script>
  const filter = document.querySelector("[data-filter={key}]");
  filter.value = "{value}";
  filter.dispatchEvent(new Event("change"));
</script>
"""


def browse(page: str, folder: Path) -> tuple[str, list[str]]:
    """RETURNS (tuple): The page's elements after its scripts ran, and what it said on the
    console."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    path = folder / "page.html"
    path.write_text(page, encoding="utf8")
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [browser, *FLAGS.split(), profile, path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def rows_shown(page: str) -> list[str]:
    body = page[page.index("<body>") :]
    rows = re.findall(r'<tr class="item[^>]*>', body)
    return [row for row in rows if " hidden" not in row]


def test_page_in_a_browser(report: Path, tmp_path: Path) -> None:
    page = (report / "report.html").read_text(encoding="utf8")
    shown, console = browse(page, tmp_path)
    assert console == []
    every = len(re.findall(r'<tr class="item', page))
    found = re.search(r'<span id="shown">(\d+) of (\d+) rows</span>', shown)
    assert found is not None
    assert [int(one) for one in found.groups()] == [len(rows_shown(shown)), every]
    # at first the last checkpoint alone
    assert 0 < len(rows_shown(shown)) < every
    assert {'data-rule="best_loss"' in row for row in rows_shown(shown)} == {False}

    chosen, console = browse(page + CHOOSE.format(key="dataset", value="tweets"), tmp_path)
    assert console == []
    # three rules of the search, and four approaches; contrasts of the last checkpoint
    assert len(rows_shown(chosen)) == 1 + 4 + 3
    assert all('data-dataset="tweets"' in row for row in rows_shown(chosen))
    figures = re.findall(r'<figure class="item"[^>]*>', chosen)
    kept = [one for one in figures if " hidden" not in one]
    assert len(kept) == 2
    # the check above can fail
    _, console = browse(page + "<script>undefined.boom</script>", tmp_path)
    assert len(console) == 1
