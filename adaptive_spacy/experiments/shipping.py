"""A model that was trained on all labels, put in place when it is finished and says what it is.

Its dev scores are of sentences that it has seen, so nothing is selected by them and none is stated.
Until it is marked it lies in a folder of its own, with what it learns from, where nobody takes it
for a finished one, and where its training goes on when it is started again. What an earlier run
left in the output is whole until then.
"""

import json
import math
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import spacy
import srsly
from spacy.tokens import Doc, DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import DIR_MODEL_LAST
from spacy.util import dot_to_object, resolve_dot_names
from thinc.api import Config

from adaptive_spacy.config.checksums import seal
from adaptive_spacy.config.loading import read_config
from adaptive_spacy.files import link_folder, replacing
from adaptive_spacy.ner.scorer import TEMPERATURE, own_name
from adaptive_spacy.ner.temperature import DECIMALS, usable
from adaptive_spacy.parsing import read_object
from adaptive_spacy.training.history import HISTORY
from adaptive_spacy.training.lock import LOCK, Lock, claim
from adaptive_spacy.training.messages import wrap
from adaptive_spacy.training.resume.driver import Driver
from adaptive_spacy.training.resume.identity import identify
from adaptive_spacy.training.resume.signals import Interrupted, Interruption
from adaptive_spacy.training.resume.snapshots import RESUME, Snapshots

#: File in the output that says which command made it
MADE_BY = ".made-by"
#: Folder in the output that holds what is learnt from and the training, before the model is
#: finished, marked and scored
UNFINISHED, TRAINING = "unfinished", "training"
#: The training's config, beside `model-last`
CONFIG = "config.cfg"
SEEN = "ℹ The last training, on all of them: DEV LOSS, F1, P and R below are of what it learns from"
#: Of the components that have a temperature
FACTORY = "transformer_ner"


def require_output(output: Path, *, made_by: str) -> None:
    """RAISES (ValueError): If the output holds something that this command did not make: names like
    those of what it makes prove nothing.

    made_by (str): The command, e.g. "refit".
    """
    if not output.exists() or (output.is_dir() and _is_from(output, made_by)):
        return
    if not output.is_dir() or not all(map(_is_of_start, output.iterdir())):
        raise ValueError(
            f"--output: expected a new or empty folder, or an earlier {made_by}, got {output}, "
            "which holds something else"
        )


def begin_output(output: Path, *, made_by: str) -> Lock:
    """Make an output, and mark it as a command's own before anything else is in it.

    RETURNS (Lock): The right to work in it.
    RAISES (ValueError): As `require_output`, or if another training has it.
    """
    require_output(output, made_by=made_by)
    output.mkdir(parents=True, exist_ok=True)
    lock = claim(output)
    # one that is there says the same: a crash while it is written again could leave it empty
    if not (output / MADE_BY).exists():
        with replacing(output / MADE_BY) as aside:
            aside.write_text(f"{made_by}\n", encoding="utf8")
    return lock


def _is_of_start(path: Path) -> bool:
    """Whether a start leaves it that was killed before the output was marked."""
    return path.name == LOCK or path.match(f".{MADE_BY}.*.part")


def _is_from(output: Path, made_by: str) -> bool:
    marked, meta = output / MADE_BY, output / DIR_MODEL_LAST / "meta.json"
    # its model says how it was made, see `mark`; that of a training that came later does not
    told = meta.is_file() and made_by in read_object(meta, "the meta of a pipeline")
    if marked.is_file():
        said = marked.read_text(encoding="utf8", errors="replace").strip()
        return said == made_by and (told or not meta.exists())
    # a finished one of before
    return told and (output / f"{made_by}.json").is_file()


class LastingSnapshots(Snapshots):
    """Snapshots that are kept until the model is in its place: its training may be over, and what
    is done afterwards broken off."""

    def finish(self, identity: dict[str, Any]) -> None:
        """The training is over: nothing changes."""


def keep_aside(docs: Collection[Doc], output: Path, name: str) -> Path:
    """Write what is learnt from into the folder `unfinished` of an output.

    RETURNS (Path): Where it is until `publish`.
    """
    path = output / UNFINISHED / name
    path.parent.mkdir(exist_ok=True)
    with replacing(path) as aside:
        write_docs(docs, aside)
    return path


