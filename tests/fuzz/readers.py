"""Feed mutated files to every parser: each must read them, or refuse them with one message; and
what was read must come back of an export to the same format.

    python -m tests.fuzz.readers --minutes 10

With atheris installed the inputs are guided by the coverage of `adaptive_spacy.data`; without it,
or with --engine mutation, they are mutations of the seeds from a seeded generator. An exception
other than ValueError and OSError is a bug: it ends the run, and the input is kept.
"""

import importlib.util
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from tests.fuzz.reader_targets import DIVIDER, list_targets

LONGEST = 4_096
# what a format treats in a way of its own
WORDS = (
    *(b"\t", b" ", b"\n\n", b"\r\n", b"\r", b"-DOCSTART-", b"# a = b", b"\xef\xbb\xbf", b"\0"),
    *(b"B-PER", b"I-PER", b"L-PER", b"U-X", b"E-X", b"S-X", b"O", b"0", b"_", b"-", b"\xc5"),
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"NaN", b"-1", b"1e999"),
    *(b"\\ud800", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"[" * 500, b"9" * 5000, b";", b"T1\t"),
    *(b'"text"', b'"spans"', b'"start"', b'"end"', b'"label"', b'"tokens"', b'"entities"'),
    *(
        b"NE=",
        b"SpaceAfter=No",
        b"|",
        b"1-2",
        b"3.1",
        b"(PER*",
        b"*)",
        b"[1]",
        b"# text = ",
        b"en:",
        b"# x\t",
        b"{{X:",
        b"}}",
        b"](X)",
    ),
    *(
        b"# global.columns = ",
        b"#begin document",
        b"#T_SP=",
        b"B_PER",
        b"word\ttag\n",
        b"\xe3\x80\x80",
    ),
    *(b'"annotations"', b'"result"', b'"value"', b'"missing"', b'"ner_tags"', b'"sent_starts"'),
)


class Feeder:
    """Gives inputs to the parsers. The first byte of an input chooses the target.

    folder (Path): Where the files are written.
    """

    def __init__(self, folder: Path) -> None:
        from adaptive_spacy.data.docbin import Shard, find_norm
        from adaptive_spacy.data.readers.formats import find_format, open_source
        from tests.fuzz.round_trips import RoundTrips

        self.folder = folder
        self.round_trips = RoundTrips(folder.with_name(f"{folder.name}-back"))
        self.targets = list_targets()
        self.read = 0
        self.refused = 0
        self._open: Callable[..., Any] = open_source
        self._find_format: Callable[..., str] = find_format
        self._make_shard: Callable[[], Any] = lambda: Shard(find_norm("xx"))

    def seeds(self) -> list[bytes]:
        """RETURNS (list[bytes]): The seeds of all targets."""
        return [
            bytes((number,)) + seed
            for number, target in enumerate(self.targets)
            for seed in target.seeds
        ]

    def __call__(self, data: bytes) -> None:
        """Read an input as `convert` does.

        RAISES (Exception): A bug. Errors of decoding are one, although they are ValueErrors: their
            message does not say where.
        """
        target = self.targets[data[0] % len(self.targets)] if data else self.targets[0]
        contents = data[1:].split(DIVIDER, len(target.names) - 1)
        for name, content in zip(target.names, contents, strict=False):
            (self.folder / name).write_bytes(content)
        for name in target.names[len(contents) :]:
            (self.folder / name).write_bytes(b"")
        path = self.folder if len(target.names) > 1 else self.folder / target.names[0]
        try:
            source = self._open(path, format=target.format, **target.options)
            shard, docs = self._make_shard(), list(source)
            for sentence in docs:
                shard.add(sentence)
            shard.to_docbin()
            assert source.describe()
            self.read += 1
            encoding = target.options.get("encoding", "utf-8")
            format = self._find_format(path, target.format, encoding)
            lang = target.options.get("lang", "xx")
            self.round_trips.check(docs, shard, format, lang)
        except UnicodeError:
            raise
        except (ValueError, OSError) as error:
            if not str(error):
                raise AssertionError("an error without a message") from error
            self.refused += 1
        finally:
            for name in target.names:
                (self.folder / name).unlink()


