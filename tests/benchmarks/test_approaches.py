from benchmarks.approaches import summarize


def row(step: int, dev_loss: float | None, f: float, test_f: float) -> dict:
    return {"step": step, "steps_per_round": 2, "dev_loss": dev_loss, "f": f, "test_f": test_f}


def test_summarize_picks_by_validation_scores_alone() -> None:
    history = [
        row(0, 0.01, 0.99, 0.9),  # has seen one batch: no result
        row(2, 0.5, 0.3, 0.1),
        row(4, 0.2, 0.4, 0.2),
        row(6, 0.3, 0.6, 0.3),
        row(8, 0.4, 0.6, 0.4),
        row(10, 0.5, 0.5, 0.5),
    ]
    assert summarize(history) == {
        "best_loss": {"test_f": 0.2, "round": 2},
        "best_f": {"test_f": 0.4, "round": 4},  # of equals the latest, as spaCy keeps it
        "last": {"test_f": 0.5, "round": 5},
    }


def test_summarize_without_validation_loss() -> None:
    summary = summarize([row(2, None, 0.3, 0.1), row(4, None, 0.2, 0.2)])
    assert summary["best_loss"] is None
    assert summary["best_f"] == {"test_f": 0.1, "round": 1}
