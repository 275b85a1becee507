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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.schemas import ConfigSchemaInit, ConfigSchemaTraining
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import is_package, registry, resolve_dot_names
from thinc.api import Config, ConfigValidationError
from tqdm import tqdm

from adaptive_spacy.adaptive.schedule import ADAPTIVE
from adaptive_spacy.config.blocks import find_blocks, find_schedules, resolve_value
from adaptive_spacy.config.randomness import same_randomness
from adaptive_spacy.data.corpus import rank
from adaptive_spacy.data.validation import describe_noise
from adaptive_spacy.ner.gold import align_gold
from adaptive_spacy.parsing import describe_reason, reading
from adaptive_spacy.training.checks.config import ENTITY_FACTORIES, find_data_faults, find_faults
from adaptive_spacy.training.rounds import Rounds
from adaptive_spacy.transformer.tokenizer import WordPieces

if TYPE_CHECKING:
    from spacy.language import Language

TOLERANCE = 0.05
WARMUP_LINEAR = "warmup_linear.v1"
#: Examples of a type below which it is hardly learnt
FEW_EXAMPLES = 10
#: Records that are named one by one
NAMED = 20
#: Of a streamed corpus, which may have no end
STREAMED = 10_000


@dataclass
class Findings:
    """errors (list[str]): What would spoil the training, a line each. warnings (list[str]): What
    may. steps_per_epoch (int | None): Batches per epoch; None: of a stream, or not known."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    steps_per_epoch: int | None = None

    def judge(self, count: int, total: int, tolerance: float, line: str) -> None:
        """An error above a share, below a warning, nothing if there is nothing."""
        if count:
            (self.errors if count > tolerance * total else self.warnings).append(line)


@dataclass
class Window:
    """How one transformer cuts docs.

    pipe (str): The component.
    get_spans (Callable): Docs to the stretches that it reads.
    pieces (WordPieces | None): Its tokenizer; None: it could not be loaded by itself.
    positions (int | None): The most word pieces that it has positions for.
    """

    pipe: str
    get_spans: Any
    pieces: WordPieces | None = None
    positions: int | None = None


@dataclass
class Corpus:
    """What was counted in the corpus of one split, as the training reads it."""

    name: str
    reader: Any
    lengths: list[int] = field(default_factory=list)
    texts: Counter[int] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    misaligned: int = 0
    named: list[str] = field(default_factory=list)
    cut: int = 0
    cut_example: str = ""
    truncated: int = 0
    beyond: int = 0
    longest: int = 0

    def __len__(self) -> int:
        return len(self.lengths)


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
            _resolve(config)
            findings.errors += _initialize_faults(config["initialize"])
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
            findings.errors.append(one_line(error))
    # check.v1's own warnings about types are errors and warnings here; others are the readers'
    findings.warnings += dict.fromkeys(
        " ".join(str(one.message).split())
        for one in caught
        if issubclass(one.category, UserWarning) and "max_length = " in str(one.message)
    )
    return findings


def one_line(error: Exception) -> str:
    """RETURNS (str): The message of an error without its line ends and empty title."""
    return describe_reason(error)


def _resolve(config: Config) -> None:
    """Build what spaCy builds first of all: what follows may rely on the types.

    RAISES (ValueError): If it cannot be built.
    """
    for name, schema in (("training", ConfigSchemaTraining), ("initialize", ConfigSchemaInit)):
        try:
            registry.resolve(config[name], schema=schema)
            resolve_dot_names(config, [*_corpora(config["training"])])
        except ValueError:
            # says itself where
            raise
        except Exception as error:
            reason = describe_reason(error)
            raise ValueError(f"[{name}]: expected what spaCy can build; {reason}") from None


def _initialize_faults(initialize: dict[str, Any]) -> Iterator[str]:
    """Files that spaCy looks for only after the former models are gone."""
    vectors = initialize["vectors"]
    for key in ("vocab_data", "init_tok2vec"):
        path = initialize[key]
        if path is not None and not Path(str(path)).is_file():
            yield f"[initialize] {key}: expected a file, got {path!r}"
    if vectors is not None and not (is_package(str(vectors)) or Path(str(vectors)).exists()):
        yield f"[initialize] vectors: expected a pipeline's folder or package, got {vectors!r}"


def _corpora(training: dict[str, Any]) -> list[str]:
    return [training["train_corpus"], training["dev_corpus"]]


def _check_data(
    nlp: "Language",
    training: dict[str, Any],
    findings: Findings,
    tolerance: float,
    progress: bool,
) -> None:
    names = _corpora(training)
    readers = resolve_dot_names(nlp.config.interpolate(), [*names])
    train, dev = (Corpus(name, reader) for name, reader in zip(names, readers, strict=True))
    streamed = training["max_epochs"] < 0
    windows = find_windows(nlp)
    examples = islice(train.reader(nlp), STREAMED if streamed else None)
    kept = list(_count(train, _bar(examples, train, progress), windows))
    for _ in _count(dev, _bar(dev.reader(nlp), dev, progress), windows):
        pass
    if streamed:
        findings.warnings.append(
            f"[{train.name}] is streamed: its first {len(kept):,} documents were checked"
        )
    else:
        _check_batches(training, kept, findings, tolerance)
        _check_rounds(training, findings)
    _check_overlap(train, dev, findings, tolerance)
    for corpus in (train, dev):
        _check_windows(corpus, findings, tolerance)
        if not streamed:
            _check_max_length(nlp, corpus, findings, tolerance)
    learns = {nlp.get_pipe_meta(pipe).factory for pipe in nlp.component_names} & ENTITY_FACTORIES
    entities = dev.types.total() if learns else None
    if noise := describe_noise(f"[{dev.name}]", documents=len(dev), entities=entities):
        findings.warnings.append(noise)
    if learns:
        for corpus in (train, dev):
            _check_alignment(corpus, findings)
        _check_types(train, dev, findings, tolerance)


def _bar(examples: Iterable[Example], corpus: Corpus, progress: bool) -> Iterable[Example]:
    return tqdm(
        examples,
        desc=f"Reading {corpus.name}",
        unit=" documents",
        leave=False,
        delay=1,
        disable=None if progress else True,
    )


def _count(
    corpus: Corpus, examples: Iterable[Example], windows: Sequence[Window]
) -> Iterator[Example]:
    for number, example in enumerate(examples, start=1):
        reference = example.reference
        corpus.lengths.append(len(example.predicted))
        corpus.texts[rank(0, reference.text)] += 1
        corpus.types.update(ent.label_ for ent in reference.ents)
        _, lost = align_gold(example)
        if lost:
            corpus.misaligned += lost
            corpus.named += _misaligned(corpus, number, example)
        for window in windows:
            _count_window(corpus, number, example, window)
        yield example


def _misaligned(corpus: Corpus, number: int, example: Example) -> Iterator[str]:
    for ent in islice(example.reference.ents, NAMED):
        if not example.get_aligned_spans_y2x([ent]):
            tokens = " | ".join(
                token.text
                for token in example.predicted
                if token.idx < ent.end_char and token.idx + len(token) > ent.start_char
            )
            yield (
                f"[{corpus.name}] document {number}: the {ent.label_} {ent.text!r}, characters "
                f"{ent.start_char} to {ent.end_char}, does not fit the tokens {tokens}"
            )


def _count_window(corpus: Corpus, number: int, example: Example, window: Window) -> None:
    doc = example.predicted
    (spans,) = window.get_spans([doc])
    if len(spans) != 1 or len(spans[0]) != len(doc):
        for ent in example.get_aligned_spans_y2x(example.reference.ents):
            if not any(span.start <= ent.start and ent.end <= span.end for span in spans):
                corpus.cut += 1
                corpus.cut_example = corpus.cut_example or (
                    f"document {number}, the {ent.label_} of {len(ent)} tokens {_quote(ent)}"
                )
    _count_pieces(corpus, spans, window)


def _count_pieces(corpus: Corpus, spans: Sequence[Span], window: Window) -> None:
    limits = [one for one in (window.pieces and window.pieces.limit, window.positions) if one]
    if window.pieces is None or not limits:
        return
    # no tokenizer makes more pieces than bytes, words and its special ones: few need be counted
    doubtful = [
        span.text for span in spans if len(span.text.encode()) + len(span) + 8 > min(limits)
    ]
    for count in window.pieces.count(doubtful):
        corpus.longest = max(corpus.longest, count)
        if window.pieces.limit and count > window.pieces.limit:
            corpus.truncated += 1
            count = window.pieces.limit
        corpus.beyond += window.positions is not None and count > window.positions


def find_windows(nlp: "Language") -> list[Window]:
    """RETURNS (list[Window]): How the pipeline's transformers cut docs, by spacy-transformers'
    conventions."""
    windows = []
    for name, pipe in nlp.pipeline:
        model: Any = getattr(pipe, "model", None)
        for node in model.walk() if hasattr(model, "walk") else ():
            if "get_spans" not in node.attrs:
                continue
            block = nlp.config.interpolate()["components"][name].get("model", {})
            window = Window(name, node.attrs["get_spans"])
            if "name" in block:
                settings = dict(block.get("tokenizer_config") or {})
                window.pieces = WordPieces(block["name"], **settings)
                window.positions = _positions(block["name"])
            windows.append(window)
    return windows


def _positions(name: str) -> int | None:
    from adaptive_spacy.transformer.loading import load_config

    config = load_config(name, {})
    positions = getattr(config, "max_position_embeddings", None)
    if not isinstance(positions, int) or positions < 1:
        return None
    # RoBERTa and its kin count positions from behind the padding's number
    offset = config.pad_token_id + 1 if "roberta" in str(config.model_type) else 0
    return positions - offset


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


def _check_rounds(training: dict[str, Any], findings: Findings) -> None:
    if not findings.steps_per_epoch:
        return
    rounds = Rounds.of(training, findings.steps_per_epoch)
    if rounds.most is not None and rounds.needed > rounds.most:
        findings.errors.append(
            f"[training] max_steps, max_epochs: expected at least {rounds.needed:,} steps, the "
            f"fewest in which the schedule can end ({rounds.describe(rounds.needed)}), got "
            f"{rounds.most:,} ({rounds.describe(rounds.most)}): the training would stop in the "
            "middle of a phase"
        )
    for block in find_schedules(training):
        if block["@schedules"] == ADAPTIVE or block.get("total") is None:
            continue
        interval = resolve_value(block.get("interval")) or rounds.interval
        total = resolve_value(block["total"]) * interval
        if total != rounds.most:
            findings.errors.append(
                f"[training] max_steps: expected {total}, which is total * interval of "
                f"{block['@schedules']}, got {rounds.most or 'no limit'}: the training would not "
                "end with the cool-down"
            )
    for block in find_blocks(training["optimizer"], "schedules", WARMUP_LINEAR):
        total = resolve_value(block["total_steps"])
        if rounds.most is None or abs(total - rounds.most) > rounds.interval:
            findings.warnings.append(
                f"[training.optimizer.learn_rate] total_steps: the rate falls to 0 in {total:,} "
                f"steps, the training ends "
                f"{f'after {rounds.most:,}' if rounds.most else 'by patience alone'}"
            )
    if find_blocks(training["optimizer"], "schedules", ADAPTIVE):
        share = rounds.interval / findings.steps_per_epoch
        if share > 2 or share < 0.1:
            findings.warnings.append(
                f"[training] eval_frequency: a round is {share:.2g} epochs; phases count rounds, "
                "and were tried with one round per epoch (adaptive_spacy.steps.v1)"
            )


def _check_overlap(train: Corpus, dev: Corpus, findings: Findings, tolerance: float) -> None:
    shared = sum(count for text, count in dev.texts.items() if text in train.texts)
    findings.judge(
        shared,
        len(dev),
        tolerance,
        f"[{dev.name}] has {shared:,} of {len(dev):,} texts ({shared / max(1, len(dev)):.1%}) that "
        f"[{train.name}] has too: what is learnt by heart looks like progress",
    )


def _check_windows(corpus: Corpus, findings: Findings, tolerance: float) -> None:
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
    nlp: "Language", corpus: Corpus, findings: Findings, tolerance: float
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


def _check_alignment(corpus: Corpus, findings: Findings) -> None:
    findings.errors += corpus.named[:NAMED]
    if corpus.misaligned > NAMED:
        findings.errors.append(
            f"[{corpus.name}] and {corpus.misaligned - NAMED:,} more entities that do not fit the "
            "tokens: they can be neither learnt nor found; mend them with `adaptive-spacy convert "
            "--repair`, or take the tokenizer that the data were made with"
        )


def _check_types(train: Corpus, dev: Corpus, findings: Findings, tolerance: float) -> None:
    for label in sorted(dev.types.keys() - train.types.keys()):
        findings.errors.append(
            f"[{dev.name}] has {dev.types[label]:,} entities of type {label}, [{train.name}] has "
            "none: they can only be missed"
        )
    if not dev.types:
        findings.errors.append(
            f"[{dev.name}] has no entity ([{train.name}] {train.types.total():,}): F1 says "
            "nothing, the loss little"
        )
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


def _quote(span: Span | Doc) -> str:
    text = " ".join(span.text.split())
    return repr(text if len(text) <= 60 else f"{text[:59]}…")
