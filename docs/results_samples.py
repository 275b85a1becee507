"""Whose records docs/results.md shows, and of which samples."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from adaptive_spacy.experiments.records import Record
from adaptive_spacy.report.budget import Cell

REFERENCE = "crossfit"
#: Its last training as long as the folds took, as it was before it was twice as long
ONCE = "once"
#: In the order of the page: those that divide the labels, and fixed lengths on all of them
DIVIDED = ("bounded", "adaptive")
#: Trained as adaptive is in this grid, whose rate it has; ships what `SHIPPED` says
PAPER = "paper"
#: 20 epochs or so many updates, whichever is more
LEAST = 200
FIXED = (
    "linear-20-1e-4",
    "linear-20-3e-4",
    "linear-40-1e-4",
    "linear-40-3e-4",
    "linear-200-1e-4",
    "linear-200-3e-4",
    "huggingface",
)
APPROACHES = (REFERENCE, *DIVIDED, PAPER, *FIXED)
#: Of the sweep with a transformer of the size of BERT
BERT_FIXED = ("linear-200-5e-5", "linear-200-1e-4", "linear-400-5e-5", "linear-400-1e-4")
BERT_APPROACHES = (REFERENCE, DIVIDED[0], *BERT_FIXED)


def beside_once(records: Iterable[Record], once: Iterable[Record]) -> list[Record]:
    """RETURNS (list[dict]): The reference's records, and those of the same samples whose last
    training was as long as the folds took, as another approach."""
    found = {sample_of(one): one for one in records if one["job"]["approach"] == REFERENCE}
    same = [one for one in once if sample_of(one) in found]
    return [*found.values(), *({**one, "job": {**one["job"], "approach": ONCE}} for one in same)]


def sample_of(record: Record) -> tuple[Cell, int]:
    """RETURNS (tuple): Which sample of labels of which data set it was trained on."""
    job = record["job"]
    return Cell(job["dataset"], job["model"], job["labels"]), job["seed"]


def whole_samples(
    records: Iterable[Record], approaches: Sequence[str] = APPROACHES
) -> list[Record]:
    """RETURNS (list[dict]): The records of the samples on which all approaches were trained, so
    that what stands side by side was trained on the same sentences."""
    samples: dict[tuple[Cell, int], dict[str, Record]] = defaultdict(dict)
    for record in records:
        job = record["job"]
        if job["labels"] is not None and record["status"] == "done":
            samples[sample_of(record)][job["approach"]] = record
    return [
        record
        for _, found in sorted(samples.items())
        for trained in [add_same(found)]
        if trained.keys() >= set(approaches)
        for record in (trained[name] for name in approaches)
    ]


def add_same(found: dict[str, Record]) -> dict[str, Record]:
    """RETURNS (dict[str, Record]): A sample's records by approach, with those of approaches that
    are the same training as another one: the paper's, and 200 updates where 20 epochs have more."""
    same = {PAPER: found["adaptive"]} if "adaptive" in found else {}
    for rate in ("1e-4", "3e-4"):
        record = found.get(f"linear-20-{rate}")
        if record is not None and record["updates"] > LEAST:
            same[f"linear-200-{rate}"] = record
    return {
        name: {**record, "job": {**record["job"], "approach": name}}
        for name, record in {**same, **found}.items()
    }