def train_aside(config: Config, output: Path, *, notes: str, gpu_id: int) -> Path:
    """Train in the folder `unfinished` of an output. If the same training was broken off there, it
    goes on and ends bit for bit as if it had not been.

    config (Config): What is trained.
    notes (str): What the unfinished model says of itself.
    RETURNS (Path): The last model.
    RAISES (Interrupted): After a signal, when the training is saved.
    """
    folder = output / UNFINISHED / TRAINING
    snapshots, interruption = LastingSnapshots(folder / RESUME), Interruption()
    identity = identify(config)
    with interruption.listening():
        state = snapshots.read_same(identity)
        if state is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"ℹ Going on after step {state['loop']['step']}", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        nlp = init_nlp(config, use_gpu=gpu_id)
        nlp.meta["notes"] = notes
        print(f"\n{wrap(SEEN)}", flush=True)
        try:
            Driver(
                nlp,
                folder,
                snapshots=snapshots,
                identity=identity,
                interruption=interruption,
                use_gpu=gpu_id,
            ).run(state)
        except Interrupted:
            saved = "is saved" if snapshots.folders() else "has not begun yet"
            print(wrap(f"ℹ The last training {saved}. Go on: the same command"), flush=True)
            raise
    return folder / DIR_MODEL_LAST


def mark(model: Path, *, notes: str, **about: Any) -> None:
    """Write into a model's meta.json how it was made, in place of scores; a package made of it
    says so too.

    model (Path): Its folder.
    notes (str): In words.
    about (Any): Blocks of meta.json with the same in figures.
    """
    path = model / "meta.json"
    meta = {**read_object(path), "notes": notes, "performance": {}, **about}
    # not srsly: it writes ten decimals
    path.write_text(json.dumps(meta, indent=2, allow_nan=False), encoding="utf8")


def state_temperatures(model: Path, evaluations: Sequence[Mapping[str, Any]]) -> None:
    """Give a model's components the temperatures that trainings measured on sentences that they had
    not seen, in place of its own, of sentences that it has learnt.

    model (Path): Its folder.
    evaluations (Sequence[Mapping]): The scores of each training's last evaluation; the geometric
        mean of their temperatures counts, and 1.0 where there are none.
    """
    components = read_config(model / CONFIG)["components"]
    pipes = [name for name, one in components.items() if one.get("factory") == FACTORY]
    for pipe in pipes:
        # of several components' spaCy keeps the last under the common name
        names = [own_name(TEMPERATURE, pipe), *([TEMPERATURE] if len(pipes) == 1 else [])]
        found = (next((one[name] for name in names if one.get(name)), None) for one in evaluations)
        logs = [math.log(usable(one)) for one in found if one is not None]
        file = model / pipe / "cfg"
        mean = math.exp(math.fsum(logs) / len(logs)) if logs else 1.0
        srsly.write_json(file, {**srsly.read_json(file), TEMPERATURE: round(mean, DECIMALS)})


def publish(model: Path, output: Path, *, config: Config, corpus: Path) -> None:
    """Put a marked model, its config and history, and what it learnt from in the place of earlier
    ones. No record of those may be left that could be taken for its own.

    config (Config): That it was trained by.
    corpus (Path): What it learnt from, see `keep_aside`, which the config names.
    """
    kept = output / corpus.name
    with replacing(kept) as aside:
        shutil.copy2(corpus, aside)
    with replacing(output / CONFIG) as aside:
        learning_from(config, kept).to_disk(aside)
    learning_from(read_config(model / CONFIG), kept).to_disk(model / CONFIG)
    seal(model)
    # the best one was selected by scores on seen data, and stays behind
    link_folder(model, output / DIR_MODEL_LAST)
    with replacing(output / HISTORY) as aside:
        shutil.copy2(model.parent / HISTORY, aside)


def learning_from(config: Config, corpus: Path) -> Config:
    """RETURNS (Config): The config of a training on all labels, which are somewhere else now."""
    made = config.copy()
    made["corpora"]["train"]["path"] = str(corpus.resolve())
    return made


def clear_up(output: Path) -> None:
    """Remove what was unfinished: all is in its place."""
    shutil.rmtree(output / UNFINISHED, ignore_errors=True)


def read_splits(config: Config) -> dict[str, list[Doc]]:
    """RETURNS (dict[str, list[Doc]]): What a run had as train and as dev, before it was varied."""
    training = config["training"]
    config = config.copy()
    for split in ("train_corpus", "dev_corpus"):
        dot_to_object(config, training[split]).pop("augmenter", None)
    nlp = spacy.blank(config["nlp"]["lang"])
    readers = resolve_dot_names(config, [training["train_corpus"], training["dev_corpus"]])
    return {
        split: [eg.reference for eg in reader(nlp)]
        for split, reader in zip(("train", "dev"), readers, strict=True)
    }


def write_docs(docs: Collection[Doc], path: Path) -> None:
    """Write docs with all that is known of them."""
    DocBin(docs=docs, store_user_data=True).to_disk(path)
