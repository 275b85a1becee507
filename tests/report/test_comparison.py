import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_figures import draw_comparison
from adaptive_spacy.report.comparison_text import describe_findings, describe_sources, to_markdown
from adaptive_spacy.report.epoch_search import answer_epochs, answer_markdown
from tests.report.records import make_job, make_record, write_records

# test F1 by approach, share and seed: adaptive is higher by 10 points at the small share
SCORES = {
    ("adaptive", 0.1): [0.40, 0.50, 0.60],
    ("stable", 0.1): [0.30, 0.40, 0.50],
    ("adaptive", 1.0): [0.80, 0.80, 0.80],
    ("stable", 1.0): [0.80, 0.80, 0.80],
}


def records() -> list[dict]:
    return [
        make_record(make_job(approach, seed, fraction), f1)
        for (approach, fraction), scores in SCORES.items()
        for seed, f1 in enumerate(scores, start=1)
    ]


def test_rows_are_means_over_seeds(tmp_path: Path) -> None:
    comparison = compare(write_records(tmp_path, records()))
    rows = {(row.approach, row.fraction): row for row in comparison.rows}
    assert set(rows) == set(SCORES)
    row = rows["adaptive", 0.1]
    assert (row.seeds, row.sentences) == ([1, 2, 3], 10)
    assert row.f1["last"].mean == pytest.approx(50.0)
    assert row.f1["last"].spread == pytest.approx(10.0)
    assert row.f1["last"].error == pytest.approx(10 / 3**0.5)
    assert row.f1["last"].interval == pytest.approx((40.0, 60.0))
    assert row.epochs.mean == 3
    assert "50.0 ± 5.8" in to_markdown(comparison, [])


def test_three_seeds_show_nothing(tmp_path: Path) -> None:
    comparison = compare(write_records(tmp_path, records()))
    contrasts = {one.fraction: one for one in comparison.contrasts if one.rule == "last"}
    assert set(contrasts) == {0.1, 1.0, None}
    small = contrasts[0.1]
    assert small.test.difference == pytest.approx(10.0)
    assert small.test.p == pytest.approx(2 / 8)
    assert small.verdict == "cannot be shown with 3 pairs (p >= 0.25)"
    # six pairs could show it; three of them are ties
    assert contrasts[None].test.pairs == 6
    assert contrasts[None].verdict == "no difference shown"
    (finding,) = describe_findings(comparison, "last")
    assert finding == "news, tiny: adaptive against stable: +5.00 F1, no difference shown"


def test_many_seeds_show_a_steady_difference(tmp_path: Path) -> None:
    found = [
        make_record(make_job(approach, seed), 0.5 + 0.01 * seed + (approach == "adaptive") * 0.02)
        for approach in ("adaptive", "stable")
        for seed in range(1, 9)
    ]
    comparison = compare(write_records(tmp_path, found))
    (contrast,) = [one for one in comparison.contrasts if one.rule == "last"]
    assert contrast.test.p == pytest.approx(2 / 2**8)
    assert contrast.verdict == "higher"
    assert describe_findings(comparison, "last") == [
        "news, tiny: adaptive against stable: +2.00 F1, higher"
    ]
    other = compare(tmp_path, reference="stable")
    assert [one.verdict for one in other.contrasts] == ["lower"] * 3


def test_only_common_seeds_are_paired(tmp_path: Path) -> None:
    found = [make_record(make_job("adaptive", seed), 0.5) for seed in (1, 2, 3)]
    found += [make_record(make_job("stable", seed), 0.4) for seed in (2, 3, 4)]
    comparison = compare(write_records(tmp_path, found))
    assert {one.test.pairs for one in comparison.contrasts} == {2}


def test_sources_are_told(tmp_path: Path) -> None:
    found = records()
    job = make_job("stable", 4)
    found += [make_record(job, None, reason="no | memory\nleft")]
    old = make_record(make_job("adaptive", 1), 0.1, finished="2025-12-31T00:00:00+00:00")
    other = make_record(replace(job, seed=5), 0.8)
    other["versions"] = {"spacy": "3.8.7"}
    folder = write_records(tmp_path, [*found, old, other])
    (folder / "running").mkdir()
    (folder / "running" / "log.txt").touch()
    comparison = compare(folder)
    assert describe_sources(comparison) == [
        "13 trainings in 4 rows: 3 seeds in 3, 4 seeds in 1.",
        "Failed: news-tiny-1-stable-4: no | memory\nleft",
        "Without a record, running or interrupted: running.",
        "Left out: 1 older records of jobs whose definition changed.",
        "Mixed versions: spacy 3.8.18, 3.8.7.",
    ]
    row = next(r for r in comparison.rows if (r.approach, r.fraction) == ("adaptive", 1.0))
    assert row.f1["last"].mean == pytest.approx(80.0)


