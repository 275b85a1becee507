"""cleanlab's ranking beside that of suspects."""

import sys
from types import ModuleType
from typing import Any

import numpy
import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.experiments.suspects import rank_suspects
from adaptive_spacy.ner.tags import TagSet
from benchmarks.quality.cleanlab_ranking import TokenJudge, doubt, find_rank

PATH = "cleanlab.token_classification.rank"


def suspects(annotated: list[str], predicted: list[str]) -> Any:
    vocab = spacy.blank("xx").vocab
    words = ["Ada", "Byron", "sings"]
    example = Example(
        Doc(vocab, words=words, ents=predicted), Doc(vocab, words=words, ents=annotated)
    )
    return example, rank_suspects([example])


def test_entity_is_as_bad_as_its_worst_token() -> None:
    _, (one, *_) = suspects(["B-PER", "O", "O"], ["B-PER", "I-PER", "O"])
    qualities = [numpy.array([0.9, 0.2, 0.01])]
    assert doubt(one, qualities) == pytest.approx(0.8)


def test_without_cleanlab_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, PATH, None)
    assert find_rank() is None
    assert "pip install cleanlab" in capsys.readouterr().err
    module = ModuleType(PATH)
    monkeypatch.setattr(module, "get_label_quality_scores", print, raising=False)
    for name in ("cleanlab", "cleanlab.token_classification"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, PATH, module)
    assert find_rank() is print


def test_tokens_are_judged_by_the_tags_that_they_were_given() -> None:
    example, _ = suspects(["B-PER", "I-PER", "O"], ["O", "O", "O"])
    judge = TokenJudge.__new__(TokenJudge)
    judge.pipe = type("Pipe", (), {"tagset": TagSet("BIO", ("PER",))})()
    judge.probabilities = [numpy.full((3, 3), 1 / 3)]

    def rank(labels: Any, probabilities: Any) -> Any:
        # O, B-PER and I-PER
        assert labels == [[1, 2, 0]]
        assert probabilities is judge.probabilities
        return None, [[0.1, 0.2, 0.3]]

    (found,) = judge.judge(rank, [example])
    assert found.tolist() == [0.1, 0.2, 0.3]
