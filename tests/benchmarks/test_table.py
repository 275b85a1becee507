import json
from pathlib import Path

from benchmarks.table import HEADER, table
from tests.conftest import ROOT


def write(folder: Path, seed: int, last: float, rounds: int) -> None:
    summary = {rule: {"test_f": last, "round": 1} for rule in ("best_loss", "best_f", "last")}
    record = {"approach": "adaptive", "corpus": "c", "fraction": 0.4, "seed": seed}
    record |= {"rounds": rounds, "steps": 10 * rounds, "seconds": 90.0, "summary": summary}
    (folder / f"c-0.4-adaptive-{seed}.json").write_text(json.dumps(record))


def test_table_gives_mean_and_spread_over_seeds(tmp_path: Path) -> None:
    write(tmp_path, 1, 0.5, 12)
    write(tmp_path, 2, 0.6, 14)
    scores = " | ".join(["55.0 ± 7.1"] * 3)
    row = f"| c | 40% | adaptive | 1, 2 | {scores} | 12 to 14 | 120 to 140 | 1.5 |"
    assert table(tmp_path) == f"{HEADER}\n{row}"


def test_table_claims_no_spread_of_one_seed(tmp_path: Path) -> None:
    write(tmp_path, 1, 0.5, 12)
    assert "| 1 | 50.0 | 50.0 | 50.0 | 12 | 120 | 1.5 |" in table(tmp_path)


def test_readme_shows_the_records() -> None:
    assert table() in (ROOT / "README.md").read_text(encoding="utf8")
