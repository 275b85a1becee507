"""Weights & Biases: `adaptive_spacy.Wandb.v1`."""

from pathlib import Path
from typing import Any, Literal

from thinc.api import Config

from adaptive_spacy.tracking.follow import Tracker, following, name_of, require
from adaptive_spacy.training.logger import SetupLogger


def make_wandb_v1(
    project: str,
    run_name: str | None = None,
    mode: Literal["online", "offline", "disabled"] | None = None,
    folder: str | None = None,
    run_id: str | None = None,
    page: bool = True,
) -> SetupLogger:
    """Registered as `adaptive_spacy.Wandb.v1`, for `then` of `adaptive_spacy.Logger.v1`.

    project (str): Where the run is kept.
    run_name (str | None): Null: the name of the output folder.
    mode (str | None): "online"; "offline", for `wandb sync` later; "disabled"; null: what
        WANDB_MODE says, or online.
    folder (str | None): Where its files go; null: what WANDB_DIR says, or `wandb` in the current
        folder.
    run_id (str | None): A run to go on with, e.g. of a training that is resumed.
    page (bool): Keep the page of the training, which predicts the test set once, as an artefact.
    """
    try:
        import wandb
    except ImportError:
        raise require("wandb", "Wandb") from None

    def start(config: Config, output: Path | None) -> Tracker:
        if folder is not None:
            Path(folder).mkdir(parents=True, exist_ok=True)
        # a script that trains several times has a run for each
        run = wandb.init(
            project=project,
            name=run_name or name_of(output),
            id=run_id,
            resume="allow" if run_id is not None else None,
            mode=mode,
            dir=folder,
            config=dict(config),
            reinit=True,
        )
        return WandbRun(wandb, run)

    return following(start, "Wandb", page=page)


class WandbRun:
    """A run that has begun. wandb (Any): The module. run (Any): The run."""

    def __init__(self, wandb: Any, run: Any) -> None:
        self.wandb, self.run = wandb, run

    def log(self, step: int, values: dict[str, float]) -> None:
        self.run.log(values, step=step)

    def keep(self, page: Path, lines: list[str]) -> None:
        artifact = self.wandb.Artifact(f"page-{self.run.id}", type="report")
        artifact.add_file(str(page))
        self.run.log_artifact(artifact)
        self.run.notes = "\n\n".join(lines)

    def end(self, *, broken: bool) -> None:
        self.run.finish(exit_code=int(broken))
