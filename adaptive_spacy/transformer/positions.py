"""How many word pieces of a text a network has positions for."""

import torch
from transformers import AutoModel, PretrainedConfig, PreTrainedModel

#: How transformers names a table of absolute positions: of BERT and most others, of those that
#: come from fairseq and RoFormer, of GPT-2, and of GPT. Relative and rotary positions, of which
#: there is no last one, are named otherwise
TABLES = ("position_embeddings", "embed_positions", "wpe", "positions_embed")


def count_positions(network: PreTrainedModel) -> int | None:
    """RETURNS (int | None): The most word pieces of a text, special ones included, that a network
    has positions for; None: its positions are relative, so that there is no last one."""
    named = network.named_modules()
    tables = [table for name, table in named if name.rpartition(".")[2] in TABLES]
    if not tables:
        return None
    # not the rows of the table: Nyströmformer and OPT do not use their first two
    positions = getattr(network.config, "max_position_embeddings", None)
    if not isinstance(positions, int):
        return None
    # RoBERTa and its kin give padding a position, and count from behind that
    padding = getattr(tables[0], "padding_idx", None)
    return positions if padding is None else positions - padding - 1


def count_positions_of(config: PretrainedConfig) -> int | None:
    """RETURNS (int | None): As `count_positions`, of the network that a config is for. It is made
    without weights."""
    with torch.device("meta"):
        return count_positions(AutoModel.from_config(config, trust_remote_code=False))
