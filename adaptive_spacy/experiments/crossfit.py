"""One labelled file is enough: folds find how long to train, then all labels train the model.

A dev set of its own costs labels that teach nothing, and the length that a single small one finds
is a lottery. So the labels are divided into folds. An adaptive training per fold learns from the
others and watches this one; the last training learns from all labels, for twice as many epochs as
those took on average, and halves its rate where most of them were set back. What falls out: a
prediction for each labelled sentence by a model that had not seen it, and with them what to expect
of the model on sentences like these.
"""

import json
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.cli._util import setup_gpu
from spacy.tokens import Doc
from spacy.training.loop import DIR_MODEL_LAST
from thinc.api import Config

from adaptive_spacy.config.loading import load_pipeline
from adaptive_spacy.experiments.courses import require_end
from adaptive_spacy.experiments.expectation import Expectation
from adaptive_spacy.experiments.fixed_length import LONGER, curve_of, fix_epochs
from adaptive_spacy.experiments.fold_jobs import (
    identify,
    make_jobs,
    require_adaptive,
    settle_lang,
)
from adaptive_spacy.experiments.fold_outcomes import FOLDS, OUT_OF_FOLD, join_folds, locate_folds
from adaptive_spacy.experiments.folds import divide, fold_names, write_folds
from adaptive_spacy.experiments.grid import MOST_THREADS
from adaptive_spacy.experiments.inputs import hash_inputs, keep_config, require_same
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.labelled import settle_docs
from adaptive_spacy.experiments.local import LocalProcesses
from adaptive_spacy.experiments.progress import Progress
from adaptive_spacy.experiments.records import Record
from adaptive_spacy.experiments.runner import Backend, sweep
from adaptive_spacy.experiments.shipping import (
    begin_output,
    clear_up,
    keep_aside,
    mark,
    publish,
    require_output,
    state_temperatures,
    train_aside,
    write_docs,
)
from adaptive_spacy.experiments.threads import computing_in
from adaptive_spacy.files import replacing
from adaptive_spacy.parsing import read_object
from adaptive_spacy.training.history import read_history

if TYPE_CHECKING:
    from spacy.language import Language

#: What the output holds beside `model-last`, the folds and what they predicted
LABELLED = "labelled.spacy"
CROSSFIT = "crossfit.json"

#: What meta.json has of the record
ABOUT = ("labelled", "folds", "epochs", "halved", "expected", "seed")
NOTES = "Unfinished: its scores are of sentences that it was trained on."
NOTHING_RIGHT = (
    "no entity that the folds predicted is right: how long they took tells nothing of how long to "
    "train; see the labels, the rate (--variables.rate) and the transformer"
)


class CrossFit(NamedTuple):
    """The pipeline that was trained on all labels, and what to expect of it.

    nlp (Language): The pipeline.
    expected (Expectation): Scores of the folds' models on what each had not seen. They learnt from
        fewer labels, so the pipeline should do a little better.
    record (dict): What crossfit.json holds.
    """

    nlp: "Language"
    expected: Expectation
    record: Record


def crossfit(
    docs: Iterable[Doc],
    *,
    config: str | Path,
    output: str | Path,
    folds: int = 5,
    seed: int = 0,
    lang: str | None = None,
    settings: Mapping[str, Any] | None = None,
    threads: int = 1,
    backend: Callable[[], Backend] | None = None,
    gpu_id: int = -1,
    silent: bool = False,
) -> CrossFit:
    """Train on all labelled docs, twice as long as adaptive trainings on parts of them took.

    docs (Iterable[Doc]): The labelled docs, a sentence each or more; empty ones are left out, and
        such that are not annotated, which is said in a warning.
    config (str | Path): An adaptive config, e.g. configs/adaptive.cfg.
    output (str | Path): Gets `model-last`, its history, `crossfit.json`, the docs in
        `labelled.spacy`, what was predicted for each in `out-of-fold.spacy`, and the trainings in
        `folds`. A run that was broken off goes on where it was; what an earlier one of other docs
        left is there until the new model takes its place.
    folds (int): Adaptive trainings; each holds out one part of the docs. Fewer where a part would
        have no entity of a type that others have too, which is said in a warning.
    seed (int): Of the folds, the weights and the order of the batches.
    lang (str | None): Language code of the docs; None: as they say themselves, or else "en".
    settings (Mapping | None): Overrides of the config by dotted key, e.g. {"variables.rate": 1e-4}.
    threads (int): Of each training.
    backend (Callable | None): Makes what trains the folds, if any is left to train; None: one
        after the other, here.
    gpu_id (int): Number of the GPU; -1: the processor.
    silent (bool): Show no progress of the folds.
    RETURNS (CrossFit): The pipeline and what to expect of it.
    RAISES (ValueError): If the docs, the config, a setting or the GPU do not do, before anything is
        written; or if a fold's training fails.
    """
    config, output = Path(config), Path(output)
    if not isinstance(threads, int) or not 1 <= threads <= MOST_THREADS:
        raise ValueError(
            f"threads: expected a whole number >= 1 and <= {MOST_THREADS}, got {threads!r}"
        )
    docs = settle_docs(docs)
    require_output(output, made_by="crossfit")
    lang = settle_lang(docs, lang)
    assigned = divide(docs, folds, seed)
    names = fold_names(len(set(assigned)))
    jobs = make_jobs(
        [output / FOLDS / "corpora" / name for name in names],
        config=config,
        settings=settings or {},
        seed=seed,
        lang=lang,
        threads=threads,
        device="gpu" if gpu_id >= 0 else "cpu",
    )
    require_adaptive(jobs[0])
    if gpu_id >= 0:
        setup_gpu(gpu_id, silent=True)
    lock = begin_output(output, made_by="crossfit")
    try:
        write_folds(docs, assigned, [Path(job.corpus) for job in jobs])
        jobs = keep_config(jobs, output / FOLDS)
        inputs, places = hash_inputs(jobs), locate_folds(jobs, output)
        identity = identify(jobs, docs)
        if (done := read_done(output, identity)) is None:
            for job in jobs:
                require_end(job)
            place = LocalProcesses(1, keep=False, gpu_id=gpu_id) if backend is None else backend()
            records = train_folds(jobs, output, place, silent)
            require_same(inputs, hash_inputs(jobs))
            held_out, found = join_folds(jobs, places, records, docs, assigned, output)
            if not found["expected"]["f1"]:
                warnings.warn(NOTHING_RIGHT, stacklevel=2)
            done = {"identity": identity, "seed": seed, "labelled": len(docs), **found}
            corpus = keep_aside(docs, output, LABELLED)
            with computing_in(threads):
                fixed, model = train_all(jobs[0].make_config(), corpus, done, output, gpu_id)
            # what is there is of another run
            (output / CROSSFIT).unlink(missing_ok=True)
            with replacing(output / OUT_OF_FOLD) as aside:
                write_docs(held_out, aside)
            publish(model, output, config=fixed, corpus=corpus)
            text = json.dumps(done, indent=1)
            with replacing(output / CROSSFIT) as aside:
                aside.write_text(text, encoding="utf8")
            # whoever calls again gets the same: JSON has lists for tuples
            done = json.loads(text)
        clear_up(output)
    finally:
        del lock
    setup_gpu(gpu_id, silent=True)
    return CrossFit(
        load_pipeline(output / DIR_MODEL_LAST), Expectation(**read_expected(done)), done
    )


