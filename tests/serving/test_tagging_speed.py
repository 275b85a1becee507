from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin

from adaptive_spacy.serving import tagging_speed
from adaptive_spacy.serving.tagging_speed import MOST_WORDS, ROUNDS, compare_speed
from tests.conftest import SENTENCES, write_corpus
from tests.transformer.pipelines import OURS, trained


class Paced:
    """A pipeline that takes as long as it is told, by its own clock, and notes what it tags."""

    def __init__(self, clock: list[float], seconds: list[float]) -> None:
        self.clock, self.seconds = clock, iter(seconds)
        self.tagged: list[list[str]] = []
        self.vocab = spacy.blank("en").vocab

    def pipe(self, texts: Iterable[str]) -> Iterator[str]:
        self.tagged.append(list(texts))
        yield from self.tagged[-1]
        self.clock[0] += next(self.seconds)


def timed(
    first: list[float], second: list[float], corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[float, list[Paced]]:
    """RETURNS (tuple): What two pipelines that take so long come to, and they themselves."""
    clock = [0.0]
    pipelines = {"before": Paced(clock, first), "after": Paced(clock, second)}
    monkeypatch.setattr(tagging_speed, "open_pipeline", pipelines.__getitem__)
    monkeypatch.setattr(tagging_speed, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(
        tagging_speed, "read_corpus", lambda path, nlp: list(tagging_examples(path, nlp))
    )
    return compare_speed(Path("before"), Path("after"), corpus), list(pipelines.values())


def tagging_examples(path: Path, nlp: Paced) -> Iterator[spacy.training.Example]:
    for doc in DocBin().from_disk(path).get_docs(nlp.vocab):
        yield spacy.training.Example(Doc(nlp.vocab), doc)


def test_speed_is_of_medians_without_the_first_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path / "dev.spacy", SENTENCES)
    assert ROUNDS == 3
    ratio, pipelines = timed([90, 3, 50, 2], [1, 2, 1, 2], corpus, monkeypatch)
    assert ratio == 3 / 2
    assert all(len(one.tagged) == 1 + ROUNDS for one in pipelines)


@pytest.mark.parametrize(
    ("lengths", "tagged"),
    [
        ([MOST_WORDS - 1, 1, 1], 2),
        ([MOST_WORDS, 1], 1),
        ([MOST_WORDS + 1, 1], 1),
        ([1, MOST_WORDS, 1], 1),
    ],
)
def test_as_many_texts_are_timed_as_have_the_words_and_one_at_least(
    lengths: list[int], tagged: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocab = spacy.blank("en").vocab
    DocBin(docs=[Doc(vocab, words=["a"] * one) for one in lengths]).to_disk(tmp_path / "dev.spacy")
    _, pipelines = timed([1] * 4, [1] * 4, tmp_path / "dev.spacy", monkeypatch)
    for one in pipelines:
        assert [len(texts) for texts in one.tagged] == [tagged] * (1 + ROUNDS)


def test_real_pipelines_are_timed(transformer_folder: Path, tmp_path: Path) -> None:
    trained(transformer_folder, OURS).to_disk(tmp_path / "model-last")
    corpus = write_corpus(tmp_path / "dev.spacy", SENTENCES)
    assert compare_speed(tmp_path / "model-last", tmp_path / "model-last", corpus) > 0
