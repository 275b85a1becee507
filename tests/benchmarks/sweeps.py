"""Records of the sweep over labels, and the pages that tell of them."""

from adaptive_spacy.experiments.records import Record, read_records
from tests.conftest import ROOT

#: By data set, labels and seed
Records = dict[tuple[str, int, int], Record]
UNER = "uner_english_ewt"
RESULTS = ROOT / "benchmarks" / "results"


def read_page(name: str) -> str:
    """RETURNS (str): A page of docs on one line."""
    return " ".join((ROOT / "docs" / name).read_text(encoding="utf8").split())


def read(name: str, approach: str) -> Records:
    """RETURNS (dict): The records of an approach in a set by data set, labels and seed."""
    return {
        (job["dataset"], job["labels"], job["seed"]): one
        for one in read_records(RESULTS / name)
        for job in [one["job"]]
        if job["approach"] == approach
    }


def f1(record: Record) -> float:
    return 100 * float(record["results"]["last"]["test"]["f1"])
