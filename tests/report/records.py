"""Records of jobs that nobody trained."""

from pathlib import Path
from typing import Any

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import RULES, write_record

PHASES = ("warmup", "warmup", "plateau", "cooldown")


def make_job(approach: str, seed: int, fraction: float = 1.0, **changes: Any) -> Job:
    job = {
        "approach": approach,
        "config": "configs/x.cfg",
        "settings": {},
        "train_on_dev": False,
        "search": None,
        "dataset": "news",
        "corpus": "corpus/news",
        "lang": "en",
        "model": "tiny",
        "transformer": "assets/tiny",
        "fraction": fraction,
        "seed": seed,
        "threads": 1,
        "device": "cpu",
    }
    return Job(**{**job, **changes})


def make_record(
    job: Job,
    f1: float | dict[str, float] | None,
    *,
    dev_f1: float = 0.5,
    epochs: int = 3,
    updates: int = 1000,
    finished: str = "2026-01-01T00:00:00+00:00",
    reason: str = "it broke",
) -> dict[str, Any]:
    """f1: Test F1 in [0, 1], by rule or of all; None: the job failed."""
    record: dict[str, Any] = {"format": 1, "id": job.name, "job": job.to_dict()}
    record |= {"finished": finished, "definition": {}, "reason": None, "status": "done"}
    if f1 is None:
        return {**record, "status": "failed", "reason": reason}
    by_rule = f1 if isinstance(f1, dict) else dict.fromkeys(RULES, f1)
    history = [
        {
            "epoch": i,
            "step": 2 * i,
            "steps_per_round": 2,
            "phase": PHASES[min(i, 3)] if job.approach == "adaptive" else None,
            "dev_loss": 1 / (i + 1),
            "f": dev_f1,
            "seconds": float(i),
        }
        for i in range(epochs + 1)
    ]
    result = {"epoch": epochs, "step": 2 * epochs, "dev_loss": 0.5, "dev_f1": dev_f1}
    return record | {
        "results": {rule: {**result, "test": {"f1": by_rule[rule]}} for rule in RULES},
        "history": history,
        "epochs": epochs,
        "updates": 2 * epochs,
        "token_updates": updates,
        "seconds": 60.0,
        "versions": {"spacy": "3.8.18"},
        "data": {"train": {"sentences": round(100 * job.fraction), "tokens": 1000}},
    }


def make_labelled(
    approach: str, seed: int, labels: int, right: int, best_loss: int = 0, **changes: Any
) -> dict[str, Any]:
    """A training on labelled sentences. right: Entities of 100 in 50 test sentences, all found,
    that its last checkpoint gets right; best_loss: that the one with the lowest loss does."""
    job = make_job(approach, seed, labels=labels, dev=0.2, **changes)
    made = make_record(job, right / 100, finished=f"2026-01-01T00:00:{seed:02d}+00:00")
    step = made["results"]["last"]["step"]
    made["results"]["best_loss"]["step"] = step - 2
    made["sentences"] = {
        "tokens": None,
        "checkpoints": {str(step): _count(right), str(step - 2): _count(best_loss)},
    }
    return made


def _count(right: int) -> dict[str, Any]:
    tp = [2 * (i < right / 2) for i in range(50)]
    wrong = [2 - one for one in tp]
    return {"tp": tp, "fp": wrong, "fn": wrong, "loss": None}


def add_types(record: dict[str, Any], f1: dict[str, float | None]) -> None:
    """Add test F1 in [0, 1] by type to a record of a job that is done."""
    for one in record.get("results", {}).values():
        one["test"]["per_type"] = {name: {"f1": f1[name], "support": 20} for name in f1}


def write_records(folder: Path, records: list[dict[str, Any]]) -> Path:
    for i, record in enumerate(records):
        write_record(folder / f"{record['id']}-{i}", record)
    return folder
