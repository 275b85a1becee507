"""How the yardstick is scored: loss, decoders, F1, and which checkpoint dev picks."""

from typing import Any

import numpy as np
import seqeval.metrics
import torch
from seqeval.scheme import IOB2
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from benchmarks.quality.yardstick_data import IGNORED, EncodedSentence, collate

DECODERS = ("greedy", "viterbi")


@torch.inference_mode()
def evaluate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    labels: list[str],
    sentences: list[EncodedSentence],
    batch_size: int = 64,
) -> tuple[float, dict[str, float]]:
    """RETURNS (tuple[float, dict[str, float]]): Mean loss per labelled token over all
    sentences, and entity F1 (strict IOB2) of each decoder.
    """
    model.eval()
    may_start, may_follow = bio_constraints(labels)
    total, count = 0.0, 0
    gold: list[list[str]] = []
    found: dict[str, list[list[str]]] = {decoder: [] for decoder in DECODERS}
    by_length = sorted(sentences, key=lambda sentence: len(sentence.piece_ids))
    for i in range(0, len(by_length), batch_size):
        chunk = by_length[i : i + batch_size]
        batch = collate(tokenizer, chunk)
        targets = batch.pop("labels")
        logits = model(**batch).logits
        total += nn.functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum"
        ).item()
        count += int((targets != IGNORED).sum())
        for sentence, piece_scores in zip(chunk, logits.numpy(), strict=True):
            scores = token_scores(sentence, piece_scores)
            gold.append(sentence.tags)
            found["greedy"].append([labels[k] for k in scores.argmax(axis=1)])
            found["viterbi"].append([labels[k] for k in viterbi(scores, may_start, may_follow)])
    f1 = {decoder: entity_f1(gold, tags) for decoder, tags in found.items()}
    return total / max(1, count), f1


def token_scores(sentence: EncodedSentence, piece_scores: np.ndarray) -> np.ndarray:
    """RETURNS (ndarray): Scores, shape (tokens, labels); a token without piece can only be O."""
    scores = np.full((len(sentence.tags), piece_scores.shape[1]), -np.inf)
    scores[:, 0] = 0.0
    scores[sentence.tokens] = piece_scores[sentence.first_pieces]
    return scores


def bio_constraints(labels: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """What BIO allows: I-X stands only after B-X or I-X.

    RETURNS (tuple[ndarray, ndarray]): 0 where allowed and -inf elsewhere: for the first tag,
        shape (labels,), and for each tag (column) after each other (row), (labels, labels).
    """
    start = np.array([-np.inf if label.startswith("I-") else 0.0 for label in labels])
    follow = np.tile(start, (len(labels), 1))
    for j, label in enumerate(labels):
        if label.startswith("I-"):
            follow[labels.index(f"B-{label[2:]}"), j] = 0.0
            follow[j, j] = 0.0
    return start, follow


def viterbi(scores: np.ndarray, start: np.ndarray, follow: np.ndarray) -> list[int]:
    """The legal sequence with the highest sum of scores.

    scores (ndarray): Shape (tokens, labels), at least one token.
    start (ndarray): Added to the first token's scores.
    follow (ndarray): Added for each pair of neighbours, row before column.
    RETURNS (list[int]): A label index for each token.
    """
    best = scores[0] + start
    came_from = []
    for row in scores[1:]:
        paths = best[:, None] + follow
        came_from.append(paths.argmax(axis=0))
        best = paths.max(axis=0) + row
    path = [int(best.argmax())]
    for previous in reversed(came_from):
        path.append(int(previous[path[-1]]))
    return path[::-1]


def entity_f1(gold: list[list[str]], found: list[list[str]]) -> float:
    """RETURNS (float): Micro F1 over entities; a tag sequence that BIO forbids is no entity."""
    score = seqeval.metrics.f1_score(gold, found, mode="strict", scheme=IOB2, zero_division=0)
    return float(score)


def summarize(epochs: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, float]]]:
    """Test F1 of the checkpoints that dev alone picks; of equals the latest, as in spaCy.

    epochs (list[dict]): What `run_epochs` yields.
    RETURNS (dict): By decoder, then by rule ("best_loss", "best_f1", "last"): "epoch",
        "dev_loss", "dev_f1", "test_f1".
    """
    summary = {}
    latest_first = epochs[::-1]
    for decoder in DECODERS:
        picks = {
            "best_loss": min(latest_first, key=lambda epoch: epoch["dev_loss"]),
            "best_f1": max(latest_first, key=lambda epoch: epoch["dev_f1"][decoder]),
            "last": epochs[-1],
        }
        summary[decoder] = {
            rule: {
                "epoch": epoch["epoch"],
                "dev_loss": epoch["dev_loss"],
                "dev_f1": epoch["dev_f1"][decoder],
                "test_f1": epoch["test_f1"][decoder],
            }
            for rule, epoch in picks.items()
        }
    return summary


def render(summary: dict[str, dict[str, dict[str, float]]]) -> str:
    """RETURNS (str): The summary as a table, one row per decoder and rule."""
    rows = [
        f"{'decoder':<9}{'checkpoint':<11}{'epoch':>6}{'dev loss':>10}{'dev F1':>8}{'test F1':>9}"
    ]
    for decoder, picks in summary.items():
        for rule, pick in picks.items():
            rows.append(
                f"{decoder:<9}{rule:<11}{pick['epoch']:>6}{pick['dev_loss']:>10.4f}"
                f"{pick['dev_f1']:>8.4f}{pick['test_f1']:>9.4f}"
            )
    return "\n".join(rows)
