"""Three results of one training: `adaptive_spacy.ExperimentLogger.v1`.

Which evaluation was the best is known only when the training is over, so the weights of the best
one so far by each rule are kept in memory. At the end the checkpoints with the lowest validation
loss and with the highest validation F1, and the last one, are scored on the test set: at most
three evaluations of it, whatever the number of epochs, and none that could pick anything. No model
is written to disk unless asked for.
"""

import json
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from spacy.tokens import DocBin
from spacy.training import Example

from adaptive_spacy.experiments.records import RULES
from adaptive_spacy.experiments.sentences import Counts, count_per_sentence, join_counts
from adaptive_spacy.experiments.weights import Weights
from adaptive_spacy.training.checkpoints import keep_temperatures, write_whole
from adaptive_spacy.training.evaluation import predict, score
from adaptive_spacy.training.logger import SetupLogger, TrainingLog

if TYPE_CHECKING:
    from spacy.language import Language

Reader = Callable[["Language"], Iterable[Example]]
Evaluation = dict[str, Any]

RESULTS = "results.json"
#: What the last model predicts of the test set
PREDICTIONS = "predictions.spacy"


def make_experiment_logger_v1(folder: str, test: Reader, keep: bool = False) -> SetupLogger:
    """Registered as `adaptive_spacy.ExperimentLogger.v1`.

    folder (str): Gets `history.jsonl`, and `results.json` and `predictions.spacy` when the training
        is over.
    test (Callable): Corpus reader of the test set.
    keep (bool): Whether the selected checkpoints are written into the folder, `model-epoch-N`.
    """

    def setup(
        nlp: "Language", stdout: IO[str] = sys.stdout, stderr: IO[str] = sys.stderr
    ) -> tuple[Callable[[dict[str, Any] | None], None], Callable[[], None]]:
        log = ExperimentLog(nlp, stdout, stderr, Path(folder), test, keep)
        return log, log.finish

    return setup


class ExperimentLog(TrainingLog):
    """The training's log, with the candidates that are scored in the end."""

    def __init__(
        self,
        nlp: "Language",
        stdout: IO[str],
        stderr: IO[str],
        folder: Path,
        test: Reader,
        keep: bool,
    ) -> None:
        if nlp.config.interpolate()["training"]["optimizer"].get("use_averages"):
            raise ValueError(
                "[training.optimizer] use_averages: expected false, got true: experiments keep "
                "the weights themselves"
            )
        self.nlp, self.folder, self.test, self.keep = nlp, folder, test, keep
        self.candidates = Candidates()
        self.words = 0
        super().__init__(nlp, stdout, stderr, progress_bar=False)

    def step(self, info: dict[str, Any] | None) -> None:
        if info is not None:
            self.words = info["words"]
        super().step(info)

    def _record(self, output_path: str | None, evaluation: Evaluation) -> None:
        super()._record(str(self.folder / "model-last"), evaluation)
        # as it is written elsewhere; what is kept here is the weights
        keep_temperatures(self.nlp)
        self.candidates.take(evaluation, self.nlp)

    def save_state(self, nlp: "Language") -> dict[str, Any]:
        return {**super().save_state(nlp), "words": self.words, **self.candidates.save_state()}

    def load_state(self, nlp: "Language", state: dict[str, Any], output: Path | None) -> None:
        super().load_state(nlp, state, self.folder)
        self.words = state["words"]
        self.candidates.load_state(nlp, state)

    def finish(self) -> None:
        """Score the candidates, if the training came to its end."""
        # the folder holds no checkpoints to go on with
        super().finish()
        if self.error is not None or self.candidates.last is None:
            return
        results = {
            "updates": self.made,
            "token_updates": self.words,
            **score_candidates(self.nlp, self.candidates, self.test, self.folder, keep=self.keep),
        }
        (self.folder / RESULTS).write_text(json.dumps(results, default=float), encoding="utf8")


