"""The simulation of orders to label texts in: all from one start, and on from where it was."""

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy
import pytest
import spacy
import typer
from spacy.tokens import Doc
from typer.testing import CliRunner

from adaptive_spacy.experiments.next_texts import Candidate
from benchmarks.measurements import read_lines
from benchmarks.quality import next_texts
from benchmarks.quality.next_texts import ORDERS, START, Study, describe, follow, main
from tests.benchmarks.quality.yardsticks import SENTENCES
from tests.conftest import ROOT

VOCAB = spacy.blank("xx").vocab
#: Texts of one to twenty words
TEXTS = [" ".join([f"t{number}", *"w" * number]) for number in range(20)]
LABELLED = 4
ROUNDS = 2


class Pretence(Study):
    """Learns nothing: F1 is made of what is labelled. learnt (list): The texts of each training.
    shift (float): Of F1."""

    def __init__(self, shift: float = 0.0) -> None:
        docs = [Doc(VOCAB, text.split(), [*[True] * text.count(" "), False]) for text in TEXTS]
        pool = {doc.text: doc for doc in docs}
        super().__init__(pool, Path("test.spacy"), Path("none.cfg"), {})
        self.learnt: list[list[str]] = []
        self.shift = shift

    def learn(self, texts: Sequence[str], folder: Path) -> float:
        self.learnt.append(list(texts))
        return len(texts) / 100 + self.shift

    def candidates(self, labelled: Sequence[str], folder: Path) -> list[Candidate]:
        # a short text that is in doubt, and long ones that are because they are long
        doubts = {text: 3.0 if text == TEXTS[0] else 1.0 * len(doc) for text, doc in self.docs()}
        return [
            Candidate(doc, doubts[text], numpy.eye(len(TEXTS), dtype="float32")[i])
            for i, (text, doc) in enumerate(self.docs())
            if text not in labelled
        ]

    def docs(self) -> list[tuple[str, Doc]]:
        return list(self.pool.items())


def run(study: Study, folder: Path, known: Sequence[next_texts.Row] = ()) -> list[list]:
    return list(follow(study, TEXTS[5 : 5 + LABELLED], ROUNDS, 1, folder, known))


def test_each_order_begins_at_the_same_start(tmp_path: Path) -> None:
    study = Pretence()
    start, *orders = run(study, tmp_path)
    assert [(one["order"], one["texts"], one["f1"]) for one in start] == [(START, 4, 0.04)]
    assert [[one["order"] for one in rows] for rows in orders] == [[name] * 2 for name in ORDERS]
    assert [[one["texts"] for one in rows] for rows in orders] == [[8, 12]] * len(ORDERS)
    assert all(texts[:LABELLED] == TEXTS[5:9] for texts in study.learnt)
    assert all(len(set(texts)) == len(texts) for texts in study.learnt)
    # 6 + 7 + 8 + 9 words, and the four longest
    assert orders[0][0]["words"] == 30 + 20 + 19 + 18 + 17
    again = Random(1).sample([text for text in TEXTS if text not in TEXTS[5:9]], LABELLED)
    assert study.learnt[3][LABELLED:] == again
    # by doubts per token the short one comes first
    assert TEXTS[0] in study.learnt[5]
    assert TEXTS[0] not in study.learnt[1]


def test_orders_that_are_known_are_not_measured_again(tmp_path: Path) -> None:
    whole = run(Pretence(), tmp_path)
    known = [row for rows in whole[:2] for row in rows]
    study = Pretence()
    assert run(study, tmp_path, known) == whole[2:]
    # the start, as the orders that are left choose by it
    assert [len(texts) for texts in study.learnt] == [4, 8, 12, 8, 12]
    study = Pretence()
    assert run(study, tmp_path, [row for rows in whole for row in rows]) == []
    assert study.learnt == []
    # of another seed nothing is known
    others = [{**row, "seed": 2} for row in known]
    assert run(Pretence(), tmp_path, others) == whole


def test_order_that_lacks_a_round_is_followed_anew(tmp_path: Path) -> None:
    whole = [row for rows in run(Pretence(), tmp_path) for row in rows]
    study = Pretence()
    # the last order has one of its two rounds
    assert run(study, tmp_path, whole[:-1]) == [whole[-1:]]
    assert [len(texts) for texts in study.learnt] == [4, 8, 12]
    # the start alone
    assert [row for rows in run(Pretence(), tmp_path, whole[:1]) for row in rows] == whole[1:]
    other = [*whole[:-2], {**whole[-2], "f1": 0.5}]
    message = "seed 1: the order 'doubts per token' came to F1 0.08, but to 0.5 in the output"
    with pytest.raises(ValueError, match=message):
        run(Pretence(), tmp_path, other)


