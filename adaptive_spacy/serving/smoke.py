"""Does the wheel do what the trained folder does? Installed beside nothing else, loaded by name."""

import json
import os
import subprocess
import sys
import tempfile
import warnings
from itertools import islice
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc

from adaptive_spacy.config.loading import load_pipeline
from adaptive_spacy.data.spacy_files import expected_docs, holds_docs, read_corpus_docs
from adaptive_spacy.files import replacing
from adaptive_spacy.hashing import hash_file
from adaptive_spacy.serving.names import find_wheel
from adaptive_spacy.serving.own_wheel import OWN
from adaptive_spacy.serving.wheels import read_import_name

MAX_TEXTS = 50

#: Runs in the fresh process: no hub, a foreign folder, and the wheel on the path
LOADER = """
import json, sys, time
import spacy

started = time.perf_counter()
nlp = spacy.load(sys.argv[1])
loaded = time.perf_counter()
texts = json.load(sys.stdin)
docs = list(nlp.pipe(texts))
done = time.perf_counter()
json.dump({
    "version": nlp.meta["version"],
    "seconds_to_load": round(loaded - started, 3),
    "words_per_second": round(sum(map(len, docs)) / (done - loaded), 1),
    "entities": [[[e.start_char, e.end_char, e.label_,
                   e._.confidence if e.has_extension("confidence") else None]
                  for e in doc.ents] for doc in docs],
}, sys.stdout)
"""


def smoke_test(
    packages: Path,
    name: str | None,
    pipeline: Path,
    texts: Path,
    output: Path,
    *,
    version: str | None = None,
) -> dict[str, Any]:
    """Install a wheel into an empty folder, load it in a fresh process, compare its entities.

    packages (Path): Folder of wheels.
    name (str | None): Package to load, with its language or without, e.g. "en_sample_ner"; None:
        the only one in the folder.
    pipeline (Path): The folder that the wheel was built from.
    texts (Path): A .spacy file or a folder of them; its first 50 texts are compared.
    output (Path): Where the result goes as JSON.
    version (str | None): Its version; None: the newest.
    RETURNS (dict): The result; "identical" says whether all entities are the same, "conclusive"
        whether there are any, as without any that shows nothing, which a warning says too;
        "confident" whether every confidence lies in [0, 1]; None: no entity has one.
    RAISES (ValueError): If the wheel is missing or does not load, if there are no texts, or if the
        entities differ or a confidence is none.
    """
    nlp = load_pipeline(pipeline)
    wheel = find_wheel(packages, name, version, lang=nlp.lang or "", beside=OWN)
    package = read_import_name(wheel)
    sample = _read_texts(texts)
    with tempfile.TemporaryDirectory() as folder:
        _install(wheel, Path(folder) / "site")
        loaded = _load(package, sample, Path(folder))
    expected = [_entities(doc) for doc in nlp.pipe(sample)]
    stated = loaded.pop("entities")
    found = [[entity[:3] for entity in doc] for doc in stated]
    confidences = [entity[3] for doc in stated for entity in doc if entity[3] is not None]
    result = {
        "package": package,
        "wheel": wheel.name,
        "sha256": hash_file(wheel),
        "megabytes": round(wheel.stat().st_size / 1e6, 1),
        **loaded,
        "texts": len(sample),
        "entities": sum(map(len, found)),
        "identical": found == expected,
        "conclusive": any(found) or any(expected),
        "confident": all(0 <= one <= 1 for one in confidences) if confidences else None,
    }
    # not srsly: it keeps ten decimals
    with replacing(output) as aside:
        aside.write_text(json.dumps(result, indent=2), encoding="utf8")
    if not result["identical"]:
        raise ValueError(f"{wheel} finds other entities than {pipeline}: see {output}")
    if result["confident"] is False:
        raise ValueError(f"{wheel} states confidences that are not in [0, 1]: see {output}")
    if not result["conclusive"]:
        # no fault: the first texts of a corpus may have no entities
        warnings.warn(
            f"neither {wheel.name} nor {pipeline} finds an entity in {len(sample)} texts: that the "
            "wheel does what the folder does was not shown, only that it loads; name --texts in "
            "which there are entities to find",
            stacklevel=2,
        )
    return result


def _read_texts(path: Path) -> list[str]:
    if not holds_docs(path):
        raise ValueError(f"--texts: {expected_docs(path)}")
    docs = read_corpus_docs(path, spacy.blank("xx").vocab)
    # what is empty or blank compares nothing
    texts = list(islice((doc.text for doc in docs if doc.text.strip()), MAX_TEXTS))
    if not texts:
        raise ValueError(f"--texts: expected texts to compare, but {path} has none")
    return texts


def _install(wheel: Path, site: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run(
        [*command, "--target", str(site), str(wheel)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValueError(f"{wheel} does not install: {_last_line(done.stderr)}")


def _load(name: str, texts: list[str], folder: Path) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(folder / "site"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LOADER, name],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
    )
    if done.returncode:
        raise ValueError(f"{name} does not load: {_last_line(done.stderr)}")
    return json.loads(done.stdout)


def _entities(doc: Doc) -> list[list[Any]]:
    return [[ent.start_char, ent.end_char, ent.label_] for ent in doc.ents]


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]
