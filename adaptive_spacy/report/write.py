"""The report of a sweep, written into a folder: Markdown, figures, and one HTML page."""

from pathlib import Path
from typing import NamedTuple

from adaptive_spacy.experiments.records import read_records
from adaptive_spacy.files import replacing
from adaptive_spacy.report.budget import BUDGET, Budget, answer_budget, takes_part
from adaptive_spacy.report.budget_text import budget_markdown
from adaptive_spacy.report.comparison import Comparison, compare
from adaptive_spacy.report.comparison_figures import draw_comparison
from adaptive_spacy.report.comparison_page import describe_outcome, to_page
from adaptive_spacy.report.comparison_runs import newest, read_job
from adaptive_spacy.report.comparison_text import (
    describe_findings,
    describe_sources,
    to_markdown,
)
from adaptive_spacy.report.epoch_search import SEARCH, Answer, answer_epochs, answer_markdown

QUESTIONS = (SEARCH, BUDGET)


class Written(NamedTuple):
    """lines (list[str]): What was found, in words. files (list[Path]): Page and Markdown first."""

    lines: list[str]
    files: list[Path]


def write_report(
    runs: Path, output: Path, *, reference: str | None = None, question: str | None = None
) -> Written:
    """Compare the approaches of a sweep and write the report.

    runs (Path): Output folder of the sweep.
    output (Path): Gets report.md, report.html and figures/*.png, *.svg.
    reference (str | None): The approach that the others are tested against; None: see `compare`.
    question (str | None): "epochs": also one adaptive run against a search over epochs; "budget":
        also the approaches at numbers of labelled sentences; None: the latter if they have those.
    RETURNS (Written): What was found and written.
    RAISES (ValueError): If there is nothing to compare.
    """
    if question not in (None, *QUESTIONS):
        raise ValueError(f"--question: expected one of {', '.join(QUESTIONS)}, got {question}")
    comparison = compare(runs, reference=reference)
    answer = _answer(comparison, runs, question)
    section = ""
    if isinstance(answer, Budget):
        section = budget_markdown(answer)
    elif answer is not None:
        section = answer_markdown(answer)
    pictures = list(draw_comparison(comparison))
    files: dict[Path, bytes] = {}
    links = []
    for picture in pictures:
        links.append((picture.title, f"figures/{picture.name}.png"))
        for suffix, image in picture.images.items():
            files[output / "figures" / f"{picture.name}.{suffix}"] = image
    text = to_markdown(comparison, links)
    if section:
        text += f"\n{section}\n"
    files = {
        output / "report.html": to_page(comparison, answer).encode("utf8"),
        output / "report.md": text.encode("utf8"),
        **files,
    }
    for path, content in files.items():
        with replacing(path) as aside:
            aside.write_bytes(content)
    lines = [
        *describe_sources(comparison),
        *describe_outcome(answer),
        *describe_findings(comparison, "last"),
    ]
    return Written(lines, list(files))


def _answer(comparison: Comparison, runs: Path, question: str | None) -> Answer | Budget | None:
    if question == SEARCH:
        return answer_epochs(
            comparison.runs, reference=comparison.reference, older=comparison.older
        )
    if question is None and not comparison.by_labels:
        return None
    records = read_records(runs)
    if question is None and not any(
        takes_part(one) and read_job(one).approach == comparison.reference
        for one in newest(records)
    ):
        return None
    return answer_budget(records, reference=comparison.reference)
