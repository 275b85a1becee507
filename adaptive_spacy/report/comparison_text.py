"""A comparison in words: what was found, as lines, table cells and Markdown."""

from collections import Counter
from collections.abc import Iterator, Sequence

from adaptive_spacy.experiments.records import RULES
from adaptive_spacy.experiments.statistics import Summary
from adaptive_spacy.printable import visible
from adaptive_spacy.report.comparison import RULE_NAMES, Comparison, Contrast, Row
from adaptive_spacy.report.comparison_runs import read_job
from adaptive_spacy.report.markdown import plain, table
from adaptive_spacy.report.mixed import describe_mixtures
from adaptive_spacy.report.tested import describe_older

ALL = "all"
MORE = {"higher": "more", "lower": "less"}

NOTES = """\
F1 is the micro average of entities on the whole test set, by seqeval, in percent. ± is the standard
error of the mean over seeds; square brackets hold its bootstrap interval at 95 %, which is too
narrow where seeds are few. Each training gives three results: of the checkpoint with the lowest
validation loss, of the one with the highest validation F1, and of the last one. Cost counts tokens
that were learnt from, over all epochs."""

CONTRAST_NOTES = """\
Paired permutation tests, two-sided, between runs of the same data, share and seed; exact up to 13
pairs. p is adjusted after Holm for all tests of the same data set, model and selection rule that
have pairs enough to show something. n pairs cannot give a p below 2 / 2^n: with 5 seeds or fewer no
difference at a single share can be shown, however large it looks. "all" puts the pairs of all
shares together; their training sets are nested, so it speaks of these data."""


def describe_sources(comparison: Comparison) -> list[str]:
    """RETURNS (list[str]): How many seeds, what failed, what is missing; a line each."""
    counts = Counter(len(row.seeds) for row in comparison.rows)
    seeds = ", ".join(f"{n} seed{'s' if n != 1 else ''} in {counts[n]}" for n in sorted(counts))
    lines = [
        f"{len(comparison.runs)} trainings in {len(comparison.rows)} rows: {seeds}.",
    ]
    for record in comparison.failed:
        lines.append(f"Failed: {read_job(record).name}: {visible(str(record['reason']))}")
    if zeros := Counter(run.job.approach for run in comparison.runs if run.f1["last"] == 0):
        names = ", ".join(f"{visible(name)} ({count})" for name, count in zeros.items())
        lines.append(
            f"Not an entity right, F1 0 of the last checkpoint, in {zeros.total()} trainings: "
            f"{names}."
        )
    if comparison.unfinished:
        names = ", ".join(comparison.unfinished)
        lines.append(f"Without a record, running or interrupted: {visible(names)}.")
    if comparison.superseded:
        lines.append(
            f"Left out: {comparison.superseded} older records of jobs whose definition changed."
        )
    lines += describe_older(comparison.older)
    lines += describe_mixtures(comparison.versions, comparison.contents, comparison.settings)
    return lines


def find_main(comparison: Comparison, rule: str) -> Iterator[Contrast]:
    """YIELDS (Contrast): The tests over all shares of a data set; that of the share where there is
    one."""
    for one in comparison.contrasts:
        own = [other for other in comparison.contrasts if other[:2] == one[:2]]
        shares = {other.fraction for other in own} - {None}
        if one.rule == rule and (one.fraction is None or len(shares) == 1):
            yield one


def describe_findings(comparison: Comparison, rule: str) -> list[str]:
    """RETURNS (list[str]): What the tests over all shares of a data set say, a line each; the
    single share's where there is one."""
    return [
        f"{one.dataset}, {one.model}: {one.reference} against {one.approach}: "
        f"{one.test.difference:+.2f} F1, {one.verdict}"
        for one in find_main(comparison, rule)
    ]


