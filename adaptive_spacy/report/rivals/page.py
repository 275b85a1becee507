"""Models compared, in the terminal and on a page."""

from collections.abc import Iterator
from pathlib import Path

from wasabi import table

from adaptive_spacy.printable import one_line, visible
from adaptive_spacy.report.comparison_text import p_value
from adaptive_spacy.report.html import render, write_page
from adaptive_spacy.report.rivals.differences import (
    QUIET,
    count_kinds,
    find_differences,
    name_kinds,
    show_differences,
)
from adaptive_spacy.report.rivals.models import Rivalry
from adaptive_spacy.report.run.outlook import FEW_SENTENCES, numbered
from adaptive_spacy.report.run.scores import Score


def describe_rivalry(rivalry: Rivalry) -> Iterator[str]:
    """YIELDS (str): The outcome in sentences, a model beside the reference each."""
    first, *others = rivalry.rivals
    differences = find_differences(rivalry.rivals)
    few = ", too narrow of so few" if len(first.documents) < FEW_SENTENCES else ""
    for i, (rival, gap) in enumerate(zip(others, rivalry.gaps, strict=True), 1):
        if gap.difference is None:
            yield (
                f"No entity is annotated, so there is no F1 to compare: {rival.name} predicts "
                f"{numbered(rival.score.predicted, 'entity', 'entities')}, {first.name} "
                f"{first.score.predicted:,}."
            )
            continue
        text = f"{rival.name} has F1 {_percent(rival.score.f1)}, {first.name} "
        text += f"{_percent(first.score.f1)}: a difference of {gap.difference:+.1f}"
        if gap.interval is not None:
            text += f", between {gap.interval[0]:+.1f} and {gap.interval[1]:+.1f} with 95 % "
            text += f"confidence over other sentences{few}"
        text += f" ({gap.verdict})"
        right = [one.by for one in differences if one.annotated]
        ours = sum(by[i] and not by[0] for by in right)
        theirs = sum(by[0] and not by[i] for by in right)
        yield (
            f"{text}. It finds {numbered(ours, 'entity', 'entities')} that {first.name} misses, "
            f"and misses {theirs:,} that {first.name} finds."
        )


def render_rivalry(rivalry: Rivalry) -> str:
    """RETURNS (str): The comparison as tables for the terminal; scores in percent."""
    gaps = [None, *rivalry.gaps]
    rows = [
        (
            one_line(rival.name),
            _percent(rival.score.precision),
            _percent(rival.score.recall),
            _percent(rival.score.f1),
            "" if gap is None else _points(gap.difference),
            "" if gap is None else _interval(gap.interval),
            "" if gap is None else p_value(gap.p),
        )
        for rival, gap in zip(rivalry.rivals, gaps, strict=True)
    ]
    header = ("Model", "P", "R", "F1", "Gap", "95 %", "p")
    scores = table(rows, header=header, divider=True, aligns=("l", *"rrrrrr"))
    counts = count_kinds(find_differences(rivalry.rivals))
    kinds = name_kinds(rivalry.rivals)
    # types beside, kinds below: names of models are long
    cells = [
        (one_line(name), *(str(row[kind]) for row in counts.values()))
        for kind, name in kinds.items()
    ]
    types = [one_line(name) for name in counts]
    return scores + table(
        cells, header=("Entities", *types), divider=True, aligns=("l", *"r" * len(types))
    )


def write_rivalry(rivalry: Rivalry, path: Path) -> None:
    """Write the comparison as a page."""
    write_page(make_rivalry(rivalry), path)


def make_rivalry(rivalry: Rivalry) -> str:
    """RETURNS (str): The comparison as a page: HTML."""
    rivals = rivalry.rivals
    differences = find_differences(rivals)
    counts = count_kinds(differences)
    kinds = name_kinds(rivals)
    names = {name: one_line(name) for name in counts}
    loud = [kind for kind in kinds if kind not in QUIET]
    first = rivals[0]
    return render(
        "rivals.html",
        title="Models compared",
        about=(
            f"{numbered(len(first.documents), 'sentence')} with "
            f"{numbered(first.score.annotated, 'entity', 'entities')} of "
            f"{visible(rivalry.corpus.as_posix())}"
        ),
        summary=list(describe_rivalry(rivalry)),
        rivals=rivals,
        gaps=[None, *rivalry.gaps],
        p_value=p_value,
        types=names,
        by_type=[_by_name(one.types) for one in rivals],
        kinds=kinds,
        loud=loud,
        counts=counts,
        worst=max([row[kind] for row in counts.values() for kind in loud], default=0) or 1,
        examples={
            **show_differences(rivals, differences),
            "types": list(names.values()),
            "names": kinds,
            "quiet": list(QUIET),
            "sides": ["annotated", *(one.name for one in rivals)],
            "counts": [
                [kind, names[name], row[kind]]
                for name, row in counts.items()
                for kind in kinds
                if row[kind]
            ],
        },
    )


def _by_name(scores: list[Score]) -> dict[str, Score]:
    return {one.name: one for one in scores}


def _percent(number: float | None) -> str:
    return "-" if number is None else f"{number:.1f}"


def _points(difference: float | None) -> str:
    return "-" if difference is None else f"{difference:+.1f}"


def _interval(interval: tuple[float, float] | None) -> str:
    return "-" if interval is None else f"{interval[0]:+.1f} to {interval[1]:+.1f}"