def test_start_that_comes_to_another_score_is_no_part_of_the_table(tmp_path: Path) -> None:
    (start, *_) = run(Pretence(), tmp_path)
    message = "seed 1: the first training came to F1 0.29, but to 0.04 in the output"
    with pytest.raises(ValueError, match=message):
        run(Pretence(0.25), tmp_path, start)


def test_lines_of_other_settings_do_not_count(
    corpus: Path, transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[int] = []

    def learn(self: Study, texts: Sequence[str], folder: Path) -> float:
        learnt.append(len(texts))
        return 0.5

    def candidates(self: Study, labelled: Sequence[str], folder: Path) -> list[Candidate]:
        left = [doc for text, doc in self.pool.items() if text not in labelled]
        return [Candidate(doc, 1.0, None) for doc in left]

    monkeypatch.setattr(Study, "learn", learn)
    monkeypatch.setattr(Study, "candidates", candidates)
    output = tmp_path / "out.jsonl"
    output.write_text(json.dumps({"seed": 1, "order": START, "f1": 0.1}) + "\n", encoding="utf8")
    config = ROOT / "configs" / "adaptive.cfg"

    def simulate(rate: float, seeds: int) -> list[int]:
        learnt.clear()
        main(corpus, output, 1, 1, seeds, config, transformer, rate)
        return list(learnt)

    assert simulate(1e-4, 1) == [1, 2, 2, 2]
    assert simulate(1e-4, 2) == [1, 2, 2, 2]
    assert simulate(1e-4, 2) == []
    assert simulate(1e-3, 1) == [1, 2, 2, 2]
    lines = read_lines(output)[1:]
    assert [(one["seed"], one["settings"]["rate"]) for one in lines] == [
        *[(1, 1e-4)] * 4,
        *[(2, 1e-4)] * 4,
        *[(1, 1e-3)] * 4,
    ]


def test_pool_that_does_not_last_is_refused(
    corpus: Path, transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Study, "learn", lambda *_: pytest.fail("it trains"))
    app = typer.Typer(rich_markup_mode=None)
    app.command()(main)
    texts = len(SENTENCES)
    given = [
        str(corpus),
        "--output",
        str(tmp_path / "out.jsonl"),
        "--transformer",
        str(transformer),
    ]
    result = CliRunner().invoke(app, [*given, "--start", str(texts), "--rounds", "1"])
    assert result.exit_code == 1
    said = f"✘ --start and --rounds: expected at most the {texts} texts that train and dev of "
    assert said in result.output
    assert f"got {texts} at first and in each of 1 rounds, {2 * texts} in all" in result.output


def test_settings_tell_the_files_apart_and_name_no_place(corpus: Path, transformer: Path) -> None:
    config = ROOT / "configs" / "adaptive.cfg"
    first = describe(corpus, config, transformer, 1e-4)
    assert first["corpus"] == "corpus"
    assert str(corpus.parent) not in json.dumps(first)
    assert {"train.spacy", "adaptive.cfg", "model.safetensors"} <= set(first["files"])
    (corpus / "test.spacy").write_bytes(b"others")
    changed = describe(corpus, config, transformer, 1e-4)
    assert changed["files"].pop("test.spacy") != first["files"].pop("test.spacy")
    assert changed == first


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_simulation_trains_chooses_and_trains_again(
    corpus_folder: Path, transformer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, source in (("train", "train"), ("dev", "dev"), ("test", "dev")):
        (corpus / f"{name}.spacy").write_bytes((corpus_folder / f"{source}.spacy").read_bytes())
    text = (ROOT / "configs" / "adaptive.cfg").read_text(encoding="utf8")
    config = tmp_path / "short.cfg"
    config.write_text(text.replace("max_epochs = 0", "max_epochs = 2"), encoding="utf8")
    output = tmp_path / "out.jsonl"
    main(corpus, output, 2, 2, 1, config, transformer_folder, 3e-3)
    lines = read_lines(output)
    assert [(one["order"], one["texts"]) for one in lines] == [
        (START, 2),
        *[(name, texts) for name in ORDERS for texts in (4, 6)],
    ]
    assert all(0 <= one["f1"] <= 1 for one in lines)
