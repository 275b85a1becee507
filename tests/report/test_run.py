"""The page of a training: what it says, and that it can be opened anywhere."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin
from thinc.api import Config
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.report.html import embed
from adaptive_spacy.report.run.charts import describe_charts, list_evaluations
from adaptive_spacy.report.run.page import write_run
from adaptive_spacy.report.run.passages import (
    MOST_ERRORS,
)
from adaptive_spacy.report.run.story import describe_choice, describe_end, is_whole
from tests.report.evaluations import evaluation
from tests.report.runs import ROWS, make_history, write_crossfit, write_history, write_training
from tests.tiers import examples


def data_of(page: str, name: str) -> dict:
    """RETURNS (dict): What a script of the page reads."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found[1])


def test_page_of_held_out_labels_says_what_to_expect(tmp_path: Path) -> None:
    path, lines = write_run(write_crossfit(tmp_path / "mine"))
    assert path == tmp_path / "mine" / "report.html"
    said = dict(line.split(": ", 1) for line in lines)
    # 3 of 6 annotated and of 6 predicted: Ada, Paris and Cleo; "Ben" for "Ben Ray"
    assert said["What to expect"].startswith("Expect F1 50.0 on sentences like these, between ")
    assert "5 sentences with 6 entities" in said["What to expect"]
    # Paris is right; New York has the wrong type; London is missed: 2 of 6 more
    assert said["What would help most"].startswith("More labels of LOC: its errors cost most")
    assert "it learnt from 3 of them" in said["What would help most"]
    assert "over other sentences and labels to learn from" in path.read_text(encoding="utf8")
    # crossfit.json alone says nothing of the schedule
    assert "Why it stopped is not known" in said["Why it stopped"]
    assert "every label" in said["What ships"]
    page = path.read_text(encoding="utf8")
    assert all(text in page for text in ("Expect F1 50.0", "Scores by type", "Errors by kind"))
    # the surest of what is not annotated, with the number of its document
    suspects = page[page.index('id="suspects"') : page.index('id="data"')]
    assert re.search(r"Acme</th><td class=\"text\">missing</td>.*?<td>4</td></tr>", suspects)
    assert re.search(r"Ben Ray</th><td class=\"text\">boundary</td>.*?PER “Ben”</td>", suspects)


def test_page_of_a_training_predicts_the_test_set_beside_dev(tmp_path: Path) -> None:
    training = write_training(tmp_path / "training" / "mine")
    path, lines = write_run(training, tmp_path / "pages" / "mine.html")
    assert path == tmp_path / "pages" / "mine.html"
    text = " ".join(lines)
    # Ada right; "Ben" for "Ben Ray"; Acme spurious; 4 missed
    assert "Expect F1 22.2" in text
    assert "measured on the test set, 5 sentences with 6 entities" in text
    page = path.read_text(encoding="utf8")
    for split in ("train", "dev", "test"):
        assert f'<th scope="col">{split}</th>' in page
    assert (tmp_path / "training" / "corpus" / "dev.spacy").as_posix() in page
    items = data_of(page, "example-data")["items"]
    assert sorted({item[1] for item in items}) == ["boundary", "missed", "right", "spurious"]
    # a ruler states no confidence
    assert {item[3] for item in items} == {None}


def test_page_without_a_test_set_is_of_dev_and_says_so(tmp_path: Path) -> None:
    training = write_training(tmp_path / "mine", test=False)
    _, lines = write_run(training)
    assert "measured on the dev set" in " ".join(lines)
    assert "a little too high" in " ".join(lines)


def test_page_of_a_training_that_has_no_model_yet(tmp_path: Path) -> None:
    write_history(tmp_path / "mine", make_history(2))
    path, lines = write_run(tmp_path / "mine")
    assert [line.split(":")[0] for line in lines] == ["Why it stopped", "What ships"]
    page = path.read_text(encoding="utf8")
    assert "Scores by type" not in page
    assert "The corpora are not where the config says" in page


def test_page_is_the_same_for_the_same_files(tmp_path: Path) -> None:
    training = write_crossfit(tmp_path / "mine")
    first = write_run(training, tmp_path / "a.html")[0].read_bytes()
    assert write_run(training, tmp_path / "b.html")[0].read_bytes() == first


