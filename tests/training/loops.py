"""Loops in which spaCy and its users train: who hands which gradients over, and when."""

from collections.abc import Callable
from pathlib import Path

import numpy
import spacy
from spacy.language import Language
from spacy.training import Example
from thinc.api import fix_random_seed

from adaptive_spacy.training.optimizer import AdamW, make_adamw_v1
from tests.ner.pipelines import examples
from tests.transformer.pipelines import OURS

STILL = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


RATE = 1e-2


Loop = Callable[[Language, AdamW], None]


def make_nlp(folder: Path, pipes: tuple[str, ...] = ("transformer_ner",)) -> Language:
    fix_random_seed(0)
    nlp = spacy.blank("xx")
    model = {"@architectures": OURS, "name": str(folder), "transformer_config": STILL}
    spans = {"@span_getters": "spacy-transformers.strided_spans.v1", "window": 16, "stride": 12}
    nlp.add_pipe("transformer", config={"model": {**model, "get_spans": spans}})
    listener = {"@architectures": "spacy-transformers.TransformerListener.v1"}
    pooling = {"@layers": "reduce_mean.v1"}
    tok2vec = {**listener, "grad_factor": 1.0, "pooling": pooling}
    for name in pipes:
        if name == "tagger":
            tagger = {"@architectures": "spacy.Tagger.v2", "tok2vec": tok2vec}
            nlp.add_pipe("tagger", config={"model": tagger})
        else:
            nlp.add_pipe(name.split("-")[0], name=name)
    nlp.initialize(lambda: annotated(nlp), sgd=make_adamw_v1(RATE))
    return nlp


def annotated(nlp: Language) -> list[Example]:
    result = examples(nlp)
    for eg in result:
        for token in eg.reference:
            token.tag_ = "A" if token.i % 2 else "B"
        eg.reference.cats = {"yes": 1.0, "no": 0.0}
    return result


def batches(nlp: Language) -> list[list[Example]]:
    """Four updates, each with words that the others lack."""
    found = annotated(nlp)
    return [found[:3], found[3:5], found[5:6], found[6:]]


def as_spacy_train(nlp: Language, sgd: AdamW, exclude: tuple[str, ...] = ()) -> None:
    for batch in batches(nlp):
        nlp.update(batch, sgd=False, exclude=exclude)  # type: ignore[arg-type]
        for name, pipe in nlp.pipeline:
            if name not in exclude:
                pipe.finish_update(sgd)
        sgd.step_schedules()


def bare(nlp: Language, sgd: AdamW) -> None:
    for batch in batches(nlp):
        nlp.update(batch, sgd=sgd)


def bare_with_losses_and_schedules(nlp: Language, sgd: AdamW) -> None:
    for batch in batches(nlp):
        losses: dict[str, float] = {}
        nlp.update(batch, sgd=sgd, losses=losses)
        assert losses["transformer_ner"] > 0
        sgd.step_schedules()


def pipe_by_pipe(nlp: Language, sgd: AdamW) -> None:
    for batch in batches(nlp):
        for _, pipe in nlp.pipeline:
            pipe.update(batch, sgd=sgd)


def without_schedules(nlp: Language, sgd: AdamW) -> None:
    for batch in batches(nlp):
        nlp.update(batch, sgd=False)  # type: ignore[arg-type]
        for _, pipe in nlp.pipeline:
            pipe.finish_update(sgd)


def bare_with_evaluations(nlp: Language, sgd: AdamW) -> None:
    for batch in batches(nlp):
        nlp.update(batch, sgd=sgd)
        nlp.evaluate(annotated(nlp))


def weights(nlp: Language) -> dict[str, numpy.ndarray]:
    """Of all pipes, read without telling anyone."""
    found = {}
    for name, pipe in nlp.pipeline:
        for i, node in enumerate(pipe.model.walk()):
            for shim in node.shims:
                for key, parameter in shim._model.named_parameters():
                    found[f"{name}.{key}"] = parameter.detach().numpy().copy()
            for key in node.param_names:
                if node.has_param(key):
                    found[f"{name}.{i}.{key}"] = numpy.array(node.get_param(key))
    return found


def assert_same(one: dict[str, numpy.ndarray], other: dict[str, numpy.ndarray]) -> None:
    assert one.keys() == other.keys()
    for name, values in one.items():
        # Adam magnifies rounding where a gradient is nearly nothing
        assert numpy.abs(values - other[name]).max() < 1e-2 * RATE, name


def trained(folder: Path, loop: Loop, pipes: tuple[str, ...] = ("transformer_ner",)) -> Language:
    nlp = make_nlp(folder, pipes)
    loop(nlp, nlp._optimizer)
    return nlp
