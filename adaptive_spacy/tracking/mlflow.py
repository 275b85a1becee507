"""MLflow: `adaptive_spacy.MLflow.v1`."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from thinc.api import Config

from adaptive_spacy.report.run.facts import settings_of
from adaptive_spacy.tracking.follow import Tracker, following, name_of, require
from adaptive_spacy.training.logger import SetupLogger

#: What MLflow's own functions read, and its client leaves to whoever uses it
EXPERIMENT, EXPERIMENT_ID = "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID"


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
        from mlflow import MlflowClient
    except ImportError:
        raise require("mlflow or mlflow-skinny", "MLflow") from None

    def start(config: Config, output: Path | None) -> Tracker:
        # not the module's functions: they have one run and one experiment per process, which a
        # script that trains may have set
        client = MlflowClient(uri)
        if run_id is not None:
            client.update_run(run_id, status="RUNNING")
            return MLflowRun(client, run_id)
        name = run_name or name_of(output)
        run = client.create_run(find_experiment(client, experiment), run_name=name).info.run_id
        with ending_broken(client, run):
            for key, value in settings_of(config).items():
                client.log_param(run, key, value)
            client.log_text(run, config.to_str(), "config.cfg")
        return MLflowRun(client, run)

    return following(start, "MLflow", page=page)


def find_experiment(client: Any, name: str | None) -> str:
    """RETURNS (str): The number of the experiment of a name, which is made if there is none."""
    if name is None and (number := os.environ.get(EXPERIMENT_ID)):
        return number
    name = name or os.environ.get(EXPERIMENT) or "Default"
    found = client.get_experiment_by_name(name)
    return str(found.experiment_id if found is not None else client.create_experiment(name))


@contextmanager
def ending_broken(client: Any, run_id: str) -> Iterator[None]:
    """A run that is not told all that belongs to its beginning ends there as failed. Where that
    cannot be told either, as the server is gone, what breaks off has a note of it."""
    try:
        yield
    except BaseException as fault:
        try:
            client.set_terminated(run_id, "FAILED")
        except Exception:
            fault.add_note(f"its run {run_id} could not be ended, and stays RUNNING there")
        raise


class MLflowRun:
    """A run that has begun. client (Any): Of the store. run_id (str): Its number there."""

    def __init__(self, client: Any, run_id: str) -> None:
        self.client, self.run_id = client, run_id

    def log(self, step: int, values: dict[str, float]) -> None:
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        metrics = [Metric(name, value, now, step) for name, value in values.items()]
        self.client.log_batch(self.run_id, metrics=metrics)

    def keep(self, page: Path, lines: list[str]) -> None:
        self.client.log_artifact(self.run_id, str(page))
        self.client.set_tag(self.run_id, "mlflow.note.content", "\n\n".join(lines))

    def end(self, *, broken: bool) -> None:
        self.client.set_terminated(self.run_id, "FAILED" if broken else "FINISHED")