ADAPTIVE = """
[training]
before_update = {"@callbacks":"adaptive_spacy.adapt.v1","monitor":{"ents_loss":-1.0}}

[training.score_weights]
ents_f = 1.0

[training.optimizer]

[training.optimizer.learn_rate]
@schedules = "adaptive_spacy.adaptive.v1"
rate = 1.0
warmup = 1
cooldown = 2
"""

HOSTILE = "<img/src=x/onerror=boom()>"


def test_page_shows_hostile_words_and_labels_as_text(tmp_path: Path) -> None:
    words = "</script><script>boom()</script> {{7*7}} \u202egnal a\x1b[31mb"
    rows = [(words, f"B-{HOSTILE} O O O", "B-PER O O O", [0.5]), *ROWS]
    folder = tmp_path / "<b>mine"
    page = write_run(write_crossfit(folder, rows))[0].read_text(encoding="utf8")
    assert "<script>boom" not in page
    assert "<img" not in page
    assert "<b>mine" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    passage = data_of(page, "example-data")["passages"][0]
    assert (
        "".join(passage["words"])
        == "</script><script>boom()</script> {{7*7}} \\u202egnal a\\x1b[31mb "
    )
    assert HOSTILE in data_of(page, "example-data")["types"]
    # nothing is loaded from anywhere
    assert not re.findall(r"""(?:src|href)=["'](?!#)[^"']*""", page)


@given(st.recursive(st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)))
@examples(50)
def test_embedded_json_holds_no_tag_and_reads_back(value: object) -> None:
    text = str(embed(value))
    assert "<" not in text
    assert json.loads(text) == value


@pytest.mark.slow
def test_large_page_stays_small(tmp_path: Path) -> None:
    """250 evaluations, 20 types, 2,000 sentences, all of which go wrong."""
    words = " ".join(f"word{i}" for i in range(25))
    rows = [
        (
            words,
            f"B-TYPE{i % 20} {'O ' * 24}".strip(),
            f"B-TYPE{(i + 1 + i % 7) % 20} {'O ' * 24}".strip(),
            [0.5],
        )
        for i in range(2000)
    ]
    training = write_crossfit(tmp_path / "mine", rows, make_history(250))
    path, _ = write_run(training)
    assert path.stat().st_size < 3_000_000
    data = data_of(path.read_text(encoding="utf8"), "example-data")
    assert len(data["types"]) == 20
    assert sum(count for _, _, count in data["counts"]) == 2000
    assert len(data["items"]) == 20 * MOST_ERRORS


def test_choice_is_told_with_its_reason(tmp_path: Path) -> None:
    history = make_history(10)
    text = describe_choice(history, "last", seen=False)
    assert "F1 70.0 after epoch 10; the highest was 77.0 after epoch 9" in text
    assert "partly luck" in describe_choice(history, "best", seen=False)
    fallen = [*history[:-1], replace(history[-1], f=0.1)]
    assert describe_choice(fallen, "last", seen=False).startswith("Take model-best")
    stopped = describe_choice(history, "last", seen=False, whole=False)
    assert "go on with it, or take model-best. On dev it had F1 70.0" in stopped
    running = describe_choice(history, "last", seen=False, running=True)
    assert running.startswith("Nothing yet: the training runs. On dev it had F1 70.0")
    assert "also the best" in describe_choice(history[:-1], "last", seen=False)


@pytest.mark.parametrize(
    ("rounds", "text"),
    [
        # the loss is lowest in round 4: two rounds of cool-down bring nothing
        (8, "It stopped by itself: a whole cool-down of 2 epochs brought nothing more. 8 epochs"),
        (5, "It is running, or was stopped, "),
    ],
)
def test_end_is_told_from_the_scores(rounds: int, text: str) -> None:
    config = Config().from_str(ADAPTIVE)
    history = make_history(8)[: rounds + 1]
    assert describe_end(config, history).startswith(text)
    assert is_whole(config, history) == (rounds == 8)
    left = describe_end(config, history, running=False)
    assert left.startswith(text if rounds == 8 else "It was stopped, ")
    runs = describe_end(config, history, running=True)
    assert runs.startswith(text if rounds == 8 else "It is running, and takes ")


