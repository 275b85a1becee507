"""How much faster one pipeline tags than another, on this machine."""

from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter

from spacy.cli._util import setup_gpu
from tqdm import tqdm

from adaptive_spacy.training.evaluation import open_pipeline, read_corpus

#: Of a corpus: seconds of work for a small transformer, and a full batch of any device
MOST_WORDS = 2048
ROUNDS = 3


def compare_speed(before: Path, after: Path, corpus: Path, *, gpu_id: int = -1) -> float:
    """Let two pipelines tag the same texts, in turns, so that whatever else the machine does hits
    both alike. The first turn of each does not count: what is made at a first prediction, as the
    integers of int8, is made once.

    before, after (Path): Folders of trained pipelines.
    corpus (Path): A .spacy file, of whose first texts there are `MOST_WORDS` words at most, but one
        text.
    gpu_id (int): Number of the GPU that computes; -1: the processor.
    RETURNS (float): How many times as fast the second one is; medians of `ROUNDS` turns.
    """
    setup_gpu(gpu_id, silent=True)
    pipelines = [open_pipeline(str(one)) for one in (before, after)]
    docs = [eg.reference for eg in read_corpus(corpus, pipelines[0])]
    texts, words = [docs[0].text], len(docs[0])
    for doc in docs[1:]:
        words += len(doc)
        if words > MOST_WORDS:
            break
        texts.append(doc.text)
    taken: dict[int, list[float]] = {0: [], 1: []}
    turns = [*product(range(1 + ROUNDS), enumerate(pipelines))]
    # disable=None: no bar where stderr is no terminal
    for number, (which, nlp) in tqdm(turns, desc="Timing", leave=False, disable=None):
        begun = perf_counter()
        for _ in nlp.pipe(texts):
            pass
        if number:
            taken[which].append(perf_counter() - begun)
    return median(taken[0]) / median(taken[1])
