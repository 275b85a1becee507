import itertools
import json
import re

import numpy as np
import pytest
import torch
import typer
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab
from transformers import BertConfig, BertForTokenClassification, BertModel, BertTokenizerFast
from typer.testing import CliRunner

from benchmarks.quality import yardstick, yardstick_data, yardstick_scores
from benchmarks.quality.yardstick import Settings
from benchmarks.quality.yardstick_data import IGNORED, EncodedSentence

# Lisbon, Porto and Nokia are two pieces each, everything else is one
PIECES = "in we saw and makes phones it rains . lis ##bon por ##to no ##kia"
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *PIECES.split()]
SENTENCES = [
    ("It rains in Lisbon .", "O O O B-LOC O"),
    ("We saw Porto and Lisbon", "O O B-LOC O B-LOC"),
    ("Nokia Lisbon makes phones .", "B-ORG I-ORG O O O"),
    ("It rains .", "O O O"),
]
LABELS = ["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]


def make_doc(text, tags):
    return Doc(Vocab(), words=text.split(" "), ents=tags.split(" "))


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for split in ("train", "dev", "test"):
        DocBin(docs=[make_doc(*sentence) for sentence in SENTENCES]).to_disk(
            folder / f"{split}.spacy"
        )
    return folder


@pytest.fixture(scope="module")
def transformer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("transformer")
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(VOCABULARY), encoding="utf8")
    BertTokenizerFast(str(vocabulary)).save_pretrained(folder)
    torch.manual_seed(0)
    BertModel(tiny_config()).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tokenizer(transformer):
    return yardstick_data.load_tokenizer(str(transformer))


def tiny_config(**settings):
    return BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        **settings,
    )


def make_settings(corpus, transformer, **settings):
    return Settings(
        **{
            "corpus": str(corpus),
            "transformer": str(transformer),
            "epochs": 2,
            "warmup": 1,
            "rate": 1e-3,
            "batch_size": 2,
            **settings,
        }
    )


def without_times(record):
    clocks = ("train_seconds", "evaluate_seconds", "train_words_per_second")
    epochs = [{k: v for k, v in epoch.items() if k not in clocks} for epoch in record["epochs"]]
    return {**record, "epochs": epochs}


def epoch_record(number, dev_loss, dev_f1, test_f1):
    """F1 is given as (greedy, viterbi)."""
    return {
        "epoch": number,
        "dev_loss": dev_loss,
        "dev_f1": dict(zip(("greedy", "viterbi"), dev_f1, strict=True)),
        "test_f1": dict(zip(("greedy", "viterbi"), test_f1, strict=True)),
    }


def test_train_learns_sentences(corpus, transformer):
    record = yardstick.train(make_settings(corpus, transformer, epochs=50, rate=5e-3))
    last = record["epochs"][-1]
    assert last["dev_f1"] == last["test_f1"] == {"greedy": 1.0, "viterbi": 1.0}
    assert last["dev_loss"] < 0.1 < record["epochs"][0]["dev_loss"]
    assert record["labels"] == LABELS
    assert record["data"]["train"] == {
        "sentences": 4,
        "tokens": 18,
        "entities": 4,
        "tokens_without_piece": 0,
        "tags_unknown_to_model": 0,
    }


def test_train_same_seed_same_record(corpus, transformer):
    first, again, other = (
        yardstick.train(make_settings(corpus, transformer, seed=seed)) for seed in (1, 1, 2)
    )
    assert without_times(first) == without_times(again)
    assert first["epochs"][0]["train_loss"] != other["epochs"][0]["train_loss"]


def test_train_rate_rises_then_falls_to_zero(corpus, transformer):
    # two updates per epoch: warm-up over updates 0 and 1, then (8 - t) / 6
    record = yardstick.train(make_settings(corpus, transformer, epochs=4, rate=6e-3))
    rates = [epoch["rate"] for epoch in record["epochs"]]
    assert rates == pytest.approx([3e-3, 5e-3, 3e-3, 1e-3])


def test_train_history_has_the_epochs(corpus, transformer, tmp_path):
    history = tmp_path / "history.jsonl"
    history.write_text("of an older run\n")
    record = yardstick.train(make_settings(corpus, transformer), history=history)
    assert [json.loads(line) for line in history.read_text().splitlines()] == record["epochs"]


