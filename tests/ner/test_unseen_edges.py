"""Entities that begin or end where nothing can be predicted: on white space, on a token without a
word piece, beyond what the transformer takes."""

import math
from functools import partial
from pathlib import Path

import numpy
import pytest
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Adam, fix_random_seed

from adaptive_spacy.ner.component import TransformerNER
from adaptive_spacy.ner.model import build_token_classifier_v1
from adaptive_spacy.ner.tags import SCHEMES
from adaptive_spacy.ner.unseen_edges import UnseenEdges, find_pieces, find_tokens
from adaptive_spacy.transformer.tokenizer import WordPieces
from tests.conftest import SENTENCES
from tests.ner.models import make_vectors
from tests.ner.pipelines import GOLD, NO_DROPOUT, found, make_nlp

MARK = "\u200e"
#: Words and, as offsets of tokens, an entity as annotated and as far as it can be predicted
CASES = {
    "mark before": ([MARK, "Ben", "Ray", "visits"], (0, 3), (1, 3)),
    "mark before one": ([MARK, "Ada", "visits"], (0, 2), (1, 2)),
    "marks before": (["in", MARK, "\u200b", "New", "York"], (1, 5), (3, 5)),
    "mark behind": (["Ben", "Ray", MARK, "visits"], (0, 3), (0, 2)),
    "mark behind one": (["Ada", MARK], (0, 2), (0, 1)),
    "mark around one": (["met", MARK, "Ada", MARK, "."], (1, 4), (2, 3)),
    "space before": (["met", "\n", "Ben", "Ray", "."], (1, 4), (2, 4)),
    "space behind": (["met", "Ada", "\n", "."], (1, 3), (1, 2)),
    # 64 pieces are taken, two of them special
    "cut off": (["ada"] * 80, (60, 70), (60, 63)),
}


@pytest.fixture(scope="module", params=SCHEMES)
def untrained(request: pytest.FixtureRequest, transformer_folder: Path) -> Language:
    nlp = make_nlp(transformer_folder, NO_DROPOUT, scheme=request.param)
    fix_random_seed(0)
    nlp.initialize(lambda: marked(nlp, "", ""))
    return nlp


def marked(nlp: Language, before: str, behind: str) -> list[Example]:
    """RETURNS (list[Example]): `SENTENCES`, a mark inside of each entity before and behind it."""
    result = []
    for text, tags in SENTENCES:
        words: list[str] = []
        spans: list[tuple[int, int, str]] = []
        for word, tag in zip(text.split(), tags.split(), strict=True):
            marks = [before, word, behind] if tag[0] in "BI" else [word]
            start = len(words)
            words += [one for one in marks if one]
            if tag[0] == "B":
                spans.append((start, len(words), tag[2:]))
            elif tag[0] == "I":
                spans[-1] = (spans[-1][0], len(words), tag[2:])
        reference = Doc(nlp.vocab, words=words)
        reference.set_ents([Span(reference, *one) for one in spans])
        result.append(Example(Doc(nlp.vocab, words=words), reference))
    return result


def annotated(nlp: Language, words: list[str], entity: tuple[int, int]) -> Example:
    reference = Doc(nlp.vocab, words=words)
    reference.set_ents([Span(reference, *entity, "PER")])
    return Example(Doc(nlp.vocab, words=words), reference)


@pytest.mark.parametrize("case", CASES)
def test_an_edge_that_nobody_sees_is_no_part_of_the_loss(untrained: Language, case: str) -> None:
    words, entity, predictable = CASES[case]
    learnt, evaluated = [], []
    for span in (entity, predictable):
        losses: dict[str, float] = {}
        untrained.update([annotated(untrained, words, span)], sgd=False, drop=0.0, losses=losses)
        learnt.append(losses["transformer_ner"])
        scores = untrained.evaluate([annotated(untrained, words, span)])
        evaluated.append(scores["ents_loss"])
    assert learnt[0] == learnt[1] > 0
    assert evaluated[0] == evaluated[1] == pytest.approx(learnt[0], rel=1e-5)


@pytest.mark.parametrize(("scheme", "before", "behind"), [("BIO", MARK, ""), ("BILOU", "", MARK)])
def test_what_has_marks_at_its_edges_is_found_without(
    scheme: str, before: str, behind: str, transformer_folder: Path
) -> None:
    nlp = make_nlp(transformer_folder, scheme=scheme)
    fix_random_seed(0)
    nlp.initialize(lambda: marked(nlp, before, behind))
    optimizer = Adam(3e-3, use_averages=False)
    for _ in range(40):
        nlp.update(marked(nlp, before, behind), sgd=optimizer, drop=0.0)
    assert {text: found(nlp(text)) for text in GOLD} == GOLD


def test_an_entity_of_which_nothing_is_seen_is_none_of_the_loss(untrained: Language) -> None:
    words = ["Ada", MARK, "\n", "visits"]
    losses = []
    for ents in [[(1, 3, "PER")], []]:
        reference = Doc(untrained.vocab, words=words)
        reference.set_ents([Span(reference, *one) for one in ents])
        example = Example(Doc(untrained.vocab, words=words), reference)
        losses.append(untrained.evaluate([example])["ents_loss"])
    assert losses[0] == losses[1] > 0


