"""What the yardstick learns from: tokens, tags and word pieces. Of adaptive-spacy it has only the
corpus reader, so that both see the same sentences."""

from dataclasses import dataclass
from pathlib import Path

import torch
from spacy.tokens import Doc
from spacy.vocab import Vocab
from transformers import AutoTokenizer, DataCollatorForTokenClassification, PreTrainedTokenizerBase

from adaptive_spacy.data.corpus import FractionCorpus

SPLITS = ("train", "dev", "test")
IGNORED = -100  # the target that torch's cross-entropy skips


@dataclass(frozen=True)
class EncodedSentence:
    """One Doc of the corpus, as the model and the scorer need it.

    tags (list[str]): Gold BIO tag of each token.
    piece_ids (list[int]): Word pieces with the special ones.
    targets (list[int]): Class of each piece; IGNORED on all but the first of a token.
    first_pieces (list[int]): Positions in `piece_ids`, one for each token in `tokens`.
    tokens (list[int]): Indices of the tokens that have a word piece within the limit.
    """

    tags: list[str]
    piece_ids: list[int]
    targets: list[int]
    first_pieces: list[int]
    tokens: list[int]


def read_docs(corpus: Path, fraction: float) -> dict[str, list[Doc]]:
    """RETURNS (dict[str, list[Doc]]): The reference docs of each split, in corpus order."""
    vocab = Vocab()
    docs = {}
    for split in SPLITS:
        path = corpus / f"{split}.spacy"
        if not path.exists():
            raise ValueError(f"corpus: expected {path}, which does not exist")
        reader = FractionCorpus(path, fraction=1.0 if split == "test" else fraction)
        docs[split] = [doc for doc in reader.read_docbin(vocab, reader.files()) if len(doc)]
        if not docs[split]:
            raise ValueError(f"corpus: {path} has no sentences")
    return docs


def bio_tags(doc: Doc) -> list[str]:
    """RETURNS (list[str]): A BIO tag for each token.

    RAISES (ValueError): A token is not annotated; no plain tagger can learn from it.
    """
    if not all(token.ent_iob for token in doc):
        raise ValueError(f"corpus: expected full annotation, but it lacks some in {doc.text!r}")
    return [
        f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else token.ent_iob_
        for token in doc
    ]


def bio_labels(docs: list[Doc]) -> list[str]:
    """RETURNS (list[str]): O, then B and I of every entity type of the docs, sorted."""
    types = sorted({ent.label_ for doc in docs for ent in doc.ents})
    if not types:
        raise ValueError("corpus: expected entities to learn, but the training split has none")
    return ["O", *(f"{prefix}-{label}" for label in types for prefix in "BI")]


def load_tokenizer(folder: str) -> PreTrainedTokenizerBase:
    # byte-level tokenizers (RoBERTa) take words only with the space; BERT's ignore the option
    tokenizer = AutoTokenizer.from_pretrained(folder, add_prefix_space=True, local_files_only=True)
    if not tokenizer.is_fast:
        raise ValueError(f"transformer: expected a fast tokenizer in {folder}, it has none")
    return tokenizer


def encode(
    doc: Doc, tokenizer: PreTrainedTokenizerBase, labels: list[str], max_pieces: int
) -> EncodedSentence:
    """Align tokens and word pieces; a tag that is no label has the target IGNORED."""
    tags = bio_tags(doc)
    encoding = tokenizer(
        [token.text for token in doc],
        is_split_into_words=True,
        truncation=True,
        max_length=max_pieces,
    )
    first_piece: dict[int, int] = {}
    for piece, token in enumerate(encoding.word_ids()):
        if token is not None:
            first_piece.setdefault(token, piece)
    targets = [IGNORED] * len(encoding["input_ids"])
    for token, piece in first_piece.items():
        if tags[token] in labels:
            targets[piece] = labels.index(tags[token])
    return EncodedSentence(
        tags=tags,
        piece_ids=encoding["input_ids"],
        targets=targets,
        first_pieces=list(first_piece.values()),
        tokens=list(first_piece),
    )


def collate(
    tokenizer: PreTrainedTokenizerBase, sentences: list[EncodedSentence]
) -> dict[str, torch.Tensor]:
    """Pad to the longest sentence of the batch."""
    pad = DataCollatorForTokenClassification(tokenizer, label_pad_token_id=IGNORED)
    return pad([{"input_ids": s.piece_ids, "labels": s.targets} for s in sentences])


def describe(sentences: list[EncodedSentence], labels: list[str]) -> dict[str, int]:
    """RETURNS (dict[str, int]): Counts that tell whether two runs saw the same data."""
    tags = [tag for sentence in sentences for tag in sentence.tags]
    return {
        "sentences": len(sentences),
        "tokens": len(tags),
        "entities": sum(tag.startswith("B-") for tag in tags),
        "tokens_without_piece": len(tags) - sum(len(sentence.tokens) for sentence in sentences),
        "tags_unknown_to_model": sum(tag not in labels for tag in tags),
    }