def test_train_ends_on_broken_loss(corpus, transformer):
    with pytest.raises(ValueError, match=r"^training loss is (nan|inf) in epoch \d+: lower rate$"):
        yardstick.train(make_settings(corpus, transformer, rate=1e38, epochs=9))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs and batch_size: expected at least 1, got 0 and 2"),
        ({"batch_size": 0}, "epochs and batch_size: expected at least 1, got 2 and 0"),
        ({"warmup": 3}, "warmup: expected 0 to 2 epochs (all of them), got 3"),
        ({"warmup": -1}, "warmup: expected 0 to 2 epochs (all of them), got -1"),
    ],
)
def test_settings_impossible(settings, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make_settings("corpus", "transformer", **settings)


def test_read_docs_samples_train_and_dev_only(corpus):
    docs = yardstick_data.read_docs(corpus, 0.5)
    assert {split: len(docs[split]) for split in docs} == {"train": 2, "dev": 2, "test": 4}


def test_read_docs_skips_empty_docs(corpus):
    DocBin(docs=[Doc(Vocab()), make_doc(*SENTENCES[0])]).to_disk(corpus / "train.spacy")
    assert [doc.text for doc in yardstick_data.read_docs(corpus, 1.0)["train"]] == [
        "It rains in Lisbon . "
    ]


def test_read_docs_names_missing_file(corpus):
    (corpus / "dev.spacy").unlink()
    message = f"corpus: expected {corpus / 'dev.spacy'}, which does not exist"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        yardstick_data.read_docs(corpus, 1.0)


def test_bio_tags_need_full_annotation():
    with pytest.raises(ValueError, match="expected full annotation, but it lacks some in 'It "):
        yardstick_data.bio_tags(Doc(Vocab(), words=["It", "rains"]))


def test_bio_labels_need_entities():
    with pytest.raises(ValueError, match="expected entities to learn"):
        yardstick_data.bio_labels([make_doc("It rains", "O O")])


@pytest.mark.parametrize(
    ("text", "tags", "max_pieces", "first_pieces", "tokens", "targets"),
    [
        # [CLS] nokia(2) lisbon(2) makes [SEP]
        ("Nokia Lisbon makes", "B-ORG I-ORG O", 128, [1, 3, 5], [0, 1, 2], [3, 4, 0]),
        # cut after five pieces, special ones included
        ("Nokia Lisbon makes", "B-ORG I-ORG O", 5, [1, 3], [0, 1], [3, 4]),
        # a zero-width space has no word piece
        ("Nokia \u200b makes", "B-ORG O O", 128, [1, 3], [0, 2], [3, 0]),
        # a tag that the model lacks
        ("Nokia makes", "B-FOOD O", 128, [1, 3], [0, 1], [IGNORED, 0]),
    ],
)
def test_encode_labels_first_pieces(
    tokenizer, text, tags, max_pieces, first_pieces, tokens, targets
):
    sentence = yardstick_data.encode(make_doc(text, tags), tokenizer, LABELS, max_pieces)
    assert sentence.first_pieces == first_pieces
    assert sentence.tokens == tokens
    assert [sentence.targets[piece] for piece in first_pieces] == targets
    rest = [t for i, t in enumerate(sentence.targets) if i not in first_pieces]
    assert rest == [IGNORED] * (len(sentence.piece_ids) - len(first_pieces))


def test_token_scores_without_piece_are_o():
    sentence = EncodedSentence(
        tags=["B-LOC", "O", "O"], piece_ids=[2, 7, 3], targets=[], first_pieces=[1], tokens=[0]
    )
    scores = yardstick_scores.token_scores(
        sentence, np.array([[9.0, 9.0], [-2.0, -1.0], [9.0, 9.0]])
    )
    assert scores.tolist() == [[-2.0, -1.0], [0.0, -np.inf], [0.0, -np.inf]]


def is_legal(tags):
    pairs = zip(["O", *tags], tags, strict=False)
    return all(now[0] != "I" or (last[0] in "BI" and last[2:] == now[2:]) for last, now in pairs)


@pytest.mark.parametrize("seed", range(5))
def test_viterbi_finds_best_legal_sequence(seed):
    scores = np.random.default_rng(seed).normal(size=(4, len(LABELS)))
    legal = (
        path
        for path in itertools.product(range(len(LABELS)), repeat=4)
        if is_legal([LABELS[k] for k in path])
    )
    best = max(legal, key=lambda path: sum(scores[i, k] for i, k in enumerate(path)))
    constraints = yardstick_scores.bio_constraints(LABELS)
    assert yardstick_scores.viterbi(scores, *constraints) == list(best)


def test_viterbi_of_one_token_is_legal():
    scores = np.array([[0.0, 0.0, 9.0, 1.0, 9.0]])
    assert yardstick_scores.viterbi(scores, *yardstick_scores.bio_constraints(LABELS)) == [3]


@pytest.mark.parametrize(
    ("found", "f1"),
    [
        (["B-LOC", "I-LOC", "O"], 1.0),
        (["I-LOC", "I-LOC", "O"], 0.0),
        (["B-LOC", "O", "O"], 0.0),
        (["B-LOC", "I-LOC", "B-LOC"], 2 / 3),
        (["O", "O", "O"], 0.0),
    ],
)
def test_entity_f1_is_strict(found, f1):
    assert yardstick_scores.entity_f1([["B-LOC", "I-LOC", "O"]], [found]) == pytest.approx(f1)


def test_evaluate_does_not_depend_on_batches(tokenizer):
    torch.manual_seed(0)
    model = BertForTokenClassification(tiny_config(num_labels=len(LABELS)))
    sentences = [yardstick_data.encode(make_doc(*s), tokenizer, LABELS, 128) for s in SENTENCES]
    loss, f1 = yardstick_scores.evaluate(model, tokenizer, LABELS, sentences)
    alone, f1_alone = yardstick_scores.evaluate(model, tokenizer, LABELS, sentences, batch_size=1)
    assert loss == pytest.approx(alone, rel=1e-5)
    assert f1 == f1_alone
    # a mean over tokens, not over sentences
    losses = [yardstick_scores.evaluate(model, tokenizer, LABELS, [s])[0] for s in sentences]
    sizes = [len(sentence.tokens) for sentence in sentences]
    assert loss == pytest.approx(np.average(losses, weights=sizes), rel=1e-5)


def test_make_optimizer_decays_neither_bias_nor_norm():
    model = BertForTokenClassification(tiny_config())
    optimizer = yardstick.make_optimizer(model, make_settings("", ""))
    decay = {
        id(parameter): group["weight_decay"]
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    spared = {name for name, parameter in model.named_parameters() if decay[id(parameter)] == 0.0}
    assert spared == {
        name for name, _ in model.named_parameters() if "bias" in name or "LayerNorm" in name
    }
    assert set(decay.values()) == {0.0, 0.01}


def test_summarize_picks_on_dev_only():
    epochs = [
        epoch_record(1, 0.5, (0.6, 0.1), (0.90, 0.91)),
        epoch_record(2, 0.3, (0.7, 0.8), (0.50, 0.51)),
        epoch_record(3, 0.4, (0.9, 0.7), (0.40, 0.41)),
        epoch_record(4, 0.6, (0.2, 0.3), (0.30, 0.31)),
    ]
    summary = yardstick_scores.summarize(epochs)
    assert summary["greedy"] == {
        "best_loss": {"epoch": 2, "dev_loss": 0.3, "dev_f1": 0.7, "test_f1": 0.50},
        "best_f1": {"epoch": 3, "dev_loss": 0.4, "dev_f1": 0.9, "test_f1": 0.40},
        "last": {"epoch": 4, "dev_loss": 0.6, "dev_f1": 0.2, "test_f1": 0.30},
    }
    assert summary["viterbi"] == {
        "best_loss": {"epoch": 2, "dev_loss": 0.3, "dev_f1": 0.8, "test_f1": 0.51},
        "best_f1": {"epoch": 2, "dev_loss": 0.3, "dev_f1": 0.8, "test_f1": 0.51},
        "last": {"epoch": 4, "dev_loss": 0.6, "dev_f1": 0.3, "test_f1": 0.31},
    }


def test_summarize_takes_latest_of_equals():
    epochs = [epoch_record(i, 0.5, (0.6, 0.6), (i / 10, i / 10)) for i in (1, 2)]
    picks = yardstick_scores.summarize(epochs)["viterbi"]
    assert {rule: pick["epoch"] for rule, pick in picks.items()} == {
        "best_loss": 2,
        "best_f1": 2,
        "last": 2,
    }


@pytest.fixture(scope="module")
def app():
    app = typer.Typer()
    app.command()(yardstick.yardstick_cli)
    return app


def test_yardstick_cli_writes_record(app, corpus, transformer, tmp_path):
    output = tmp_path / "runs" / "one.json"
    options = {"corpus": corpus, "transformer": transformer, "output": output}
    options |= {"epochs": 2, "warmup": 1, "batch-size": 2, "seed": 3, "fraction": 0.5}
    result = CliRunner().invoke(
        app, [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    )
    assert result.exit_code == 0, result.output
    record = json.loads(output.read_text())
    assert record["settings"]["seed"] == 3
    assert record["data"]["train"]["sentences"] == 2
    assert sorted(path.name for path in output.parent.iterdir()) == ["one.json", "one.jsonl"]
    assert yardstick_scores.render(record["summary"]) in result.output


def test_yardstick_cli_says_faults_in_one_line(app, tmp_path):
    output = tmp_path / "one.json"
    result = CliRunner().invoke(
        app, ["--corpus", "none", "--transformer", "none", "--output", str(output)]
    )
    assert result.exit_code == 1
    assert "✘ corpus: expected none/train.spacy, which does not exist" in result.output
    assert not output.exists()