def conclude(one: Contrast) -> str:
    """RETURNS (str): What a test says, in a sentence that needs no table beside it."""
    gap = one.test.difference
    if one.verdict in MORE:
        said = f"{one.reference} has {abs(gap):.1f} points of F1 {MORE[one.verdict]} than "
        said += one.approach
    elif one.verdict == "no difference shown":
        said = f"whether {one.reference} and {one.approach} differ is not shown ({gap:+.1f})"
    else:
        said = f"{one.reference} has {gap:+.1f} points of F1 beside {one.approach}, but that "
        said += one.verdict
    about = [f"{one.test.pairs} {'pair' if one.test.pairs == 1 else 'pairs'} of trainings"]
    if one.interval is not None and one.verdict in MORE:
        about.append(f"95 % {interval_cell(one.interval, '+.1f')}")
    if one.p is not None:
        about.append(f"adjusted p {p_value(one.p)}")
    place = "" if one.fraction is not None else ", all shares"
    return f"{one.dataset}, {one.model}{place}: {said}. {', '.join(about)}."


def to_markdown(comparison: Comparison, figures: Sequence[tuple[str, str]]) -> str:
    """Write the comparison as Markdown.

    comparison (Comparison): The comparison.
    figures (Sequence[tuple]): Title and relative path of each figure.
    RETURNS (str): The text.
    """
    blocks = ["# Comparison of approaches", *map(plain, describe_sources(comparison)), NOTES]
    blocks += ["## Test F1", table(ROW_HEADER, [row_cells(row) for row in comparison.rows])]
    for rule in RULES:
        findings = describe_findings(comparison, rule)
        if findings:
            blocks += [f"### What the tests show: {RULE_NAMES[rule]}"]
            blocks += ["\n".join(f"- {plain(finding)}" for finding in findings)]
    if comparison.contrasts:
        blocks += ["## Tests", CONTRAST_NOTES]
        blocks += [table(CONTRAST_HEADER, [contrast_cells(one) for one in comparison.contrasts])]
    if figures:
        blocks += ["## Figures", *(f"![{plain(title)}]({path})" for title, path in figures)]
    return "\n\n".join(blocks) + "\n"


#: Of a grid over shares, or over numbers of labels
SIZE = "share or labels"
ROW_HEADER = (
    "data set",
    "model",
    SIZE,
    "sentences",
    "approach",
    "seeds",
    *RULE_NAMES.values(),
    "interval (last)",
    "epochs",
    "token updates",
    "minutes",
)
CONTRAST_HEADER = (
    "data set",
    "model",
    "selection",
    "share",
    "comparison",
    "pairs",
    "difference",
    "p",
    "p adjusted",
    "verdict",
)


def row_cells(row: Row) -> list[str]:
    """RETURNS (list[str]): A row of the table, one text per column of `ROW_HEADER`."""
    return [
        row.dataset,
        row.model,
        f"{row.fraction:g}",
        str(row.sentences),
        row.approach,
        ", ".join(str(seed) for seed in row.seeds),
        *(spread(row.f1[rule]) for rule in RULES),
        interval_cell(row.f1["last"].interval),
        spread(row.epochs),
        f"{row.updates.mean / 1000:.0f} k",
        spread(row.seconds, 60),
    ]


def contrast_cells(contrast: Contrast) -> list[str]:
    """RETURNS (list[str]): A row of the table, one text per column of `CONTRAST_HEADER`."""
    return [
        contrast.dataset,
        contrast.model,
        RULE_NAMES[contrast.rule],
        ALL if contrast.fraction is None else f"{contrast.fraction:g}",
        f"{contrast.reference} − {contrast.approach}",
        str(contrast.test.pairs),
        f"{contrast.test.difference:+.2f}",
        p_value(contrast.test.p),
        p_value(contrast.p),
        contrast.verdict,
    ]


def spread(summary: Summary, unit: float = 1.0) -> str:
    """RETURNS (str): Mean ± standard error; the mean alone of a single seed."""
    mean = f"{summary.mean / unit:.1f}"
    return mean if summary.error is None else f"{mean} ± {summary.error / unit:.1f}"


def interval_cell(interval: tuple[float, float] | None, form: str = ".1f") -> str:
    """RETURNS (str): The bounds in square brackets; "-" for none."""
    return "-" if interval is None else f"[{interval[0]:{form}}, {interval[1]:{form}}]"


def p_value(p: float | None) -> str:
    return "-" if p is None else f"{p:.3g}"