def mutate(data: bytes, others: list[bytes], draw: random.Random) -> bytes:
    """RETURNS (bytes): The input with a few changes; its first byte, the target, stays."""
    head, body = data[:1], bytearray(data[1:])
    for _ in range(draw.choice((1, 1, 2, 3, 5))):
        start = draw.randint(0, len(body))
        end = min(len(body), start + draw.choice((0, 1, 1, 2, 5, 20)))
        kind = draw.randrange(6)
        if kind == 0:
            body[start:end] = draw.randbytes(end - start)
        elif kind == 1:
            body[start:start] = draw.choice(WORDS)
        elif kind == 2:
            body[start:end] = draw.choice(WORDS)
        elif kind == 3:
            del body[start:end]
        elif kind == 4:
            body[start:start] = body[start:end] * draw.choice((1, 2, 50))
        else:
            other = draw.choice(others)[1:]
            at = draw.randint(0, len(other))
            body[start:] = other[at:]
    return head + bytes(body[:LONGEST])


def fuzz_by_mutation(feed: Feeder, seed: int, goes_on: Callable[[int], bool]) -> int:
    """Feed mutations of the seeds, and of what came of them, while it goes on.

    goes_on (Callable[[int], bool]): Takes the number of inputs so far.
    RETURNS (int): The number of inputs.
    RAISES (Exception): A bug; `last.bin` in the folder of the feeder is the input.
    """
    draw = random.Random(seed)
    seeds = feed.seeds()
    pool = list(seeds)
    count = 0
    for data in seeds:
        feed(data)
    while goes_on(count):
        data = mutate(draw.choice(pool), pool, draw)
        try:
            feed(data)
        except Exception:
            (feed.folder / "last.bin").write_bytes(data)
            raise
        count += 1
        # some go on to be mutated again; the seeds stay
        pool.append(data)
        if len(pool) > len(seeds) + 1_000:
            del pool[draw.randrange(len(seeds), len(pool))]
    return count


def main(
    minutes: Annotated[float, typer.Option(help="How long.")] = 10.0,
    engine: Annotated[str, typer.Option(help="atheris, mutation, or auto.")] = "auto",
    seed: Annotated[int, typer.Option(help="Of the mutations.")] = 0,
    keep: Annotated[Path, typer.Option(help="Where an input that fails is kept.")] = Path("."),
) -> None:
    """Fuzz every parser."""
    if engine == "auto":
        engine = "atheris" if importlib.util.find_spec("atheris") else "mutation"
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as temporary:
        folder = Path(temporary)
        (folder / "files").mkdir()
        if engine == "atheris":
            fuzz_by_coverage(folder, minutes, seed, keep)
            return
        feed = Feeder(folder / "files")
        end = time.monotonic() + 60 * minutes
        try:
            count = fuzz_by_mutation(feed, seed, lambda _: time.monotonic() < end)
        except Exception:
            kept = keep / "fuzz-failure.bin"
            kept.write_bytes((feed.folder / "last.bin").read_bytes())
            typer.echo(f"{kept} fails", err=True)
            raise
        trips = feed.round_trips
        typer.echo(
            f"{count:,} inputs: {feed.read:,} read, of which {trips.kept:,} came back of an export "
            f"and {len(trips.refused):,} could not be written again, {feed.refused:,} refused, "
            "no bug"
        )
        for format, cause in list(dict(trips.refused).items())[:40]:
            typer.echo(f"{format}: {cause}")


def fuzz_by_coverage(folder: Path, minutes: float, seed: int, keep: Path) -> None:
    """Let atheris choose the inputs. It ends the process itself."""
    import atheris  # type: ignore[import-not-found,unused-ignore]

    with atheris.instrument_imports(include=["adaptive_spacy.data"]):
        feed = Feeder(folder / "files")
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, data in enumerate(feed.seeds()):
        (corpus / str(number)).write_bytes(data)
    words = folder / "words"
    spelt = ["".join(f"\\x{byte:02x}" for byte in word) for word in WORDS if len(word) < 100]
    words.write_text("".join(f'"{word}"\n' for word in spelt))
    atheris.Setup(
        [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={round(60 * minutes)}",
            f"-max_len={LONGEST}",
            f"-dict={words}",
            f"-seed={seed + 1}",
            f"-artifact_prefix={keep}/",
            "-timeout=30",
            "-rss_limit_mb=4096",
            "-print_final_stats=1",
        ],
        feed,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    typer.run(main)
