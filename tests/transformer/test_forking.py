"""A pipeline goes to other processes and comes back as it was."""

import copy
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
from spacy.language import Language

from adaptive_spacy.training.optimizer import make_adamw_v1
from tests.conftest import SENTENCES
from tests.ner.pipelines import examples
from tests.transformer.pipelines import OURS, learn, read, trained, weights

TEXTS = [text for text, _ in SENTENCES] * 2
COPIES: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda one: pickle.loads(pickle.dumps(one)),
    "cloudpickle": lambda one: pickle.loads(cloudpickle.dumps(one)),
    "deepcopy": copy.deepcopy,
}


def predict(nlp: Language, **settings: Any) -> list[list[tuple[str, str, float]]]:
    return [read(doc) for doc in nlp.pipe(TEXTS, batch_size=4, **settings)]


@pytest.fixture(scope="module", params=["float32", "int8"])
def nlp(request, transformer_folder, tmp_path_factory) -> Language:
    nlp = trained(transformer_folder, OURS, steps=15, precision=request.param)
    for _ in range(2):  # what a checkpoint leaves on the model is of this process
        nlp.to_disk(tmp_path_factory.mktemp("saved") / "model")
    assert any(predict(nlp))
    return nlp


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_copy_predicts_the_same_and_learns_by_itself(nlp: Language, make) -> None:
    kept = list(nlp.pipe(TEXTS))  # whose scores the component keeps
    expected = predict(nlp)
    twin = make(nlp)
    assert predict(twin) == expected
    learn(twin, 2)
    assert predict(twin) != expected
    assert predict(nlp) == expected
    assert len(kept) == len(TEXTS)


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_copy_goes_on_with_its_optimizer(transformer_folder, make) -> None:
    nlp = trained(transformer_folder, OURS, steps=0)
    nlp._optimizer = make_adamw_v1([1e-3, 2e-3, 3e-3])
    nlp.update(examples(nlp))
    twin = make(nlp)
    nlp.update(examples(nlp))
    twin.update(examples(twin))
    assert twin._optimizer is not nlp._optimizer
    assert twin._optimizer.steps == nlp._optimizer.steps == 2
    assert all(one.isfinite().all() for one in weights(twin).values())


@pytest.mark.slow
def test_pipe_with_two_spawned_processes(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS and Windows."""
    expected = predict(nlp)
    monkeypatch.setattr("spacy.language.mp", multiprocessing.get_context("spawn"))
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(predict, nlp, n_process=2).result(timeout=300) == expected


FORK = """
import sys, multiprocessing, spacy, torch
multiprocessing.set_start_method("fork")
torch.set_num_threads(2)
nlp = spacy.load(sys.argv[1])
texts = ["Ada lives in Paris . " * 6, "New York loves Ben Ray"] * 10
read = lambda doc: [(ent.text, ent._.confidence) for ent in doc.ents]
expected = [read(doc) for doc in nlp.pipe(texts, batch_size=5)]
found = [read(doc) for doc in nlp.pipe(texts, batch_size=5, n_process=2)]
assert any(expected) and [[one for one, _ in doc] for doc in found] == [
    [one for one, _ in doc] for doc in expected
]
print(torch.get_num_threads())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="spaCy forks on Linux alone")
@pytest.mark.slow
def test_forks_of_a_warm_process_do_not_hang(transformer_folder, tmp_path: Path) -> None:
    trained(transformer_folder, OURS, steps=15).to_disk(tmp_path / "model")
    command = [sys.executable, "-c", FORK, str(tmp_path / "model")]
    # without the new group, workers that hang would outlive the limit
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, stderr=subprocess.PIPE
    )
    try:
        out, err = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        pytest.fail("a forked worker hangs")
    assert process.returncode == 0, err
    assert out.strip() == "2", "the parent keeps its threads"