class Candidates:
    """The best evaluations so far, with the weights that they were made with. The evaluation at
    step 0 has seen one batch and takes no part; of equals the latest counts, as in spaCy.

    best (dict): Per rule but "last": the evaluation and its weights.
    last (dict | None): The last evaluation.
    """

    def __init__(self) -> None:
        self.best: dict[str, tuple[Evaluation, Weights]] = {}
        self.last: Evaluation | None = None

    def take(self, evaluation: Evaluation, nlp: "Language") -> None:
        """Keep an evaluation where it is the best so far."""
        if evaluation["step"] == 0:
            return
        self.last = evaluation
        won = [
            rule
            for rule, measure in (("best_loss", goodness_of_loss), ("best_f1", goodness_of_f1))
            if measure(evaluation) > -math.inf
            and (rule not in self.best or measure(evaluation) >= measure(self.best[rule][0]))
        ]
        if won:
            weights = Weights(nlp)
            self.best.update((rule, (evaluation, weights)) for rule in won)

    def save_state(self) -> dict[str, Any]:
        """RETURNS (dict): The candidates with their weights."""
        best = {
            rule: {"evaluation": evaluation, "weights": weights.save_state()}
            for rule, (evaluation, weights) in self.best.items()
        }
        return {"best": best, "last": self.last}

    def load_state(self, nlp: "Language", state: dict[str, Any]) -> None:
        """Go on with them."""
        self.last = state["last"]
        for rule, saved in state["best"].items():
            weights = Weights(nlp)
            weights.load_state(saved["weights"])
            self.best[rule] = saved["evaluation"], weights


def goodness_of_loss(evaluation: Evaluation) -> float:
    """RETURNS (float): Higher is better; -inf without a loss."""
    loss = evaluation["dev_loss"]
    return -math.inf if loss is None else -loss


def goodness_of_f1(evaluation: Evaluation) -> float:
    """RETURNS (float): Higher is better; a dev set without entities has F1 0."""
    return evaluation["f"] or 0.0


def score_candidates(
    nlp: "Language", candidates: Candidates, test: Reader, folder: Path, *, keep: bool
) -> dict[str, Any]:
    """Score each selected checkpoint once on the test set; the pipeline has its last weights again
    afterwards.

    folder (Path): Gets what the last one predicts, `predictions.spacy`.
    keep (bool): Whether it gets the checkpoints too.
    RETURNS (dict): "results": per rule, or None where a rule picks nothing: "epoch", "step",
        "dev_loss", "dev_f1" of the checkpoint, "checkpoint" (its folder's name or None), and
        "test": see `test_scores`. "sentences": see `join_counts`.
    """
    assert candidates.last is not None
    last = Weights(nlp)
    chosen = {**candidates.best, "last": (candidates.last, last)}
    scored: dict[int, dict[str, Any]] = {}
    counted: dict[str, Counts] = {}
    # the last first, with the weights that are in place
    for evaluation, weights in sorted(chosen.values(), key=lambda one: -one[0]["step"]):
        step = evaluation["step"]
        if step in scored:
            continue
        if step != candidates.last["step"]:
            weights.restore()
        examples = list(test(nlp))
        predict(nlp, examples)
        scored[step] = {
            "epoch": epoch_of(evaluation),
            "step": step,
            "dev_loss": evaluation["dev_loss"],
            "dev_f1": evaluation["f"],
            "checkpoint": _keep(nlp, evaluation, folder) if keep else None,
            "test": test_scores(nlp, examples),
        }
        if step == candidates.last["step"]:
            # with what scoring has kept on them
            write_predictions(examples, folder / PREDICTIONS)
        counted[str(step)] = count_per_sentence(nlp, examples)
    last.restore()
    results = {rule: scored[chosen[rule][0]["step"]] if rule in chosen else None for rule in RULES}
    return {"results": results, "sentences": join_counts(counted)}


def write_predictions(examples: Iterable[Example], path: Path) -> None:
    """Write predicted docs, in the order of the corpus, with the confidences of their entities."""
    DocBin(docs=[eg.predicted for eg in examples], store_user_data=True).to_disk(path)


def test_scores(nlp: "Language", examples: Sequence[Example]) -> dict[str, Any]:
    """RETURNS (dict): Of predicted examples by seqeval: "precision", "recall", "f1" of the micro
    average, "macro_f1", "per_type", in [0, 1]; "loss" per token or None."""
    scores = score(nlp, examples)
    report = scores["seqeval"]
    micro = {key: report["micro"][key] for key in ("precision", "recall", "f1")}
    return {
        **micro,
        "macro_f1": report["macro"]["f1"],
        "per_type": report["per_type"],
        "loss": scores["spacy"].get("ents_loss"),
    }


def epoch_of(evaluation: Evaluation) -> float:
    """RETURNS (float): Rounds since the start, an int where it is whole."""
    rounds: float = evaluation["step"] / evaluation["steps_per_round"]
    return int(rounds) if rounds.is_integer() else rounds


def _keep(nlp: "Language", evaluation: Evaluation, folder: Path) -> str:
    name = f"model-epoch-{epoch_of(evaluation):g}"
    scores = {**nlp.meta["performance"], **evaluation["scores"]}
    write_whole(nlp, folder / name, performance=scores)
    return name
