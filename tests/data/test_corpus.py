import random
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.training.corpus import create_docbin_reader
from spacy.training.loop import create_train_batches
from thinc.api import ConfigValidationError

from adaptive_spacy.adaptive.steps import make_steps_v1
from adaptive_spacy.data import corpus as module
from adaptive_spacy.data.corpus import cut_sentences, draw, make_corpus_v1, rank
from tests.conftest import write_corpus

COUNT = 40
# building one takes longer than most tests
NLP = spacy.blank("xx")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    texts = [(f"sentence number {i}", "O O O") for i in range(COUNT)]
    return write_corpus(tmp_path / "train.spacy", texts)


def texts(path: Path, **arguments) -> list[str]:
    return [eg.reference.text for eg in make_corpus_v1(path, **arguments)(NLP)]


def test_corpus_finds_the_shards_of_a_large_split(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    for number, text in enumerate(("one", "two")):
        write_corpus(tmp_path / "train" / f"00{number}.spacy", [(text, "O")])
    assert texts(tmp_path / "train.spacy") == ["one ", "two "]
    write_corpus(tmp_path / "train.spacy", [("three", "O")])
    assert texts(tmp_path / "train.spacy") == ["three "], "a file of that name wins"


# written down, so that another platform or Python version that ranks otherwise is noticed
RANKS = [
    (0, "Ada lives in Paris .", 0xAD37F6A790399DF6),
    (1, "Ada lives in Paris .", 0xD2700F656315C211),
    (0, "Åsa läser 日本", 0x8ADA923E9416D6DA),
]


@pytest.mark.parametrize(("seed", "text", "expected"), RANKS)
def test_rank_is_the_same_everywhere(seed: int, text: str, expected: int) -> None:
    assert rank(seed, text) == expected


@pytest.mark.parametrize("fraction", [0.001, 0.1, 0.25, 0.99, 1.0])
def test_corpus_samples_its_share_in_the_order_of_the_file(path: Path, fraction: float) -> None:
    found = texts(path, fraction=fraction)
    assert len(found) == max(1, round(fraction * COUNT))
    assert found == [text for text in texts(path) if text in set(found)]


def test_corpus_samples_are_nested(path: Path) -> None:
    shares = [set(texts(path, fraction=fraction)) for fraction in (0.05, 0.1, 0.2, 0.5, 1.0)]
    assert all(small < large for small, large in pairwise(shares))


def test_corpus_samples_by_the_seed_alone(path: Path, tmp_path: Path) -> None:
    one, two = texts(path, fraction=0.2, seed=1), texts(path, fraction=0.2, seed=2)
    assert one == texts(path, fraction=0.2, seed=1)
    assert one != two
    # another order of the file moves the sample's order, not its members
    turned = [(f"sentence number {i}", "O O O") for i in reversed(range(COUNT))]
    again = texts(write_corpus(tmp_path / "turned.spacy", turned), fraction=0.2, seed=1)
    assert sorted(again) == sorted(one)
    assert again == one[::-1]


def test_draw_keeps_equal_texts_apart() -> None:
    assert draw([7] * 4, 0.5) == [0, 1]


def test_corpus_limits_over_all_files(path: Path, tmp_path: Path) -> None:
    write_corpus(tmp_path / "more.spacy", [("one more", "O O")] * 3)
    assert len(texts(tmp_path, limit=5)) == 5
    assert len(texts(tmp_path, limit=2 * COUNT)) == COUNT + 3


def test_corpus_says_what_max_length_drops(tmp_path: Path) -> None:
    sentences = [("a b c d e f", "O O O O O O"), ("a b", "O O")]
    path = write_corpus(tmp_path / "long.spacy", sentences)
    corpus = make_corpus_v1(path, max_length=5)
    with pytest.warns(UserWarning, match=r"max_length = 5 drops 6 of 8 tokens of .*long\.spacy"):
        assert [len(eg.reference) for eg in corpus(NLP)] == [2]


def test_corpus_drops_and_counts_what_is_just_as_long_as_max_length(tmp_path: Path) -> None:
    sentences = [("a b c d", "O O O O"), ("a b c d e", "O O O O O")]
    corpus = make_corpus_v1(write_corpus(tmp_path / "long.spacy", sentences), max_length=5)
    with pytest.warns(UserWarning, match="max_length = 5 drops 5 of 9 tokens"):
        assert [len(eg.reference) for eg in corpus(NLP)] == [4]


def test_corpus_refuses_a_missing_path_and_a_bad_fraction(path: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigValidationError, match=r"\.spacy file or a folder .*, got None"):
        make_corpus_v1(None)
    with pytest.raises(ConfigValidationError, match=r"got .*nothing\.spacy\. Set it on the"):
        make_corpus_v1(tmp_path / "nothing.spacy")
    for fraction in (0.0, -1.0, 1.5, float("nan")):
        with pytest.raises(ConfigValidationError, match=r"fraction: expected a number in \(0, 1\]"):
            make_corpus_v1(path, fraction=fraction)


@pytest.mark.parametrize(
    ("argument", "value", "allowed"),
    [("units", "paragraphs", "one of docs, sentences"), ("limit", -1, "a whole number >= 0")],
)
def test_corpus_refuses_bad_arguments(path: Path, argument, value, allowed) -> None:
    with pytest.raises(ConfigValidationError) as error:
        make_corpus_v1(path, **{argument: value})
    assert error.value.desc == f"[corpora] {argument}: expected {allowed}, got {value!r}"


# Written down, as the ranks above: what is drawn is the same everywhere and for ever
SAMPLE = [3, 10, 24, 30, 35, 38]
ORDERS = [
    [2, 4, 9, 1, 5, 6, 7, 8, 3, 0],
    [6, 7, 9, 3, 4, 5, 0, 1, 8, 2],
]


def numbers(found: list[str]) -> list[int]:
    return [int(text.split()[-1]) for text in found]


def test_sample_is_the_same_everywhere(path: Path) -> None:
    assert numbers(texts(path, fraction=0.15, seed=3)) == SAMPLE


def passes(path: Path, count: int, **arguments) -> list[list[int]]:
    corpus, nlp = make_corpus_v1(path, **arguments), NLP
    return [numbers([eg.reference.text for eg in corpus(nlp)]) for _ in range(count)]


def test_shuffle_is_the_same_everywhere_and_another_in_each_pass(path: Path) -> None:
    assert passes(path, 2, shuffle=True, limit=10) == ORDERS
    assert passes(path, 1, shuffle=True, limit=10, seed=1) != ORDERS[:1]


def test_shuffle_leaves_the_global_random_state_alone(path: Path) -> None:
    random.seed(5)
    before = random.getstate()
    texts(path, shuffle=True)
    assert random.getstate() == before


def test_shuffle_moves_nothing_in_or_out_of_the_sample(path: Path) -> None:
    plain = texts(path, fraction=0.5, limit=12)
    shuffled = texts(path, fraction=0.5, limit=12, shuffle=True)
    assert plain != shuffled
    assert sorted(plain) == sorted(shuffled)


def test_shuffle_holds_a_bounded_number_of_units(path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "SHUFFLED_TOGETHER", 8)
    (found,) = passes(path, 1, shuffle=True)
    assert found != sorted(found)
    assert [sorted(found[i : i + 8]) for i in range(0, COUNT, 8)] == [
        list(range(i, i + 8)) for i in range(0, COUNT, 8)
    ]


def test_shuffle_moves_files(tmp_path: Path) -> None:
    for name in "abcd":
        write_corpus(tmp_path / f"{name}.spacy", [(f"file {name}", "O O")])
    corpus, nlp = make_corpus_v1(tmp_path, shuffle=True), NLP
    orders = {tuple(eg.reference[1].text for eg in corpus(nlp)) for _ in range(8)}
    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {("a", "b", "c", "d")}


def test_shuffle_gives_each_epoch_of_a_streamed_training_another_order(path: Path) -> None:
    nlp = NLP
    corpus = make_corpus_v1(path, shuffle=True, limit=10)
    batches = create_train_batches(nlp, corpus, lambda items: iter([list(items)]), -1)
    found = [next(batches) for _ in range(2)]
    assert [numbers([eg.reference.text for eg in batch]) for _, batch in found] == ORDERS


def test_limit_reads_no_file_beyond(path: Path, tmp_path: Path) -> None:
    (tmp_path / "z.spacy").write_bytes(b"no such thing")
    assert len(texts(tmp_path, limit=COUNT)) == COUNT


def two_sentences() -> Doc:
    """Two sentences; the second has a token that the tokenizer would cut."""
    words = ["Ada", "lives", "here", ".", "Ben", "Ray", "cannot", "come"]
    starts = [True, False, False, False, True, False, False, False]
    ents = ["B-PER", "O", "O", "O", "B-PER", "I-PER", "O", "O"]
    doc = Doc(NLP.vocab, words=words, sent_starts=starts, ents=ents)
    doc.spans["sc"] = [Span(doc, 0, 1, "A"), Span(doc, 3, 5, "ACROSS"), Span(doc, 4, 6, "B")]
    return doc


def write_docs(path: Path, docs: list[Doc]) -> Path:
    DocBin(docs=docs).to_disk(path)
    return path


def test_sentences_keep_tokens_entities_and_span_groups() -> None:
    one, two = cut_sentences(two_sentences())
    assert [token.text for token in two] == ["Ben", "Ray", "cannot", "come"]
    assert two.has_unknown_spaces
    assert [(ent.text, ent.label_) for doc in (one, two) for ent in doc.ents] == [
        ("Ada", "PER"),
        ("Ben Ray", "PER"),
    ]
    assert [[(span.text, span.label_) for span in doc.spans["sc"]] for doc in (one, two)] == [
        [("Ada", "A")],
        [("Ben Ray", "B")],
    ]


def test_units_are_what_is_counted(tmp_path: Path) -> None:
    plain = Doc(NLP.vocab, words=["no", "boundaries"])
    path = write_docs(tmp_path / "docs.spacy", [two_sentences(), two_sentences(), plain])
    assert len(texts(path)) == 3
    assert len(texts(path, units="sentences")) == 5
    assert len(texts(path, units="sentences", fraction=0.4)) == 2
    assert texts(path, units="sentences", limit=2) == ["Ada lives here . ", "Ben Ray cannot come "]


def test_units_and_max_length_keep_the_tokens_of_the_corpus(tmp_path: Path) -> None:
    path = write_docs(tmp_path / "docs.spacy", [two_sentences()])
    for arguments in ({"units": "sentences"}, {"max_length": 6}):
        examples = list(make_corpus_v1(path, **arguments)(NLP))
        assert [len(eg.predicted) for eg in examples] == [4, 4]


def test_plain_corpus_reads_what_spacys_does(path: Path) -> None:
    spacys = create_docbin_reader(path, gold_preproc=False)(NLP)
    assert texts(path) == [eg.reference.text for eg in spacys]


def test_steps_follows_units_and_is_not_moved_by_passes(tmp_path: Path) -> None:
    path = write_docs(tmp_path / "docs.spacy", [two_sentences()] * 3)

    def one_by_one(items):
        return ([item] for item in items)

    for units, expected in (("docs", 3), ("sentences", 6)):
        corpus = make_corpus_v1(path, units=units, shuffle=True)
        for _ in range(2):
            assert make_steps_v1(corpus, one_by_one) == expected
            list(corpus(NLP))