def test_end_of_another_schedule_is_told() -> None:
    length = "4 epochs in 0:04:00 (h:mm:ss)."
    assert describe_end(None, make_history(4)) == (
        f"{length} Why it stopped is not known: the checkpoint is not there, or not yet."
    )
    config = Config({"training": {"optimizer": {"learn_rate": 0.1}, "before_update": None}})
    assert describe_end(config, make_history(4)).startswith(
        f"{length} Its schedule is not adaptive"
    )


def test_charts_hold_what_was_measured() -> None:
    history = make_history(6)
    data = describe_charts(history)
    # the evaluation after the first batch is no round
    assert data["x"] == [1, 2, 3, 4, 5, 6]
    assert data["score"][-1] == 70.0
    assert [one[:3] for one in data["phases"]] == [
        ["warmup", 0.0, 2.0],
        ["plateau", 2.0, 3.0],
        ["cooldown", 3.0, 6.0],
    ]
    assert data["charts"]["loss"]["marks"][0]["text"] == "lowest 0.3, epoch 3"
    assert data["charts"]["score"]["marks"][0]["text"] == "highest 75.0 %, epoch 5"
    assert len(list_evaluations(history)) == 7
    empty = describe_charts([evaluation(10, f=None, score=None, dev_loss=None, rate=None)])
    assert empty["charts"]["rate"]["describe"].startswith("Learning rate: not recorded.")


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", *map(str, arguments)])
    return result.exit_code, result.output


def test_report_writes_the_page_of_a_training(tmp_path: Path) -> None:
    training = write_training(tmp_path / "mine")
    code, out = run(training, "--output", tmp_path / "out")
    assert code == 0
    assert "What to expect: Expect F1 22.2" in out
    assert out.endswith(f"✔ Saved to {(tmp_path / 'out' / 'report.html').as_posix()}\n")
    assert (tmp_path / "out" / "report.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--select", "first"], "--select: expected one of last, best, got first"),
        (["--question", "epochs"], "--question: expected the output folder of a sweep, got "),
        (["--reference", "stable"], "--reference: expected the output folder of a sweep, got "),
        (["--corpus", "none.spacy"], "corpus: expected a .spacy file or a folder of them, got"),
    ],
)
def test_report_says_what_is_wrong(tmp_path: Path, arguments: list[str], message: str) -> None:
    training = write_training(tmp_path / "mine")
    code, out = run(training, *arguments)
    assert code == 1
    assert message in out
    assert not (training / "report.html").exists()


def test_report_of_a_sweep_takes_no_option_of_a_training(tmp_path: Path) -> None:
    code, out = run(tmp_path, "--select", "best")
    assert code == 1
    assert "--select: expected the output folder of a training, with its history.jsonl" in out


@pytest.mark.parametrize("interval", [[0.1234, 0.8766], None])
def test_page_of_held_out_labels_states_the_interval_of_the_record(
    interval: list[float] | None, tmp_path: Path
) -> None:
    training = write_crossfit(tmp_path / "mine")
    record = json.loads((training / "crossfit.json").read_text(encoding="utf8"))
    record["expected"]["interval"] = interval
    (training / "crossfit.json").write_text(json.dumps(record), encoding="utf8")
    path, lines = write_run(training)
    said = dict(line.split(": ", 1) for line in lines)["What to expect"]
    assert ("between 12.3 and 87.7 with 95 % confidence" in said) == (interval is not None)
    foot = path.read_text(encoding="utf8").split("<tfoot>")[1]
    assert ("12.3 to 87.7" in foot) == (interval is not None)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"folds": [1, 2], "expected": {}}'])
def test_record_of_crossfit_that_is_none_is_named(text: str, tmp_path: Path) -> None:
    training = write_crossfit(tmp_path / "mine")
    (training / "crossfit.json").write_text(text, encoding="utf8")
    code, out = run(training)
    assert code == 1
    assert "crossfit.json: expected a record of crossfit" in " ".join(out.split())


def test_held_out_predictions_must_be_of_the_labels(tmp_path: Path) -> None:
    training = write_crossfit(tmp_path / "mine")
    DocBin().to_disk(training / "out-of-fold.spacy")
    code, out = run(training)
    assert code == 1
    assert "expected a prediction for each of the 5 docs of labelled.spacy" in out
