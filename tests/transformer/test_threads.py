"""Many threads, one pipeline: each gets what one thread gets, to the last bit."""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from tests.conftest import SENTENCES
from tests.tiers import sliced
from tests.transformer.pipelines import OURS, Prediction, learn, read, trained

THREADS = 8
#: Lengths of one to three sentences, so that batches differ
TEXTS = [f"{text} " * (1 + i % 3) for i in range(15) for text, _ in SENTENCES]


@pytest.fixture(autouse=True)
def eager_switches() -> Iterator[None]:
    """Threads take turns far more often, so that what can go wrong does."""
    former = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    yield
    sys.setswitchinterval(former)


@pytest.fixture(scope="module", params=["float32", "int8"])
def folder(request, transformer_folder, tmp_path_factory) -> Path:
    # with that much dropout, a pass in training mode cannot hide
    config = {"hidden_dropout_prob": 0.5, "attention_probs_dropout_prob": 0.5}
    settings = {"precision": request.param, "transformer_config": config}
    nlp = trained(transformer_folder, OURS, steps=15, **settings)
    path = tmp_path_factory.mktemp(request.param) / "model"
    nlp.to_disk(path)
    return path


def one_by_one(nlp: Language, texts: list[str]) -> list[Prediction]:
    return [read(nlp(text)) for text in texts]


def in_batches(nlp: Language, texts: list[str]) -> list[Prediction]:
    return [read(doc) for doc in nlp.pipe(texts, batch_size=10)]


@pytest.mark.parametrize("predict", [one_by_one, in_batches])
@pytest.mark.parametrize(
    "beside", sliced([True], of=[False, True]), ids=["alone", "beside a training"]
)
def test_threads_predict_what_one_does(
    folder: Path,
    transformer_folder,
    predict: Callable[[Language, list[str]], list[Prediction]],
    beside: bool,
) -> None:
    expected = predict(spacy.load(folder), TEXTS)
    assert sum(map(len, expected)) > 100
    nlp = spacy.load(folder)  # whose first predictions are made at once
    done = threading.Event()

    def train() -> None:
        while not done.is_set():
            learn(other, 1)

    other = trained(transformer_folder, OURS, steps=1)
    trainer = threading.Thread(target=train)
    if beside:
        trainer.start()
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            parts = [TEXTS[i : i + 10] for i in range(0, len(TEXTS), 10)]
            found = list(pool.map(predict, [nlp] * len(parts), parts))
    finally:
        done.set()
        if beside:
            trainer.join()
    assert list(chain.from_iterable(found)) == expected


def test_a_cold_tokenizer_serves_all_threads(folder: Path) -> None:
    """It is told to pad while others use it, which it does not allow ("Already borrowed")."""
    nlp = spacy.load(folder)
    tokenizer = nlp.get_pipe("transformer").model.tokenizer
    expected = read(nlp("Ada lives in Paris . " * 8))
    for _ in range(10):
        tokenizer._tokenizer.no_padding()
        barrier = threading.Barrier(THREADS)

        def predict(_: int, barrier=barrier) -> Prediction:
            barrier.wait()
            return read(nlp("Ada lives in Paris . " * 8))

        with ThreadPoolExecutor(THREADS) as pool:
            assert list(pool.map(predict, range(THREADS))) == [expected] * THREADS


def test_a_pipeline_is_saved_while_it_predicts(folder: Path, tmp_path: Path) -> None:
    nlp = spacy.load(folder)
    expected = one_by_one(nlp, TEXTS[:50])
    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(one_by_one, nlp, TEXTS[:50]) for _ in range(2)]
        for i in range(3):
            nlp.to_disk(tmp_path / str(i))
        assert [one.result() for one in found] == [expected] * 2
    assert one_by_one(spacy.load(tmp_path / "2"), TEXTS[:20]) == expected[:20]


def test_the_network_stays_as_predictions_need_it(folder: Path) -> None:
    nlp = spacy.load(folder)
    network = nlp.get_pipe("transformer").model.transformer
    nlp("Ada")
    assert not any(module.training for module in network.modules())
    learn(nlp, 1)
    assert all(module.training for module in network.modules())
    nlp("Ada")
    assert not any(module.training for module in network.modules())


def test_threads_share_a_component_that_took_its_transformer_along(
    folder: Path, tmp_path: Path
) -> None:
    nlp = spacy.load(folder)
    nlp.replace_listeners("transformer", "transformer_ner", ["model.tok2vec"])
    nlp.remove_pipe("transformer")
    nlp.to_disk(tmp_path / "replaced")
    nlp = spacy.load(tmp_path / "replaced")
    expected = one_by_one(spacy.load(tmp_path / "replaced"), TEXTS)
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda text: read(nlp(text)), TEXTS))
    assert found == expected
    assert any(expected)
