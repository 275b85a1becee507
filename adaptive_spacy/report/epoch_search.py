"""The question: does one adaptive run replace a search over the number of epochs?

The search trains each candidate, keeps the one with the best validation F1 (of equals the
shortest) and pays for all of them. Both sides are taken seed by seed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from adaptive_spacy.experiments.records import RULES, Record
from adaptive_spacy.experiments.statistics import (
    PairedTest,
    Summary,
    adjust,
    paired_test,
    summarize,
)
from adaptive_spacy.printable import listed
from adaptive_spacy.report.comparison import RULE_NAMES
from adaptive_spacy.report.comparison_runs import Run, describe_seeds
from adaptive_spacy.report.comparison_text import spread
from adaptive_spacy.report.markdown import plain, table
from adaptive_spacy.report.tested import describe_older

SEARCH = "epochs"

NOTES = """\
The search trains every candidate and keeps the one whose checkpoint has the highest validation F1;
of equals the shortest. Difference is {reference} minus search, in F1, over seeds; cost is the
tokens that all candidates learn from, divided by those of the runs of {reference}. p is adjusted
after Holm for the rows of the same data set, model and selection rule that have pairs enough to
show something."""


class SearchResult(NamedTuple):
    """One cell under one selection rule.

    fraction (float | None): The share; None: all of them together.
    seeds (int): Pairs of a run of the reference and a whole search.
    reference, search (Summary): Test F1 in percent.
    difference (Summary): Reference minus search.
    chosen (list[float]): Epochs that the search chose, by seed.
    cost (float): Of the search, in runs of the reference.
    test (PairedTest): Of the difference. p (float | None): Adjusted.
    """

    dataset: str
    model: str
    rule: str
    fraction: float | None
    seeds: int
    reference: Summary
    search: Summary
    difference: Summary
    chosen: list[float]
    cost: float
    test: PairedTest
    p: float | None


class Answer(NamedTuple):
    """reference (str): The approach that needs no search. candidates (list[str]): Those that the
    search chooses from. lines (list[SearchResult]): Its cells. left_out (list[str]): Seeds that
    take no part, and what they lack; a sentence for each data set, model and lack."""

    reference: str
    candidates: list[str]
    lines: list[SearchResult]
    left_out: list[str]


class Search(NamedTuple):
    """run (Run): That of the reference. candidates (list[Run]): Of the same cell and seed, all."""

    run: Run
    candidates: list[Run]

    def best(self, rule: str) -> Run:
        """RETURNS (Run): The candidate that the search keeps."""
        return max(self.candidates, key=lambda one: (one.dev_f1[rule], -one.epochs))


def answer_epochs(
    runs: Sequence[Run], *, reference: str = "adaptive", older: Iterable[Record] = ()
) -> Answer:
    """Compare one run with a search over the number of epochs.

    runs (Sequence[Run]): Finished trainings, sorted by data set, model and share.
    reference (str): The approach that needs no search.
    older (Iterable[Record]): What was left out of the runs, to be said where too little is left.
    RETURNS (Answer): The answer.
    RAISES (ValueError): If no run of the reference has all candidates beside it.
    """
    candidates = [run for run in runs if run.job.search == SEARCH]
    names = sorted({run.job.approach for run in candidates}, key=lambda name: _epochs(runs, name))
    searches = list(_searches(runs, candidates, names, reference))
    if not searches:
        fault = (
            f"--question {SEARCH}: expected runs of {reference} with all candidates of a search "
            f"over epochs beside them, found {', '.join(names) or 'no candidate'}; "
            f"configs/experiments/{SEARCH}.yml has them"
        )
        raise ValueError(". ".join([fault, *describe_older(older)]))
    lines = []
    for _, found in groupby(searches, key=lambda one: one.run.data):
        group = list(found)
        for rule in RULES:
            lines += list(_lines(group, rule))
    return Answer(reference, names, lines, _left_out(runs, names, reference))


def answer_title(answer: Answer) -> str:
    """RETURNS (str): The head of the section."""
    return f"One run of {answer.reference} against a search over epochs"


def describe_search(answer: Answer) -> str:
    """RETURNS (str): What is compared."""
    return f"{answer.reference} against a search over {', '.join(answer.candidates)}."


def describe_columns(answer: Answer) -> str:
    """RETURNS (str): What stands in the table."""
    return NOTES.format(reference=answer.reference)


def describe_answer(answer: Answer) -> list[str]:
    """RETURNS (list[str]): The outcome over all shares in sentences, one per data set and model,
    and what takes no part in it."""
    sentences = []
    shares = {(one.dataset, one.model): 0 for one in answer.lines}
    for one in answer.lines:
        shares[one.dataset, one.model] += one.rule == "last" and one.fraction is not None
    for one in answer.lines:
        if one.rule == "last" and (one.fraction is None or shares[one.dataset, one.model] == 1):
            sentences.append(
                f"{one.dataset}, {one.model}: {answer.reference} against what the search keeps: "
                f"{one.difference.mean:+.2f} F1 with the last checkpoint "
                f"({one.test.verdict(one.p)}), and the search costs {one.cost:.1f} runs of "
                f"{answer.reference}."
            )
    return [*sentences, *answer.left_out]


def answer_header(answer: Answer) -> tuple[str, ...]:
    """RETURNS (tuple[str]): Names of the columns."""
    return (
        "data set",
        "model",
        "selection",
        "share",
        "seeds",
        answer.reference,
        "search",
        "difference",
        "p adjusted",
        "verdict",
        "epochs chosen",
        "cost of the search",
    )


def answer_rows(answer: Answer) -> list[list[str]]:
    """RETURNS (list[list[str]]): A text per column."""
    return [
        [
            one.dataset,
            one.model,
            RULE_NAMES[one.rule],
            "all" if one.fraction is None else f"{one.fraction:g}",
            str(one.seeds),
            spread(one.reference),
            spread(one.search),
            f"{one.difference.mean:+.2f}"
            + ("" if one.difference.error is None else f" ± {one.difference.error:.2f}"),
            "-" if one.p is None else f"{one.p:.3g}",
            one.test.verdict(one.p),
            ", ".join(f"{epochs:g}" for epochs in one.chosen) if one.fraction is not None else "",
            f"{one.cost:.1f}",
        ]
        for one in answer.lines
    ]


def answer_markdown(answer: Answer) -> str:
    """RETURNS (str): The answer as a section in Markdown."""
    return "\n\n".join(
        [
            f"## {plain(answer_title(answer))}",
            "\n".join(
                plain(text)
                for text in (
                    describe_search(answer),
                    describe_columns(answer),
                    *describe_answer(answer),
                )
            ),
            table(answer_header(answer), answer_rows(answer)),
        ]
    )


def _searches(
    runs: Sequence[Run], candidates: Sequence[Run], names: Sequence[str], reference: str
) -> list[Search]:
    found = {(*run.job.cell, run.job.seed, run.job.approach): run for run in candidates}
    searches = []
    for run in runs:
        if run.job.approach == reference and names:
            keys = [(*run.job.cell, run.job.seed, name) for name in names]
            if all(key in found for key in keys):
                searches.append(Search(run, [found[key] for key in keys]))
    return searches


def _left_out(runs: Sequence[Run], names: Sequence[str], reference: str) -> list[str]:
    wanted = dict.fromkeys((reference, *names))
    there: dict[tuple[tuple[str, str], float, int], set[str]] = defaultdict(set)
    for run in runs:
        if run.job.approach == reference or run.job.search == SEARCH:
            there[run.data, run.job.size, run.job.seed].add(run.job.approach)
    seeds: dict[tuple[tuple[str, str], tuple[str, ...]], dict[float, list[int]]] = {}
    for (data, size, seed), found in there.items():
        if lack := tuple(name for name in wanted if name not in found):
            seeds.setdefault((data, lack), {}).setdefault(size, []).append(seed)
    sentences = []
    for (data, lack), by_size in seeds.items():
        places = "; ".join(describe_seeds(size, group) for size, group in by_size.items())
        sentences.append(f"Left out: {', '.join(data)}: without a run of {listed(lack)}: {places}.")
    return sentences


def _lines(searches: Sequence[Search], rule: str) -> list[SearchResult]:
    by_share = {
        share: list(group) for share, group in groupby(searches, key=lambda s: s.run.job.size)
    }
    groups: dict[float | None, list[Search]] = {**by_share}
    if len(by_share) > 1:
        groups[None] = list(searches)
    lines = []
    for share, group in groups.items():
        ours = [one.run.f1[rule] for one in group]
        best = [one.best(rule) for one in group]
        theirs = [one.f1[rule] for one in best]
        test = paired_test(ours, theirs)
        lines.append(
            SearchResult(
                *group[0].run.data,
                rule,
                share,
                len(group),
                summarize(ours),
                summarize(theirs),
                summarize([a - b for a, b in zip(ours, theirs, strict=True)]),
                [one.epochs for one in best],
                sum(c.updates for one in group for c in one.candidates)
                / sum(one.run.updates for one in group),
                test,
                test.p,
            )
        )
    adjusted = adjust([line.test for line in lines])
    return [line._replace(p=p) for line, p in zip(lines, adjusted, strict=True)]


def _epochs(runs: Sequence[Run], name: str) -> float:
    return next(run.epochs for run in runs if run.job.approach == name)
