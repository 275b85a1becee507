from spacy.tokens import Doc
from spacy.vocab import Vocab

from adaptive_spacy.data.stats.label_noise import LabelNoise


def compare(*sentences: tuple[str, str]) -> LabelNoise:
    """Annotated words; "?" where annotation is missing."""
    noise, vocab = LabelNoise(), Vocab()
    docs = [
        Doc(vocab, words=text.split(), ents=["" if tag == "?" else tag for tag in tags.split()])
        for text, tags in sentences
    ]
    for see in (noise.add, noise.seek):
        for number, doc in enumerate(docs, start=1):
            see(doc, [token.text for token in doc], "a.spacy", number)
    return noise


def test_noise_counts_each_reading_of_the_same_words() -> None:
    noise = compare(
        ("New York calls", "B-LOC I-LOC O"),
        ("New York wins", "B-ORG I-ORG O"),
        ("I love New York today", "O O O O O"),
        ("in New York", "O B-LOC I-LOC"),
        ("the New York Times", "O B-ORG I-ORG I-ORG"),
    )
    ((text, readings),) = noise.most_frequent()
    assert text == "New York"
    # inside of a longer entity the words are not unlabelled
    assert (dict(readings.labels), readings.unlabelled) == ({"LOC": 2, "ORG": 1}, 1)
    assert readings.against == 2
    assert str(readings.places[""]) == "a.spacy, document 3: I love [New York] today"
    assert str(readings.odd_place) == "a.spacy, document 3: I love [New York] today"


def test_noise_leaves_out_what_is_not_annotated() -> None:
    assert list(compare(("Ada calls", "B-PER O"), ("Ada", "?")).most_frequent()) == []


def test_noise_lists_the_most_frequent_first() -> None:
    rare = [("Ada calls", "B-PER O"), ("Ada", "O")]
    frequent = [("Cleo calls", "B-PER O"), ("Cleo", "B-ORG")] * 2
    found = [text for text, _ in compare(*rare, *frequent, ("Ben", "B-PER")).most_frequent()]
    assert found == ["Cleo", "Ada"]