def test_empty_docs_in_front_hide_no_width(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    ner = TransformerNER(nlp.vocab, build_token_classifier_v1(make_vectors()))
    empty = Example(Doc(nlp.vocab), Doc(nlp.vocab))
    ner.initialize(lambda: [*[empty] * 12, *marked(nlp, "", "")])
    assert ner.model.get_ref("output_layer").get_dim("nI") == 3


def test_an_empty_doc_that_was_not_predicted_is_scored(untrained: Language) -> None:
    ner = untrained.get_pipe("transformer_ner")
    cases = marked(untrained, "", "")
    expected = untrained.evaluate(marked(untrained, "", ""))
    for eg, doc in zip(cases, untrained.pipe(eg.predicted for eg in cases), strict=True):
        eg.predicted = doc
    scores = ner.score([Example(Doc(untrained.vocab), Doc(untrained.vocab)), *cases])
    assert scores["ents_loss"] == expected["ents_loss"]
    assert scores["temperature"] == expected["temperature"]
    assert len(ner.losses) == 1 + len(cases)
    assert numpy.isfinite(scores["ents_loss_refined"])


def test_tokens_with_a_piece_are_those_that_the_transformer_represents(
    transformer_folder: Path,
) -> None:
    nlp = make_nlp(transformer_folder)
    transformer = nlp.get_pipe("transformer")
    transformer.model.initialize()
    words = ["\u200e", "Ada", "lives", "\n", "in", "\u200b", "New", "York", "\ufeff", ".", "\t"]
    # shorter and longer than a window, of which there are two or more then
    for doc in (Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words * 8)):
        (spans,) = transformer.model.attrs["get_spans"]([doc])
        found = find_tokens(transformer.model.tokenizer, spans)
        assert 0 < found.sum() < len(doc)
        (data,) = transformer.predict([doc]).doc_data
        assert found.tolist() == (data.align.lengths > 0).tolist()


def test_a_tokenizer_in_python_leaves_no_token_out(transformer_folder: Path) -> None:
    doc = Doc(Vocab(), words=[MARK, "Ada"])
    tokenizer = WordPieces(str(transformer_folder), use_fast=False).tokenizer
    assert not tokenizer.is_fast
    assert find_tokens(tokenizer, [doc[:]]).all()


def told(recwarn: pytest.WarningsRecorder) -> list[str]:
    return [str(one.message) for one in recwarn if "white space" in str(one.message)]


@pytest.mark.parametrize("mark", [MARK, "\n"])
@pytest.mark.parametrize("frozen", [False, True])
def test_initialization_says_it_once(
    transformer_folder: Path, recwarn: pytest.WarningsRecorder, mark: str, frozen: bool
) -> None:
    nlp = make_nlp(transformer_folder)
    if frozen:
        nlp.initialize(lambda: marked(nlp, "", ""))
    with nlp.select_pipes(disable=["transformer"] if frozen else []):
        nlp.initialize(lambda: marked(nlp, mark, ""))
    entities = sum(tag[0] == "B" for _, tags in SENTENCES for tag in tags.split())
    assert told(recwarn) == [
        f"transformer_ner: {entities} of {entities} entities begin or end on white space or a "
        f"token without a word piece, e.g. document 1, the PER {f'{mark} Ada'!r}: they are learnt "
        "without it, and never found as annotated; leave such tokens out of them"
    ]
    # a second time it is of other examples
    nlp.get_pipe("transformer_ner").initialize(lambda: marked(nlp, "", "\n"))
    assert len(told(recwarn)) == 2
    nlp.update(marked(nlp, mark, ""))
    assert len(told(recwarn)) == 2


def test_tokenizers_are_asked_of_some_docs_and_white_space_is_known_of_all(
    transformer_folder: Path,
) -> None:
    nlp = make_nlp(transformer_folder)
    nlp.get_pipe("transformer").model.initialize()
    counted = []
    for mark in (MARK, "\n"):
        for most in (math.inf, 1, 0):
            edges = UnseenEdges(partial(find_pieces, nlp), most)
            assert len(list(edges.watch(marked(nlp, mark, "")))) == len(SENTENCES)
            counted.append(edges.unseen)
    everything, first = edges.total, sum(tag[0] == "B" for tag in SENTENCES[0][1].split())
    assert counted == [everything, first, 0, everything, everything, everything]


def test_without_a_pipeline_white_space_is_known(
    transformer_folder: Path, recwarn: pytest.WarningsRecorder
) -> None:
    nlp = make_nlp(transformer_folder)
    ner = TransformerNER(nlp.vocab, build_token_classifier_v1(make_vectors()))
    ner.initialize(lambda: marked(nlp, MARK, ""))
    assert told(recwarn) == []
    ner.initialize(lambda: marked(nlp, "\n", ""))
    assert len(told(recwarn)) == 1