@pytest.mark.parametrize("found", [[], [make_record(make_job("adaptive", 1), None)]])
def test_nothing_to_compare(found: list[dict], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected records of finished jobs, found"):
        compare(write_records(tmp_path, found))


SEARCH = {
    # approach: epochs, updates, and per seed dev F1 and test F1
    "adaptive": (12, 12_000, [(0.6, 0.70), (0.6, 0.60)]),
    "linear-2": (2, 2_000, [(0.1, 0.20), (0.9, 0.55)]),
    "linear-5": (5, 5_000, [(0.8, 0.65), (0.9, 0.99)]),
    "linear-20": (20, 20_000, [(0.8, 0.95), (0.5, 0.80)]),
}


def search_records() -> list[dict]:
    return [
        make_record(
            make_job(name, seed, search=None if name == "adaptive" else "epochs"),
            test_f1,
            dev_f1=dev_f1,
            epochs=epochs,
            updates=updates,
        )
        for name, (epochs, updates, scores) in SEARCH.items()
        for seed, (dev_f1, test_f1) in enumerate(scores, start=1)
    ]


def test_search_over_epochs_chooses_by_dev_score(tmp_path: Path) -> None:
    found = [*search_records(), make_record(make_job("adaptive", 3), 0.1)]
    answer = answer_epochs(compare(write_records(tmp_path, found)).runs)
    assert answer.candidates == ["linear-2", "linear-5", "linear-20"]
    line = next(line for line in answer.lines if line.rule == "last")
    # seed 3 has no search; of equal dev scores the shorter training, whatever the test scores
    assert line.seeds == 2
    assert line.chosen == [5, 2]
    assert line.search.mean == pytest.approx((65 + 55) / 2)
    assert line.difference.mean == pytest.approx(((70 - 65) + (60 - 55)) / 2)
    assert line.cost == pytest.approx(27 / 12)
    assert "cannot be shown with 2 pairs" in answer_markdown(answer)
    assert "the search costs 2.2 adaptive runs" in answer_markdown(answer)


def test_search_over_epochs_needs_candidates(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"found no candidate; configs/experiments/epochs\.yml"):
        answer_epochs(compare(write_records(tmp_path, records())).runs)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with everything in it, on texts that would be markup."""
    folder = tmp_path_factory.mktemp("runs")
    broken = make_record(make_job("stable", 9), None, reason="<script>boom()</script> & more")
    found = [*records(), broken]
    for one in search_records():
        one["job"]["dataset"] = "tweets"
        found.append(one)
    write_records(folder, found)
    result = CliRunner().invoke(app, ["report", str(folder), "--question", "epochs"])
    assert result.exit_code == 0, result.output
    assert "Failed: news-tiny-1-stable-9: <script>boom()</script> & more" in result.output
    return folder / "report"


def test_report_writes_page_markdown_and_figures(report: Path) -> None:
    names = {path.relative_to(report).as_posix() for path in report.rglob("*") if path.is_file()}
    stems = [
        f"figures/{dataset}-tiny-{rule}"
        for dataset in ("news", "tweets")
        for rule in ("best-f1", "best-loss", "last", "curves-adaptive")
    ]
    figures = {f"{stem}.{suffix}" for stem in stems for suffix in ("png", "svg")}
    assert names == {"report.md", "report.html", *figures}
    for name in figures:
        content = (report / name).read_bytes()
        if name.endswith("svg"):
            assert ElementTree.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
        else:
            assert content.startswith(b"\x89PNG")
    text = (report / "report.md").read_text(encoding="utf8")
    links = re.findall(r"!\[[^]]*\]\(([^)]*)\)", text)
    assert links
    assert set(links) <= names
    # every table is a table
    widths = [len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines() if line[:1] == "|"]
    assert set(widths) == {14, 11, 13}


def test_same_records_give_the_same_figure(report: Path) -> None:
    picture = next(draw_comparison(compare(report.parent)))
    for suffix, image in picture.images.items():
        assert (report / "figures" / f"{picture.name}.{suffix}").read_bytes() == image


def test_page_needs_no_network_and_escapes(report: Path) -> None:
    page = (report / "report.html").read_text(encoding="utf8")
    assert "<script>boom" not in page
    assert "&lt;script&gt;boom()&lt;/script&gt; &amp; more" in page
    assert not re.findall(r"""(?:src|href)=["'](?!data:)[^"']*""", page)
    assert page.count('<img alt="') == 8


def test_unknown_question_is_refused(report: Path) -> None:
    result = CliRunner().invoke(app, ["report", str(report.parent), "--question", "why"])
    assert result.exit_code == 1
    assert "✘ --question: expected one of epochs, budget, got why" in result.output


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
