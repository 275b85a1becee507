"""How long and at which rate the last training of crossfit should learn, and how far its
confidences are off: F1 and calibration on sentences of the pool that are not labelled.

    python -m benchmarks.quality.last_training runs/budget --rates 1e-4,3e-4 --times 1,2

Records of jobs with folds say how long these took. The last training is repeated on the same
labels, for another time or at another rate, and scored on what train and dev of the corpus hold
besides: the test set takes no part, so what comes out may choose a default. With `--on-test` it is
scored there instead, to say of what was chosen what a user gets.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import spacy
import typer
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training.initialize import init_nlp
from spacy.util import load_config
from tqdm import tqdm

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.config.names import LINEAR
from adaptive_spacy.experiments.fixed_length import LONGER
from adaptive_spacy.experiments.fold_outcomes import agree_on
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import Record, read_records
from adaptive_spacy.experiments.run_job import read_results, write_corpora, write_job_config
from adaptive_spacy.experiments.shipping import state_temperatures
from adaptive_spacy.experiments.threads import computing_in
from adaptive_spacy.report.comparison_runs import read_job
from adaptive_spacy.training.evaluation import evaluate
from adaptive_spacy.training.resume.driver import Driver
from benchmarks.measurements import add_lines

#: Sentences that score, at most
MOST = 800


def main(
    runs: Annotated[Path, typer.Argument(help="Records of a sweep with folds and labels.")],
    datasets: Annotated[str, typer.Option(help="Of these data sets.")] = "",
    labels: Annotated[str, typer.Option(help="With so many labels.")] = "",
    seeds: Annotated[str, typer.Option(help="Of these samples.")] = "1",
    rates: Annotated[str, typer.Option(help="Highest rates.")] = "1e-4",
    times: Annotated[str, typer.Option(help="Lengths, in those of the folds.")] = "1",
    linear: Annotated[bool, typer.Option(help="Let the rate fall from the warm-up on.")] = False,
    on_test: Annotated[bool, typer.Option(help="Score on the test set: chooses nothing.")] = False,
    output: Annotated[Path | None, typer.Option(help="JSONL, gets a line each.")] = None,
) -> None:
    """Print a line per training."""
    with one_line_errors():
        trainings = [
            (job, folds, rate, factor, linear, on_test)
            for job, folds in choose(runs, _list(datasets), _list(labels), _list(seeds))
            for factor in map(float, _list(times))
            for rate in map(float, _list(rates))
        ]
        if not trainings:
            raise ValueError(f"{runs}: expected records of jobs with folds, found none of these")
        for training in tqdm(trainings):
            row = measure(*training)
            tqdm.write(str(row))
            if output is not None:
                add_lines(output, [row])


def choose(
    runs: Path, datasets: list[str], labels: list[str], seeds: list[str]
) -> Iterator[tuple[Job, list[Record]]]:
    """YIELDS (tuple[Job, list[dict]]): Jobs with folds, and what these found; an empty list takes
    all."""
    for record in read_records(runs):
        job = read_job(record)
        if record["status"] != "done" or job.folds is None or job.labels is None:
            continue
        places = ((job.dataset, datasets), (str(job.labels), labels), (str(job.seed), seeds))
        if all(value in wanted or not wanted for value, wanted in places):
            yield job, record["folds"]


def measure(
    job: Job,
    folds: Sequence[Record],
    rate: float,
    factor: float,
    linear: bool = False,
    on_test: bool = False,
) -> dict[str, Any]:
    """Train once.

    folds (Sequence[dict]): What a record says of them.
    linear (bool): Whether the rate falls from the warm-up on, instead of after it was held.
    on_test (bool): Whether the test set scores, instead of the rest of the pool.
    RETURNS (dict): What was trained, its cost, F1 and expected calibration errors.
    """
    job = replace(job, settings={**job.settings, "variables.rate": rate})
    course = agree_on(folds)
    longer = course._replace(epochs=factor / LONGER * course.epochs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write_corpora(job, folder)
        if not on_test:
            files["test"] = write_rest(job, files, folder)
        path = write_job_config(job, files, folder, longer, keep=False)
        if linear:
            fall(path)
        with computing_in(job.threads), redirect_stdout(StringIO()):
            nlp = init_nlp(load_config(path))
            Driver(nlp, None).run()
            found = read_results(folder)
            errors = measure_calibration(nlp, folds, files["test"], folder / "model")
    return {
        "dataset": job.dataset,
        "labels": job.labels,
        "sample": job.seed,
        "rate": rate,
        "times": factor,
        "epochs": longer.epochs,
        "updates": found["updates"],
        "token_updates": found["token_updates"],
        "f1": found["results"]["last"]["test"]["f1"],
        **errors,
        **({"linear": True} if linear else {}),
        **({"on": "test"} if on_test else {}),
    }


def measure_calibration(
    nlp: Language, folds: Sequence[Record], corpus: Path, folder: Path
) -> dict[str, float | None]:
    """RETURNS (dict): The expected calibration error at the temperature that the folds measured, as
    a model of crossfit states its confidences, and at 1; None if it finds nothing."""
    nlp.to_disk(folder)
    state_temperatures(folder, folds)
    found = evaluate(str(folder), corpus)["confidence"] or {}
    stated, raw = (found.get(when, {}).get("calibration_error") for when in ("after", "before"))
    return {"calibration_error": stated, "calibration_error_at_1": raw}


def fall(path: Path) -> None:
    """Give a config of fixed length the schedule of configs/stable.cfg, with its rate and warm-up.
    RAISES (ValueError): If the rate is halved on the way, where folds were set back."""
    config = load_config(path)
    former = config["training"]["optimizer"]["learn_rate"]
    if former.get("halved"):
        raise ValueError("--linear: expected folds that were not set back, whose rate is halved")
    config["training"]["optimizer"]["learn_rate"] = {
        "@schedules": LINEAR,
        "rate": former["rate"],
        "warmup": former["warmup"],
    }
    config.to_disk(path)


def write_rest(job: Job, files: Mapping[str, Path], folder: Path) -> Path:
    """RETURNS (Path): Sentences of train and dev that are not labelled."""
    labelled = {doc.text for doc in _read(files["train"], job.lang)}
    pool = [doc for split in ("train", "dev") for doc in _read(job.files()[split], job.lang)]
    rest = [doc for doc in pool if doc.text not in labelled][:MOST]
    path = folder / "rest.spacy"
    DocBin(docs=rest, store_user_data=True).to_disk(path)
    return path


def _read(path: Path, lang: str) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(spacy.blank(lang).vocab))


def _list(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


if __name__ == "__main__":
    typer.run(main)
