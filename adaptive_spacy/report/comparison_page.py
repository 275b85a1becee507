"""The comparison as one HTML page that opens from disk, without network."""

from collections.abc import Iterator, Sequence
from typing import Any

from adaptive_spacy import __version__
from adaptive_spacy.experiments.records import RULES
from adaptive_spacy.printable import listed, visible
from adaptive_spacy.report.budget import Budget
from adaptive_spacy.report.budget_text import describe_budget
from adaptive_spacy.report.comparison import RULE_NAMES, Comparison
from adaptive_spacy.report.comparison_charts import describe_curves, describe_plots
from adaptive_spacy.report.comparison_tables import list_tables
from adaptive_spacy.report.comparison_text import conclude, describe_sources, find_main
from adaptive_spacy.report.comparison_types import TypeRow, make_type_rows
from adaptive_spacy.report.epoch_search import Answer, describe_answer
from adaptive_spacy.report.html import render

TITLE = "Comparison of approaches"
#: What is chosen in a filter at first, where that is not all of it
USUAL = {"rule": "last"}
ANY = "*"


def to_page(comparison: Comparison, answer: Answer | Budget | None = None) -> str:
    """Write the comparison as a page. Texts are escaped; charts are drawn by its script.

    comparison (Comparison): The comparison.
    answer (Answer | Budget | None): To the question of the search over epochs, or of what a label
        is worth.
    RETURNS (str): HTML.
    """
    types = list(make_type_rows(comparison.runs))
    plots = describe_plots(comparison)
    curves = describe_curves(comparison)
    return render(
        "comparison.html",
        title=TITLE,
        about=describe_about(comparison),
        answers=describe_outcome(answer),
        findings=list(_findings(comparison)),
        sources=describe_sources(comparison),
        filters=list(_filters(comparison, types)),
        any=ANY,
        tables=list_tables(comparison, types, answer),
        plots=plots,
        curves=curves,
        first=curves[first_curve(comparison)]["name"],
        versions=_versions(comparison),
        data={"plots": plots, "curves": curves},
    )


def describe_about(comparison: Comparison) -> str:
    """RETURNS (str): What was compared and when, in a line."""
    datasets, models = ([*dict.fromkeys(one[i] for one in comparison.data)] for i in (0, 1))
    first, last = comparison.ended
    when = last if first == last else f"between {first} and {last}"
    return (
        f"{listed(comparison.approaches)} on {listed(datasets)} with {listed(models)}. "
        f"{len(comparison.runs):,} trainings, ended {when} UTC."
    )


def describe_outcome(answer: Answer | Budget | None) -> list[str]:
    """RETURNS (list[str]): The answer to the question that was asked, in sentences."""
    if answer is None:
        return []
    return describe_budget(answer) if isinstance(answer, Budget) else describe_answer(answer)


def first_curve(comparison: Comparison) -> int:
    """RETURNS (int): Number of the row whose curves are shown at first: one with phases, if any."""
    names = [(*run.job.cell, run.job.approach) for run in comparison.runs]
    phased = [
        name
        for name, run in zip(names, comparison.runs, strict=True)
        if any(row["phase"] for row in run.history)
    ]
    order = list(dict.fromkeys(names))
    return order.index(phased[-1]) if phased else 0


def _findings(comparison: Comparison) -> Iterator[dict[str, Any]]:
    for rule in RULES:
        for one in find_main(comparison, rule):
            yield {
                "of": {
                    "dataset": [one.dataset],
                    "model": [one.model],
                    "approach": [one.reference, one.approach],
                    "rule": [rule],
                },
                "rule": RULE_NAMES[rule],
                "text": conclude(one),
            }


def _filters(comparison: Comparison, types: Sequence[TypeRow]) -> Iterator[dict[str, Any]]:
    sizes = sorted({row.fraction for row in comparison.rows})
    axes = {
        "dataset": ("Data set", [row.dataset for row in comparison.rows]),
        "model": ("Model", [row.model for row in comparison.rows]),
        "fraction": (
            "Share or labels",
            [f"{size:g}" for size in sizes],
        ),
        "approach": ("Approach", comparison.approaches),
        "type": ("Type", sorted({row.name for row in types})),
        "rule": ("Selection", list(RULES)),
    }
    for key, (label, values) in axes.items():
        options = [(value, RULE_NAMES.get(value, value)) for value in dict.fromkeys(values)]
        if len(options) > 1:
            yield {"key": key, "label": label, "usual": USUAL.get(key, ANY), "options": options}


def _versions(comparison: Comparison) -> list[tuple[str, str]]:
    trained = [
        (visible(package), visible(", ".join(found)))
        for package, found in sorted(comparison.versions.items())
    ]
    return [*trained, ("this page: adaptive-spacy", __version__)]
