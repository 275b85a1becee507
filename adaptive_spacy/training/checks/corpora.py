"""The pre-flight: what in config and data together would spoil a training.

`check.py` finds what the config alone shows, in the training itself. Here the data are read as the
training will read them: tokenized, cut into windows, and batched.

What touches single documents or entities spoils a training only if it is much. So it is an error
above a share, `tolerance`, and a warning below: texts of dev that are in train (public data sets
have some), entities of types that dev lacks, entities cut by the window, and what `max_length`, the
batcher or the transformer drop. Always errors: faults of the config, an empty corpus, entities that
do not fit the tokens, types that only dev has, a training that must end within a phase, and more
word pieces than the transformer has positions for, on which it would break off.
"""

import copy
import warnings
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from spacy.training import Example
from spacy.util import registry, resolve_dot_names
from thinc.api import ConfigValidationError
from tqdm import tqdm

from adaptive_spacy.config.randomness import same_randomness
from adaptive_spacy.data.oddities import find_oddities
from adaptive_spacy.parsing import describe_reason, reading
from adaptive_spacy.training.checks.config import find_faults
from adaptive_spacy.training.checks.entities import ENTITY_FACTORIES, find_data_faults, find_noise

if TYPE_CHECKING:
    from spacy.language import Language
from adaptive_spacy.training.checks.building import (
    corpus_names,
    find_missing_files,
    require_buildable,
)
from adaptive_spacy.training.checks.counting import NAMED, CorpusCounts, count_documents
from adaptive_spacy.training.checks.edges import FACTORY, Edges
from adaptive_spacy.training.checks.findings import Findings
from adaptive_spacy.training.checks.length import check_rounds
from adaptive_spacy.training.checks.types import find_type_faults
from adaptive_spacy.training.checks.windows import find_windows

TOLERANCE = 0.05
#: Examples of a type below which it is hardly learnt
FEW_EXAMPLES = 10
#: Of a streamed corpus, which may have no end
STREAMED = 10_000


def preflight(nlp: "Language", *, tolerance: float = TOLERANCE, progress: bool = False) -> Findings:
    """Check a training before it is started.

    nlp (Language): The pipeline, built from the whole config and not initialized.
    tolerance (float): Share above which what touches single documents or entities is an error.
    progress (bool): Show progress bars.
    RETURNS (Findings): What was found.
    """
    if not 0.0 <= tolerance <= 1.0:
        raise ValueError(f"--tolerance: expected a number in [0, 1], got {tolerance}")
    findings = Findings()
    # spaCy adds the weights up when it is asked for the config
    with reading("[training.score_weights]", "numbers, or null to report a metric only"):
        config = nlp.config.interpolate()
    with warnings.catch_warnings(record=True) as caught, same_randomness():
        warnings.simplefilter("always")
        try:
            require_buildable(config)
            findings.errors += find_missing_files(config["initialize"])
            if type(nlp.batch_size) is not int:
                findings.errors.append(
                    f"[nlp] batch_size: expected a whole number > 0, got {nlp.batch_size!r}"
                )
            findings.errors += find_faults(nlp)
            findings.errors += find_data_faults(nlp)
            if findings.errors:
                return findings
            _check_data(nlp, config["training"], findings, tolerance, progress)
        except (ConfigValidationError, ValueError) as error:
            findings.errors.append(describe_reason(error))
    # check.v1's own warnings about types are errors and warnings here; others are the readers'
    findings.warnings += dict.fromkeys(
        " ".join(str(one.message).split())
        for one in caught
        if issubclass(one.category, UserWarning) and "max_length = " in str(one.message)
    )
    return findings


def _check_data(
    nlp: "Language",
    training: dict[str, Any],
    findings: Findings,
    tolerance: float,
    progress: bool,
) -> None:
    names = corpus_names(training)
    readers = resolve_dot_names(nlp.config.interpolate(), [*names])
    windows = find_windows(nlp)
    train, dev = (
        CorpusCounts(name, reader, Edges(name, lambda: windows))
        for name, reader in zip(names, readers, strict=True)
    )
    streamed = training["max_epochs"] < 0
    examples = islice(train.reader(nlp), STREAMED if streamed else None)
    kept = list(count_documents(train, _bar(examples, train, progress), windows))
    for _ in count_documents(dev, _bar(dev.reader(nlp), dev, progress), windows):
        pass
    if streamed:
        findings.warnings.append(
            f"[{train.name}] is streamed: its first {len(kept):,} documents were checked"
        )
    else:
        _check_batches(training, kept, findings, tolerance)
    check_rounds(training, findings)
    _check_overlap(train, dev, findings, tolerance)
    for corpus in (train, dev):
        _check_windows(corpus, findings, tolerance)
        if not streamed:
            _check_max_length(nlp, corpus, findings, tolerance)
    learns = {nlp.get_pipe_meta(pipe).factory for pipe in nlp.component_names} & ENTITY_FACTORIES
    entities = dev.types.total() if learns else None
    if noise := find_noise(training, dev.name, documents=len(dev), entities=entities):
        findings.warnings.append(noise)
    if learns:
        for corpus in (train, dev):
            _check_alignment(corpus, findings)
            if FACTORY in learns:
                findings.warnings += corpus.edges.describe(corpus.types.total())
            findings.warnings += find_oddities(
                f"[{corpus.name}]",
                documents=len(corpus) if corpus.types else 0,  # without entities it is an error
                types=corpus.types,
                longest=corpus.unended,
            )
        _check_types(train, dev, findings, tolerance)


