"""A model that no memory holds is one line, before spaCy begins to make it."""

import pytest
import spacy
from spacy.training.initialize import init_nlp
from spacy.util import load_config
from thinc.api import ConfigValidationError

from adaptive_spacy.training.checks import memory
from adaptive_spacy.training.checks.memory import find_size_faults
from tests.conftest import ROOT
from tests.trainings import overrides


@pytest.mark.parametrize("key", ["maxout_pieces", "hidden_width"])
def test_a_training_of_an_ner_of_terabytes_is_refused(
    corpus_folder, transformer_folder, key: str
) -> None:
    settings = overrides(corpus_folder, transformer_folder)
    config = load_config(
        ROOT / "configs" / "ner.cfg",
        overrides={**settings, f"components.ner.model.{key}": 2**40},
    )
    with pytest.raises(ConfigValidationError) as caught:
        init_nlp(config)
    assert caught.value.desc.startswith(
        "[components.ner.model]: expected sizes that fit into memory, got weights of at least "
    )


def test_each_component_is_reckoned_by_the_sizes_that_it_has(monkeypatch) -> None:
    nlp = spacy.blank("xx")
    embed = {"@architectures": "spacy.MultiHashEmbed.v2", "attrs": ["NORM"], "rows": [1000]}
    embed |= {"width": 8, "include_static_vectors": False}
    encode = {"@architectures": "spacy.MaxoutWindowEncoder.v2", "width": 8, "depth": 1}
    encode |= {"window_size": 1, "maxout_pieces": 2}
    model = {"@architectures": "spacy.Tok2Vec.v2", "embed": embed, "encode": encode}
    nlp.add_pipe("tok2vec", config={"model": model})
    nlp.add_pipe("sentencizer")
    # the table, what mixes one column of it, with 3 pieces, and the convolution over 3 tokens
    least = 4 * (1000 * 8 + 8 * 3 * 8 + 8 * 2 * 3 * 8)
    monkeypatch.setattr(memory, "memory_of_machine", lambda: least)
    assert list(find_size_faults(nlp)) == []
    monkeypatch.setattr(memory, "memory_of_machine", lambda: least - 1)
    (fault,) = find_size_faults(nlp)
    assert fault.startswith("[components.tok2vec.model]: expected sizes that fit into memory")


def test_nothing_is_refused_where_the_memory_is_not_known(monkeypatch) -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": {"width": 2**40}})
    assert len(list(find_size_faults(nlp))) == 1
    monkeypatch.setattr(memory, "memory_of_machine", lambda: None)
    assert list(find_size_faults(nlp)) == []


def test_a_system_that_counts_no_pages_tells_nothing(monkeypatch) -> None:
    monkeypatch.setattr(memory.os, "sysconf", lambda name: 4096 if name == "SC_PAGE_SIZE" else -1)
    assert memory.memory_of_machine() is None
