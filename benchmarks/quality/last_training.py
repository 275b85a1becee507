"""How long and at which rate the last training of crossfit should learn: F1 on sentences of the
pool that are not labelled.

    python -m benchmarks.quality.last_training runs/budget --rates 1e-4,3e-4 --times 1,2

Records of jobs with folds say how long these took. The last training is repeated on the same
labels, longer or at another rate, and scored on what train and dev of the corpus hold besides: the
test set takes no part, so what comes out may choose a default.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import spacy
import typer
from spacy.tokens import Doc, DocBin
from spacy.training.initialize import init_nlp
from spacy.util import load_config
from tqdm import tqdm

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.config.names import LINEAR
from adaptive_spacy.experiments.courses import Course
from adaptive_spacy.experiments.fold_outcomes import agree_on
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import read_records
from adaptive_spacy.experiments.run_job import read_results, write_corpora, write_job_config
from adaptive_spacy.experiments.threads import computing_in
from adaptive_spacy.report.comparison_runs import read_job
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
    times: Annotated[str, typer.Option(help="Lengths, in those that the folds found.")] = "1",
    linear: Annotated[bool, typer.Option(help="Let the rate fall from the warm-up on.")] = False,
    output: Annotated[Path | None, typer.Option(help="JSONL, gets a line each.")] = None,
) -> None:
    """Print a line per training."""
    with one_line_errors():
        trainings = [
            (job, course, rate, factor, linear)
            for job, course in choose(runs, _list(datasets), _list(labels), _list(seeds))
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
) -> Iterator[tuple[Job, Course]]:
    """YIELDS (tuple[Job, Course]): Jobs with folds, and what these found; an empty list takes
    all."""
    for record in read_records(runs):
        job = read_job(record)
        if record["status"] != "done" or job.folds is None or job.labels is None:
            continue
        places = ((job.dataset, datasets), (str(job.labels), labels), (str(job.seed), seeds))
        if all(value in wanted or not wanted for value, wanted in places):
            yield job, agree_on(record["folds"])


def measure(
    job: Job, course: Course, rate: float, factor: float, linear: bool = False
) -> dict[str, Any]:
    """Train once.

    linear (bool): Whether the rate falls from the warm-up on, instead of after it was held.
    RETURNS (dict): What was trained, its cost and F1.
    """
    job = replace(job, settings={**job.settings, "variables.rate": rate})
    longer = Course(factor * course.epochs, tuple(factor * one for one in course.halved))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write_corpora(job, folder)
        files["test"] = write_rest(job, files, folder)
        path = write_job_config(job, files, folder, longer, keep=False)
        if linear:
            fall(path)
        with computing_in(job.threads), redirect_stdout(StringIO()):
            Driver(init_nlp(load_config(path)), None).run()
        found = read_results(folder)
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
        **({"linear": True} if linear else {}),
    }


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