def read_done(output: Path, identity: str) -> Record | None:
    """RETURNS (dict | None): The record of the same run, if it came to its end."""
    path = output / CROSSFIT
    if not all((output / name).exists() for name in (CROSSFIT, OUT_OF_FOLD, DIR_MODEL_LAST)):
        return None
    record = read_object(path, "a record of crossfit")
    return record if record.get("identity") == identity else None


def train_folds(jobs: Sequence[Job], output: Path, backend: Backend, silent: bool) -> list[Record]:
    """Train the folds that have no record yet.

    RETURNS (list[dict]): The records, by fold.
    RAISES (ValueError): If a training failed; with its reason.
    """
    outcome = sweep(
        jobs, output / FOLDS, backend, retry_failed=True, progress=Progress(jobs, silent=silent)
    )
    if outcome.failed:
        first = outcome.failed[0]
        # ours say in a line what was expected: its class tells nothing more
        reason = first["reason"].removeprefix(f"{ValueError.__name__}: ")
        raise ValueError(
            f"{len(outcome.failed)} of {len(jobs)} folds failed, {first['job']['dataset']}: "
            f"{reason}"
        )
    by_fold = {record["job"]["dataset"]: record for record in outcome.done}
    return [by_fold[job.dataset] for job in jobs]


def train_all(
    config: Config, corpus: Path, record: Record, output: Path, gpu_id: int
) -> tuple[Config, Path]:
    """Train on all docs, as long as the record says. RETURNS (tuple[Config, Path]): By what, and
    the model, which says how it was made."""
    config, length, halved = config.interpolate(), record["epochs"], record["halved"]
    fixed = fix_epochs(config, curve_of(config), length, corpus, halved)
    setup_gpu(gpu_id, silent=True)
    model = train_aside(fixed, output, notes=NOTES, gpu_id=gpu_id)
    record["history"] = [asdict(one) for one in read_history(model.parent)]
    about = {key: record[key] for key in ABOUT}
    # the same seed makes the same model
    about["folds"] = [{key: one[key] for key in one if key != "seconds"} for one in record["folds"]]
    mark(model, notes=describe(record), crossfit=about)
    state_temperatures(model, record["folds"])
    return fixed, model


def describe(record: Record) -> str:
    """RETURNS (str): What the model is and what to expect of it, in words."""
    expected = Expectation(**read_expected(record))
    count = len(record["folds"])
    epochs = ", ".join(f"{one:.1f}" for one in record["halved"])
    halved = f" The rate is halved where most of them were set back (after epoch {epochs})."
    return (
        f"Trained on all {record['labelled']} labelled sentences for {record['epochs']:.1f} "
        f"epochs, {LONGER} times as many as {count} adaptive trainings on {count - 1} of {count} "
        f"parts of them took on average.{halved if epochs else ''} This is the last model, nothing "
        "was selected. Expected F1, of those trainings on the part that each had not seen: "
        f"{expected.describe()} in percent, the interval at 95 %."
    )


def read_expected(record: Record) -> dict[str, Any]:
    """RETURNS (dict): The arguments of `Expectation`, as JSON keeps them."""
    expected = dict(record["expected"])
    interval = expected["interval"]
    return {**expected, "interval": None if interval is None else tuple(interval)}
