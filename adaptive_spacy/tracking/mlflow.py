"""MLflow: `adaptive_spacy.MLflow.v1`."""

from pathlib import Path
from typing import Any

from thinc.api import Config

from adaptive_spacy.report.run.facts import settings_of
from adaptive_spacy.tracking.follow import Tracker, following, require
from adaptive_spacy.training.logger import SetupLogger


def make_mlflow_v1(
    uri: str | None = None,
    experiment: str | None = None,
    run_name: str | None = None,
    run_id: str | None = None,
    page: bool = True,
) -> SetupLogger:
    """Registered as `adaptive_spacy.MLflow.v1`, for `then` of `adaptive_spacy.Logger.v1`.

    uri (str | None): Of the tracking server or store, e.g. "http://127.0.0.1:5000"; null: what
        MLFLOW_TRACKING_URI says, or MLflow's own default.
    experiment (str | None): Its name; null: what MLFLOW_EXPERIMENT_NAME says, or the default.
    run_name (str | None): Null: the name of the output folder.
    run_id (str | None): A run to go on with, e.g. of a training that is resumed.
    page (bool): Keep the page of the training, which predicts the test set once, as an artefact.
    """
    try:
        import mlflow
    except ImportError:
        raise require("mlflow or mlflow-skinny", "MLflow") from None

    def start(config: Config, output: Path | None) -> Tracker:
        if uri is not None:
            mlflow.set_tracking_uri(uri)
        if experiment is not None and run_id is None:
            mlflow.set_experiment(experiment)
        name = run_name or (output.resolve().name if output is not None else None)
        # a script that trains may have a run of its own around it
        nested = mlflow.active_run() is not None
        run = mlflow.start_run(run_id=run_id, run_name=name, nested=nested)
        if run_id is None:
            # one that goes on has them, and refuses others
            mlflow.log_params(settings_of(config))
            mlflow.log_text(config.to_str(), "config.cfg")
        return MLflowRun(mlflow, run.info.run_id)

    return following(start, page=page)


class MLflowRun:
    """A run that has begun. mlflow (Any): The module. run_id (str): Its number."""

    def __init__(self, mlflow: Any, run_id: str) -> None:
        self.mlflow, self.run_id = mlflow, run_id

    def log(self, step: int, values: dict[str, float]) -> None:
        self.mlflow.log_metrics(values, step=step, run_id=self.run_id)

    def keep(self, page: Path, lines: list[str]) -> None:
        self.mlflow.log_artifact(str(page), run_id=self.run_id)
        self.mlflow.set_tag("mlflow.note.content", "\n\n".join(lines))

    def end(self, *, broken: bool) -> None:
        self.mlflow.end_run("FAILED" if broken else "FINISHED")
