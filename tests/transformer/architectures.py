"""Tiny random transformers of many architectures, with tokenizers made on the spot."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sentencepiece
import torch
import transformers as hf
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from tests.conftest import SENTENCES

TEXTS = [text for text, _ in SENTENCES] * 4
SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 80,
}
BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ROBERTA_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]

#: Of tokenizers with a vocab.txt that is not BERT's
SPECIAL = {
    hf.MPNetTokenizerFast: ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"],
    hf.FunnelTokenizerFast: ["<pad>", "<unk>", "<cls>", "<sep>", "<mask>", "<s>", "</s>"],
}


def make_wordpieces(folder: Path, kind: Any) -> int:
    """A vocab.txt and its tokenizer. RETURNS (int): Its size."""
    words = sorted({word.lower() for text in TEXTS for word in text.split()})
    letters = "abcdefghijklmnopqrstuvwxyz.,'"
    pieces = [*SPECIAL.get(kind, BERT_SPECIAL), *words]
    pieces += [one for one in letters if one not in pieces] + [f"##{one}" for one in letters]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf8")
    kind(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    return len(pieces)


def make_bytes(folder: Path, kind: Any, special: list[str]) -> int:
    """A byte-level vocab.json and merges.txt."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.model.save(str(folder))
    size = tokenizer.get_vocab_size()
    files = str(folder / "vocab.json"), str(folder / "merges.txt")
    kind(*files, model_max_length=64).save_pretrained(folder)
    return size


