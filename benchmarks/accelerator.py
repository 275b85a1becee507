"""All that a GPU changes, in one command of less than ten minutes.

    python -m benchmarks.accelerator --corpus corpus/wikigold --output gpu.jsonl

It trains `adaptive.cfg` twice, once undisturbed and once ended by SIGTERM and resumed, and compares
the weights; evaluates the model on the GPU and on the processor, and compares the entities; and
times training and tagging beside the peers (`speed/compare.py`). `--gpu-id -1` does the same on the
processor.
"""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import spacy
import torch
import typer
from spacy.cli._util import setup_gpu
from spacy.tokens import DocBin
from spacy.vocab import Vocab
from thinc.api import require_cpu

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.training.calibration import percent
from adaptive_spacy.training.evaluation import evaluate
from adaptive_spacy.training.resume.parameters import save_weights
from adaptive_spacy.transformer.shim import precision_of
from benchmarks.measurements import add_lines
from benchmarks.speed.compare import compare, table

#: Evaluations after which the training is broken off
BROKEN_AFTER = 3


class Trainings:
    """Trainings of one corpus by the command `train`. arguments (Sequence[str]): Of all of them."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.arguments = [*arguments]

    def start(self, output: Path, *more: str) -> "subprocess.Popen[bytes]":
        """RETURNS (Popen): A training that runs."""
        command = [sys.executable, "-m", "adaptive_spacy", "train", "configs/adaptive.cfg"]
        return subprocess.Popen([*command, "--output", str(output), *self.arguments, *more])

    def run(self, output: Path, *more: str) -> float:
        """RETURNS (float): Seconds. RAISES (ValueError): If it fails."""
        started = time.perf_counter()
        if code := self.start(output, *more).wait():
            raise ValueError(f"the training in {output} ended with exit code {code}")
        return time.perf_counter() - started

    def break_off(self, output: Path) -> None:
        """End a training in its middle. RAISES (ValueError): If it came to its end before."""
        process = self.start(output)
        history = output / "history.jsonl"
        while process.poll() is None and count_lines(history) < BROKEN_AFTER:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        if (code := process.wait()) != 128 + signal.SIGTERM:
            raise ValueError(f"expected exit code 143 of the training in {output}, got {code}")


def count_lines(path: Path) -> int:
    """RETURNS (int): Lines of a file that may not be there yet."""
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def compare_weights(one: Path, other: Path) -> float:
    """RETURNS (float): The largest difference of two models' weights, 0.0 if they are alike to the
    last bit, NaN if one is no number. RAISES (ValueError): If they have other weights."""
    require_cpu()
    first, second = (save_weights(spacy.load(folder)) for folder in (one, other))
    if first.keys() != second.keys():
        raise ValueError(f"{other}: expected the weights of {one}, found those of another network")
    pairs = ((torch.as_tensor(first[name]), torch.as_tensor(second[name])) for name in first)
    # torch's maximum of a NaN is NaN, Python's is not
    gaps = [(left - right).abs().max().double() for left, right in pairs if left.numel()]
    return float(torch.stack(gaps).max())


class Reading(NamedTuple):
    """What a device finds.

    entities (list): Of each text: first and last character and type.
    precision (str | None): What the transformer computed in.
    """

    entities: list[list[tuple[int, int, str]]]
    precision: str | None


def tag(model: Path, texts: Sequence[str], gpu_id: int) -> Reading:
    """RETURNS (Reading): What a device finds in the texts."""
    if gpu_id < 0:
        require_cpu()
    else:
        setup_gpu(gpu_id, silent=True)
    nlp = spacy.load(model)
    entities = [
        [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents] for doc in nlp.pipe(texts)
    ]
    return Reading(entities, precision_of(nlp))


def check(
    corpus: Path, transformer: Path, gpu_id: int, epochs: int, folder: Path
) -> dict[str, Any]:
    """Train, break off, resume, evaluate and predict.

    RETURNS (dict): Seconds of the training; "resumed", the largest difference of a weight; F1 on
        the test set; "texts" and how many of them the processor reads "otherwise"; the "precisions"
        of both, as another one alone can make a difference.
    """
    trainings = Trainings(
        [
            *("--paths.train", str(corpus / "train.spacy")),
            *("--paths.dev", str(corpus / "dev.spacy")),
            *("--variables.transformer", str(transformer), "--variables.rate", "1e-4"),
            *("--training.max_epochs", str(epochs), "--gpu-id", str(gpu_id)),
        ]
    )
    seconds = trainings.run(folder / "whole")
    trainings.break_off(folder / "resumed")
    trainings.run(folder / "resumed", "--resume")
    whole, resumed = (folder / name / "model-last" for name in ("whole", "resumed"))
    metrics = evaluate(str(whole), corpus / "test.spacy", gpu_id=gpu_id)
    docs = DocBin().from_disk(corpus / "test.spacy").get_docs(Vocab())
    texts = [doc.text for doc in docs]
    there, here = tag(whole, texts, gpu_id), tag(whole, texts, -1)
    return {
        "seconds": seconds,
        "resumed": compare_weights(whole, resumed),
        "f1": metrics["spacy"]["ents_f"],
        "texts": len(texts),
        "otherwise": sum(
            one != other for one, other in zip(there.entities, here.entities, strict=True)
        ),
        "precisions": [there.precision, here.precision],
    }


@one_line_errors()
def main(
    corpus: Annotated[Path, typer.Option(help="Folder of train, dev and test.spacy.")],
    transformer: Annotated[Path, typer.Option(help="Folder.")] = Path("assets/transformer"),
    gpu_id: Annotated[int, typer.Option(help="Number of the GPU; -1: the processor.")] = 0,
    epochs: Annotated[
        int, typer.Option(min=BROKEN_AFTER + 2, help="Of the training, which is broken off.")
    ] = 8,
    sentences: Annotated[
        int, typer.Option(min=1, help="Training sentences per timed epoch.")
    ] = 320,
    rounds: Annotated[int, typer.Option(min=1, help="Timed rounds.")] = 3,
    output: Annotated[Path | None, typer.Option(help="JSONL, gets a line.")] = None,
) -> None:
    """Check and measure; a table and, with --output, a record."""
    if gpu_id >= 0 and not torch.cuda.is_available():
        raise typer.BadParameter("expected a GPU that torch sees, found none; --gpu-id -1")
    if gpu_id >= 0 and torch.cuda.device_count() > 1:
        raise typer.BadParameter(
            "Hugging Face's trainer takes all GPUs; hide the others with "
            f"CUDA_VISIBLE_DEVICES={gpu_id} and give --gpu-id 0"
        )
    if gpu_id < 0 and torch.cuda.is_available():
        raise typer.BadParameter("the peers take the GPU; hide it with CUDA_VISIBLE_DEVICES=")
    for path in (*(corpus / f"{split}.spacy" for split in ("train", "dev", "test")), transformer):
        if not path.exists():
            raise typer.BadParameter(f"{path}: expected what is trained on, found nothing")
    if output is not None and not output.parent.is_dir():
        raise typer.BadParameter(f"{output}: expected a file in a folder that is there")
    if gpu_id >= 0:
        # spaCy needs more than torch does
        setup_gpu(gpu_id, silent=True)
    with tempfile.TemporaryDirectory() as folder:
        found = check(corpus, transformer, gpu_id, epochs, Path(folder))
    typer.echo(
        f"Trained {epochs} epochs in {found['seconds']:.0f} s, F1 {percent(found['f1'])}. "
        f"Resumed: largest difference of a weight {found['resumed']:.3g}. The processor, in "
        f"{found['precisions'][1]}, reads {found['otherwise']} of {found['texts']} texts otherwise "
        f"than in {found['precisions'][0]} here."
    )
    if gpu_id >= 0:
        setup_gpu(gpu_id, silent=True)
    record = compare(corpus, transformer, sentences, rounds)
    if output is not None:
        add_lines(output, [{**record, "checked": found}])
    typer.echo(table(record))


if __name__ == "__main__":
    typer.run(main)
