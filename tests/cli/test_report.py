"""`adaptive-spacy report` on records that nobody should trust."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from tests.report.records import make_job, make_record, write_records

EVIL = [
    "../../outside",
    "/tmp/outside",
    "$\\frac{",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "a\x1b[31mb",
    "\u202eevil",
    "a\nb",
    "half \ud800",
    "",
    "x" * 300,
]


def report(runs: Path, *options: str):
    return CliRunner().invoke(app, ["report", str(runs), *options])


@pytest.mark.parametrize("name", EVIL)
def test_forged_names_stay_in_the_folder_and_are_text(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # drawn in the test below
    images = {"png": b"png", "svg": b"<svg/>"}
    monkeypatch.setattr("adaptive_spacy.report.comparison_figures.render", lambda _: images)
    records = [
        make_record(make_job(approach, seed, dataset=name, model=name), 0.5 + seed / 10)
        for approach in ("adaptive", name)
        for seed in (1, 2)
    ]
    for i, record in enumerate(records):
        folder = tmp_path / "sweep" / "runs" / str(i)
        folder.mkdir(parents=True)
        (folder / "record.json").write_text(json.dumps(record))
    before = {path for path in tmp_path.rglob("*") if "report" not in path.parts}
    result = report(tmp_path / "sweep" / "runs", "--output", str(tmp_path / "sweep" / "report"))
    assert result.exit_code == 0, result.output
    written = {path for path in tmp_path.rglob("*")} - before
    assert all(path.is_relative_to(tmp_path / "sweep" / "report") for path in written)
    figures = {path for path in written if path.suffix in (".png", ".svg")}
    # three rules and the curves of the approach with phases
    assert len(figures) == 2 * 4
    text = (tmp_path / "sweep" / "report" / "report.md").read_text(encoding="utf8")
    page = (tmp_path / "sweep" / "report" / "report.html").read_text(encoding="utf8")
    for shown in (text, page, result.output):
        assert not {"\x1b", "\u202e"} & set(shown)
    assert "<script>alert" not in text + page
    assert not re.search(r"(?<!\\)]\(javascript", text)
    for path in figures:
        if path.suffix == ".png":
            assert f"(figures/{path.name})" in text


def test_figures_take_any_name(tmp_path: Path) -> None:
    # matplotlib takes what stands between two $ for math
    name = "$\\frac{$ \x1b \ud800"
    job = make_job("adaptive", 1, dataset=name)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "record.json").write_text(json.dumps(make_record(job, 0.5)))
    result = report(tmp_path)
    assert result.exit_code == 0, result.output
    drawn = next((tmp_path / "report" / "figures").glob("*-last-*.svg")).read_text(encoding="utf8")
    assert "$\\frac{$" in drawn


def test_two_names_do_not_get_one_figure(tmp_path: Path) -> None:
    records = [
        make_record(make_job("adaptive", seed, dataset=name), 0.5)
        for name in ("a/b", "a b")
        for seed in (1, 2)
    ]
    write_records(tmp_path, records=[{**one, "id": str(i)} for i, one in enumerate(records)])
    assert report(tmp_path).exit_code == 0
    assert len(list((tmp_path / "report" / "figures").iterdir())) == 2 * 2 * 4


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = report(tmp_path / "nix")
    assert result.exit_code == 1
    expected = "expected the output folder of a training, found none there"
    assert result.output == f"✘ {tmp_path / 'nix'}: {expected}\n"


def test_reference_is_one_of_the_approaches(tmp_path: Path) -> None:
    records = [make_record(make_job(name, 1), 0.5) for name in ("stable", "adaptive")]
    write_records(tmp_path, records)
    result = report(tmp_path, "--reference", "nope")
    assert result.exit_code == 1
    assert result.output == (
        f"✘ --reference: expected an approach of {tmp_path}, which has adaptive, stable; got nope\n"
    )
    assert not (tmp_path / "report").exists()
    assert report(tmp_path, "--reference", "stable").exit_code == 0


def test_default_reference_may_be_missing(tmp_path: Path) -> None:
    write_records(tmp_path, [make_record(make_job("stable", 1), 0.5)])
    assert report(tmp_path).exit_code == 0


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("job", {}, "job.approach: Field required"),
        ("job", None, "job: Input should be"),
        ("status", "lost", "status"),
        ("format", 2, "format: Input should be 1"),
        ("epochs", "3", "epochs: Input should be a valid number"),
        ("epochs", 10**400, "epochs: "),
        ("token_updates", 0, "token_updates: Input should be greater than or equal to 1"),
        ("results", {}, "results.best_loss: Field required"),
        ("history", [], "history: List should have at least 1 item"),
        ("history", [{"step": 0}], "history.0.steps_per_round: Field required"),
        ("data", {}, "data.train: Field required"),
        ("versions", {"spacy": 3}, "versions.spacy: Input should be a valid string"),
        ("definition", None, "definition: Input should be"),
        ("definition", {"config": None}, "definition.config: Input should be a valid string"),
    ],
)
def test_damaged_record_is_named(key: str, value, fault: str, tmp_path: Path) -> None:
    record = {**make_record(make_job("adaptive", 1), 0.5), key: value}
    (tmp_path / "one").mkdir()
    path = tmp_path / "one" / "record.json"
    path.write_text(json.dumps(record))
    result = report(tmp_path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"✘ {path}: expected a record of a job, but ")
    assert fault in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b"\xff", b"[1]", b'{"status": NaN'])
def test_no_record_is_named(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "record.json").write_bytes(data)
    result = report(tmp_path)
    assert result.exit_code == 1
    assert "record.json: expected a record of a job, " in result.stderr
    assert result.stderr.count("\n") == 1
