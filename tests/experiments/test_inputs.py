"""What trainings read has to stay what it is."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adaptive_spacy.experiments.inputs import hash_inputs, keep_config, require_same
from adaptive_spacy.experiments.job import Job


@pytest.fixture
def job(jobs: list[Job], tmp_path: Path, in_root: None) -> Job:
    """All that it reads may be changed."""
    job, vectors = jobs[0], tmp_path / "vectors"
    vectors.mkdir()
    (vectors / "key2row").write_text("some")
    return replace(
        job,
        config=str(shutil.copy(job.config, tmp_path / "mine.cfg")),
        corpus=str(shutil.copytree(job.corpus, tmp_path / "corpus")),
        transformer=str(shutil.copytree(job.transformer, tmp_path / "transformer")),
        settings={**job.settings, "initialize.vectors": str(vectors)},
    )


def test_kept_config_stays_while_its_file_is_changed(job: Job, tmp_path: Path) -> None:
    before = job.identity()
    for _ in range(2):
        # a job that goes on keeps it again
        (kept,) = keep_config([job], tmp_path / "folds")
    assert kept.identity() == before
    inputs = hash_inputs([kept])
    Path(job.config).write_text("[training]\nnothing = more")
    require_same(inputs, hash_inputs([kept]))
    assert kept.identity() == before


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("transformer", lambda path: (path / "notes.txt").write_text("other weights")),
        ("vectors", lambda path: (path / "key2row").write_text("others")),
        ("vectors", shutil.rmtree),
        ("mine.cfg", lambda path: path.write_text(f"{path.read_text()}\n# other")),
        ("corpus/test.spacy", lambda path: path.write_bytes(b"other")),
        ("corpus/dev.spacy", lambda path: path.unlink()),
    ],
)
def test_what_changed_is_named(
    job: Job, tmp_path: Path, place: str, change: Callable[[Path], object]
) -> None:
    inputs = hash_inputs([job])
    require_same(inputs, hash_inputs([job]))
    change(tmp_path / place)
    with pytest.raises(ValueError, match=r"expected the same content until .* same command") as e:
        require_same(inputs, hash_inputs([job]))
    assert str(e.value).startswith(f"{tmp_path / place}: ")
