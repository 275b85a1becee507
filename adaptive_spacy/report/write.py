"""The report of a sweep, written into a folder: Markdown, figures, and one HTML page."""

from pathlib import Path

from adaptive_spacy.experiments.records import read_records
from adaptive_spacy.files import replacing
from adaptive_spacy.report.budget import BUDGET, Budget, answer_budget, budget_markdown
from adaptive_spacy.report.comparison import REFERENCE, Comparison, compare
from adaptive_spacy.report.comparison_figures import draw_comparison
from adaptive_spacy.report.comparison_page import to_page
from adaptive_spacy.report.comparison_text import to_markdown
from adaptive_spacy.report.epoch_search import SEARCH, Answer, answer_epochs, answer_markdown

QUESTIONS = (SEARCH, BUDGET)


def write_report(
    runs: Path, output: Path, *, reference: str = REFERENCE, question: str | None = None
) -> tuple[Comparison, list[Path]]:
    """Compare the approaches of a sweep and write the report.

    runs (Path): Output folder of the sweep.
    output (Path): Gets report.md, report.html and figures/*.png, *.svg.
    reference (str): The approach that the others are tested against.
    question (str | None): "epochs": also one adaptive run against a search over epochs; "budget":
        also the approaches at numbers of labelled sentences.
    RETURNS (tuple): The comparison and the files, page and Markdown first.
    RAISES (ValueError): If there is nothing to compare.
    """
    if question not in (None, *QUESTIONS):
        raise ValueError(f"--question: expected one of {', '.join(QUESTIONS)}, got {question}")
    comparison = compare(runs, reference=reference)
    answer: Answer | Budget | None = None
    section = ""
    if question == SEARCH:
        answer = answer_epochs(comparison.runs, reference=reference)
        section = answer_markdown(answer)
    elif question == BUDGET:
        answer = answer_budget(read_records(runs), reference=reference)
        section = budget_markdown(answer)
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
    return comparison, list(files)