def make_pieces(folder: Path, kind: Any, name: str, **settings: Any) -> int:
    """A sentencepiece model, and the tokenizer that transformers makes of it."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS),
        model_prefix=str(folder / "pieces"),
        vocab_size=60,
        character_coverage=1.0,
        hard_vocab_limit=False,
        minloglevel=2,
        pad_id=settings.pop("pad_id", -1),
    )
    (folder / "pieces.model").rename(folder / name)
    (folder / "pieces.vocab").unlink()
    tokenizer = kind(str(folder / name), model_max_length=64, **settings)
    tokenizer.save_pretrained(folder)
    return len(tokenizer) + 2


def make_json(folder: Path) -> int:
    """tokenizer.json alone, as ModernBERT has it."""
    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=BERT_SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    ids = {name: tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]")}
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=list(ids.items())
    )
    names = zip(("pad", "unk", "cls", "sep", "mask"), BERT_SPECIAL, strict=True)
    special = {f"{one}_token": token for one, token in names}
    fast = hf.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **special)
    fast.save_pretrained(folder)
    return len(fast)


def make_luke(folder: Path) -> int:
    make_bytes(folder, hf.RobertaTokenizerFast, ROBERTA_SPECIAL)
    entities = {"[PAD]": 0, "[UNK]": 1, "[MASK]": 2, "[MASK2]": 3}
    (folder / "entity_vocab.json").write_text(json.dumps(entities))
    (folder / "tokenizer.json").unlink()
    files = (str(folder / name) for name in ("vocab.json", "merges.txt", "entity_vocab.json"))
    tokenizer = hf.LukeTokenizer(*files, model_max_length=64)
    tokenizer.save_pretrained(folder)
    return len(tokenizer)


def wordpieces(kind: Any) -> Callable[[Path], int]:
    return lambda folder: make_wordpieces(folder, kind)


def roberta(kind: Any = hf.RobertaTokenizerFast) -> Callable[[Path], int]:
    return lambda folder: make_bytes(folder, kind, ROBERTA_SPECIAL)


def pieces(kind: Any, name: str, **settings: Any) -> Callable[[Path], int]:
    return lambda folder: make_pieces(folder, kind, name, **settings)


#: By name: the tokenizer's maker, the config's class, and settings beside `SIZES`
ARCHITECTURES: dict[str, tuple[Callable[[Path], int], Any, dict[str, Any]]] = {
    "bert": (wordpieces(hf.BertTokenizerFast), hf.BertConfig, {}),
    "roberta": (roberta(), hf.RobertaConfig, {"type_vocab_size": 1}),
    "distilbert": (
        wordpieces(hf.DistilBertTokenizerFast),
        hf.DistilBertConfig,
        {"dim": 32, "hidden_dim": 64, "n_layers": 2, "n_heads": 2},
    ),
    "albert": (
        pieces(hf.AlbertTokenizerFast, "spiece.model"),
        hf.AlbertConfig,
        {"embedding_size": 16},
    ),
    "electra": (wordpieces(hf.ElectraTokenizerFast), hf.ElectraConfig, {"embedding_size": 16}),
    "deberta": (
        lambda folder: make_bytes(folder, hf.DebertaTokenizerFast, BERT_SPECIAL),
        hf.DebertaConfig,
        {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "type_vocab_size": 0},
    ),
    "deberta-v3": (
        pieces(hf.DebertaV2TokenizerFast, "spm.model"),
        hf.DebertaV2Config,
        {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "type_vocab_size": 0},
    ),
    "xlm-roberta": (
        pieces(hf.XLMRobertaTokenizerFast, "sentencepiece.bpe.model"),
        hf.XLMRobertaConfig,
        {"type_vocab_size": 1},
    ),
    "camembert": (
        pieces(hf.CamembertTokenizerFast, "sentencepiece.bpe.model"),
        hf.CamembertConfig,
        {"type_vocab_size": 1},
    ),
    "mpnet": (wordpieces(hf.MPNetTokenizerFast), hf.MPNetConfig, {}),
    "xlnet": (
        pieces(hf.XLNetTokenizerFast, "spiece.model"),
        hf.XLNetConfig,
        {"d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 64},
    ),
    "gpt2": (
        lambda folder: make_bytes(folder, hf.GPT2TokenizerFast, ["<|endoftext|>"]),
        hf.GPT2Config,
        {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 80},
    ),
    "llama": (
        pieces(hf.LlamaTokenizerFast, "tokenizer.model"),
        hf.LlamaConfig,
        {"num_key_value_heads": 2, "pad_token_id": None},
    ),
    "modernbert": (make_json, hf.ModernBertConfig, {"pad_token_id": 0}),
    "luke": (
        make_luke,
        hf.LukeConfig,
        {"entity_vocab_size": 4, "entity_emb_size": 16, "type_vocab_size": 1},
    ),
    "longformer": (
        roberta(hf.LongformerTokenizerFast),
        hf.LongformerConfig,
        {"attention_window": 8, "type_vocab_size": 1},
    ),
    "big-bird": (
        pieces(hf.BigBirdTokenizerFast, "spiece.model"),
        hf.BigBirdConfig,
        {"block_size": 4, "num_random_blocks": 1},
    ),
    "funnel": (
        wordpieces(hf.FunnelTokenizerFast),
        hf.FunnelConfig,
        {"d_model": 32, "d_head": 16, "n_head": 2, "d_inner": 64, "block_sizes": [1, 1]},
    ),
    "mobilebert": (
        wordpieces(hf.MobileBertTokenizerFast),
        hf.MobileBertConfig,
        {"embedding_size": 32, "intra_bottleneck_size": 32, "true_hidden_size": 32},
    ),
    "convbert": (wordpieces(hf.ConvBertTokenizerFast), hf.ConvBertConfig, {"embedding_size": 32}),
    "yoso": (wordpieces(hf.BertTokenizerFast), hf.YosoConfig, {"pad_token_id": 0}),
}
#: Settings of `SIZES` that a config names otherwise
OTHERS = (hf.DistilBertConfig, hf.XLNetConfig, hf.GPT2Config, hf.FunnelConfig)

REFUSED: dict[str, tuple[Callable[[Path], int], Any, dict[str, Any], str]] = {
    "t5": (
        pieces(hf.T5TokenizerFast, "spiece.model", extra_ids=0, pad_id=3),
        hf.T5Config,
        {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 1, "num_heads": 2},
        'got "t5", which has a decoder',
    ),
    "fnet": (
        pieces(hf.FNetTokenizerFast, "spiece.model"),
        hf.FNetConfig,
        {**SIZES, "tpu_short_seq_length": 64},
        'got "fnet", which takes no attention mask',
    ),
    "canine": (
        wordpieces(hf.BertTokenizerFast),
        hf.CanineConfig,
        {**SIZES, "local_transformer_stride": 16, "num_hash_buckets": 64},
        'got "canine", which has no word pieces',
    ),
    "vit": (
        wordpieces(hf.BertTokenizerFast),
        hf.ViTConfig,
        {**SIZES, "image_size": 16, "patch_size": 8},
        'got "vit", which does not read text',
    ),
}


def make(name: str, folder: Path) -> Path:
    """RETURNS (Path): A folder with a transformer of an architecture."""
    folder.mkdir()
    if name in REFUSED:
        make_tokenizer, kind, settings, _ = REFUSED[name]
    else:
        make_tokenizer, kind, settings = ARCHITECTURES[name]
        settings = settings if kind in OTHERS else {**SIZES, **settings}
    size = make_tokenizer(folder)
    torch.manual_seed(0)
    sized = {} if name in ("vit", "canine") else {"vocab_size": size}
    config = kind(**sized, **settings)
    config.architectures = ["FunnelModel"] if name == "funnel" else None  # it has two
    network = hf.AutoModel.from_config(config)
    _fill_padding(network)
    network.save_pretrained(folder, safe_serialization=True)
    return folder


def _fill_padding(network: Any) -> None:
    """A fresh network knows padding by zeros, which hide where it is mixed with words; those that
    were trained may have anything."""
    padding = getattr(network.config, "pad_token_id", None)
    embeddings = getattr(getattr(network, "embeddings", network), "word_embeddings", None)
    if padding is not None and isinstance(embeddings, torch.nn.Embedding):
        with torch.no_grad():
            embeddings.weight[padding] = embeddings.weight[-1]