def _bar(examples: Iterable[Example], corpus: CorpusCounts, progress: bool) -> Iterable[Example]:
    return tqdm(
        examples,
        desc=f"Reading {corpus.name}",
        unit=" documents",
        leave=False,
        delay=1,
        disable=None if progress else True,
    )


def _check_batches(
    training: dict[str, Any], examples: list[Example], findings: Findings, tolerance: float
) -> None:
    batcher = registry.resolve({"batcher": training["batcher"]})["batcher"]
    sizes = [len(batch) for batch in batcher(examples)]
    findings.steps_per_epoch = len(sizes)
    lost = len(examples) - sum(sizes)
    findings.judge(
        lost,
        len(examples),
        tolerance,
        f"[training.batcher] discards {lost:,} of {len(examples):,} documents, which are too long "
        "for a batch: raise its size, set discard_oversize = false, or set max_length in "
        f"[{training['train_corpus']}]",
    )
    if not sizes:
        findings.errors.append("[training.batcher] gives no batch of this corpus")


def _check_overlap(
    train: CorpusCounts, dev: CorpusCounts, findings: Findings, tolerance: float
) -> None:
    shared = sum(count for text, count in dev.texts.items() if text in train.texts)
    findings.judge(
        shared,
        len(dev),
        tolerance,
        f"[{dev.name}] has {shared:,} of {len(dev):,} texts ({shared / max(1, len(dev)):.1%}) that "
        f"[{train.name}] has too: what is learnt by heart looks like progress",
    )


def _check_windows(corpus: CorpusCounts, findings: Findings, tolerance: float) -> None:
    entities = corpus.types.total()
    findings.judge(
        corpus.cut,
        entities,
        tolerance,
        f"[{corpus.name}] {corpus.cut:,} of {entities:,} entities lie in no window as a whole, "
        f"e.g. {corpus.cut_example}: raise window, or window - stride to the longest entity",
    )
    findings.judge(
        corpus.truncated,
        len(corpus),
        tolerance,
        f"[{corpus.name}] {corpus.truncated:,} windows have more word pieces than the transformer "
        f"takes (the longest {corpus.longest:,}): the tokens beyond get no vector; lower window",
    )
    if corpus.beyond:
        findings.errors.append(
            f"[{corpus.name}] {corpus.beyond:,} windows have more word pieces than the transformer "
            f"has positions (the longest {corpus.longest:,}): the training would break off; lower "
            "window, or set model_max_length in tokenizer_config"
        )


def _check_max_length(
    nlp: "Language", corpus: CorpusCounts, findings: Findings, tolerance: float
) -> None:
    """Entities of documents that `max_length` drops, or of sentences that it cuts."""
    length = getattr(corpus.reader, "max_length", 0)
    if not length:
        return
    whole = copy.copy(corpus.reader)
    whole.max_length = 0
    types: Counter[str] = Counter()
    for example in whole(nlp):
        types.update(ent.label_ for ent in example.reference.ents)
    total = types.total()
    lost = total - corpus.types.total()
    findings.judge(
        lost,
        total,
        tolerance,
        f"[{corpus.name}] max_length = {length} loses {lost:,} of {total:,} entities: raise it, or "
        "cut the documents into sentences before",
    )


def _check_alignment(corpus: CorpusCounts, findings: Findings) -> None:
    findings.errors += corpus.named[:NAMED]
    if corpus.misaligned > NAMED:
        findings.errors.append(
            f"[{corpus.name}] and {corpus.misaligned - NAMED:,} more entities that do not fit the "
            "tokens: they can be neither learnt nor found; mend them with `adaptive-spacy convert "
            "--repair`, or take the tokenizer that the data were made with ([nlp] lang)"
        )


def _check_types(
    train: CorpusCounts, dev: CorpusCounts, findings: Findings, tolerance: float
) -> None:
    findings.errors += find_type_faults(train, dev)
    if not dev.types:
        return
    for label in sorted(train.types.keys() - dev.types.keys()):
        count = train.types[label]
        findings.judge(
            count,
            train.types.total(),
            tolerance,
            f"[{dev.name}] has no entity of type {label}, [{train.name}] has {count:,}: nothing "
            "validates it",
        )
    few = [f"{label} ({n})" for label, n in sorted(train.types.items()) if n < FEW_EXAMPLES]
    if few:
        findings.warnings.append(
            f"[{train.name}] has under {FEW_EXAMPLES} examples of {', '.join(few)}: hardly enough "
            "to learn"
        )
