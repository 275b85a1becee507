"""What breaks a training off says where, what to do, and leaves what was saved."""

import errno
import math
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

from adaptive_spacy import files as writing
from adaptive_spacy.cli.app import app
from adaptive_spacy.training.resume.faults import is_out_of_memory
from tests.training.resume.trainings import (
    check_models,
    files,
    fingerprint,
    history,
    make_config,
    make_driver,
    run_resumed,
)
from tests.util import scripted_config

SCORES = [0.0, 0.3, 0.1, 0.4, 0.2, 0.2, 0.2]
MEMORY = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
]


@pytest.mark.parametrize("error", MEMORY, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("doing", ["training", "evaluation"])
@pytest.mark.slow
def test_memory_that_runs_out_names_the_setting(
    error: Exception, doing: str, tmp_path: Path
) -> None:
    config = scripted_config(tmp_path, SCORES)
    whole = make_driver(config, tmp_path / "whole")
    whole.run()
    driver = make_driver(config, tmp_path / "out")
    name = "update" if doing == "training" else "evaluate"
    known = getattr(driver.nlp, name)

    def failing(*arguments: Any, **options: Any) -> Any:
        if driver.loop.step == 4:
            raise error
        return known(*arguments, **options)

    setattr(driver.nlp, name, failing)
    setting = "[training.batcher] size" if doing == "training" else "[nlp] batch_size"
    with pytest.raises(ValueError, match=re.escape(f"the {doing} at step 4: lower {setting}")):
        driver.run()
    assert fingerprint(run_resumed(config, tmp_path / "out").nlp) == fingerprint(whole.nlp)


def test_other_errors_are_not_taken_for_it() -> None:
    assert not is_out_of_memory(RuntimeError("shapes do not fit"))
    assert not is_out_of_memory(OSError(errno.ENOSPC, "No space left on device"))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_loss_that_is_not_finite_names_step_rate_and_documents(
    value: float, tmp_path: Path
) -> None:
    config = scripted_config(tmp_path, SCORES)
    driver = make_driver(config, tmp_path / "out")
    update = driver.nlp.update

    def diverging(*arguments: Any, **options: Any) -> Any:
        found = update(*arguments, **options)
        if driver.loop.step == 3:
            options["losses"]["textcat"] = value
        return found

    driver.nlp.update = diverging  # type: ignore[method-assign]
    with pytest.raises(
        ValueError,
        match=r"textcat: the training loss is (nan|inf).*learning rate.*at step 3, with a learning "
        r"rate of 1, with the documents (\d+, )*\d+ of the training corpus",
    ) as caught:
        driver.run()
    assert "\n" not in str(caught.value)
    assert driver.snapshots is not None
    assert driver.snapshots.folders()[-1].name == "step-000000002"
    # no step was made by it
    assert all(torch.isfinite(torch.as_tensor(one)).all() for one in weights(driver))


def weights(driver: Any) -> list[Any]:
    return [
        node.get_param(name)
        for node in driver.nlp.get_pipe("textcat").model.walk()
        for name in node.param_names
        if node.has_param(name)
    ]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_disk_that_is_full_at_any_write_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(tmp_path, SCORES)
    sync, count = writing._sync_one, 0

    def filling(path: Path) -> None:
        nonlocal count
        count += 1
        if full_at is not None and count >= full_at:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        sync(path)

    def run(output: Path) -> Any:
        options = ["train", str(config), "--output", str(output), "--save-steps", "2", "--resume"]
        return CliRunner().invoke(app, options)

    monkeypatch.setattr(writing, "_sync_one", filling)
    full_at: int | None = None
    assert run(tmp_path / "whole").exit_code == 0
    writes = count
    assert writes > 100
    output, had_best = tmp_path / "out", False
    for full_at in range(3, writes, writes // 8):
        count = 0
        result = run(output)
        # what went on from a snapshot has fewer left
        if count >= full_at:
            assert result.exit_code == 1
            assert "no space left on device; make room and run it again" in result.output
        had_best = check_models(output, tmp_path / "whole", had_best)
    assert had_best
    full_at = None
    assert run(output).exit_code == 0
    assert history(output) == history(tmp_path / "whole")
    for model in ("model-best", "model-last"):
        assert files(output / model) == files(tmp_path / "whole" / model)


def test_folder_that_cannot_be_written_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(tmp_path, SCORES)

    def refused(self: Path, *arguments: Any, **options: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    # root may write everywhere
    monkeypatch.setattr(Path, "mkdir", refused)
    result = CliRunner().invoke(app, ["train", str(config), "--output", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert "permission denied; expected one that you may read and write" in result.output
