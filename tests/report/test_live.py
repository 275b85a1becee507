"""The page of a training that runs: what is served, when, and to whom."""

import http.client
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adaptive_spacy.report.live.server import serving
from adaptive_spacy.report.live.state import Live
from adaptive_spacy.report.live.watch import watch
from adaptive_spacy.training.history import HISTORY
from adaptive_spacy.training.lock import LOCK, Lock
from tests.report.runs import (
    ROWS,
    make_history,
    training_elsewhere,
    write_crossfit,
    write_history,
    write_training,
)


def shown(live: Live) -> str:
    return live.served[0].decode("utf8")


def test_page_waits_grows_and_ends(tmp_path: Path) -> None:
    training = tmp_path / "mine"
    live = Live(training)
    (line,) = live.update()
    assert line == f"{training} has no evaluation yet: waiting for its {HISTORY}"
    assert line in shown(live)
    tags = [live.served[1]]
    # nothing new: the same page, and nothing is said
    assert list(live.update()) == []
    assert live.served[1] == tags[0]
    write_training(training)
    history = make_history(4)
    with training_elsewhere(training):
        for count in (1, 2, 4):
            write_history(training, history[:count])
            said = list(live.update())
            assert said == ([f"{training} runs"] if count == 1 else [])
            assert "Where it stands.</strong> It is running" in shown(live)
            assert "What ships.</strong> Nothing yet: the training runs." in shown(live)
            assert f"All {count} evaluations as a table" in shown(live)
            # no predictions: the processor is the training's
            assert 'id="scores"' not in shown(live)
            assert live.served[1] not in tags
            tags.append(live.served[1])
    assert list(live.update()) == [f"{training} has ended; its model predicts now"]
    assert "Why it stopped" in shown(live)
    assert 'id="scores"' not in shown(live)
    said = list(live.update())
    assert any(one.startswith("What to expect: Expect F1 22.2") for one in said)
    assert 'id="scores"' in shown(live)
    tag = live.served[1]
    assert list(live.update()) == []
    assert live.served[1] == tag


def test_half_a_line_is_passed_over(tmp_path: Path) -> None:
    training = tmp_path / "mine"
    line = json.dumps(asdict(make_history(4)[-1]))
    with training_elsewhere(training):
        for cut in (0, 1, len(line) // 2, len(line)):
            write_history(training, make_history(3))
            with (training / HISTORY).open("a") as file:
                file.write(line[:cut])
            live = Live(training)
            assert list(live.update()) == [f"{training} runs"]
            assert "All 4 evaluations as a table" in shown(live)
        with (training / HISTORY).open("a") as file:
            file.write("\n")
        assert list(live.update()) == []
        assert "All 5 evaluations as a table" in shown(live)


def test_history_of_a_former_training_is_not_shown(tmp_path: Path) -> None:
    write_history(tmp_path, make_history(3))
    os.utime(tmp_path / HISTORY, (1, 1))
    with training_elsewhere(tmp_path):
        live = Live(tmp_path)
        assert "no evaluation yet" in " ".join(live.update())
        # one that is resumed writes it anew
        os.utime(tmp_path / HISTORY)
        assert list(live.update()) == [f"{tmp_path} runs"]


def test_faults_while_it_runs_are_said_once_and_the_page_stays(tmp_path: Path) -> None:
    with training_elsewhere(tmp_path):
        write_history(tmp_path, make_history(3))
        live = Live(tmp_path)
        list(live.update())
        page = live.served
        (tmp_path / HISTORY).write_text("{}\n")
        (line,) = live.update()
        assert f"{HISTORY}:1: expected the keys of an evaluation" in line
        assert list(live.update()) == []
        assert live.served == page
        write_history(tmp_path, make_history(5))
        list(live.update())
        assert "All 6 evaluations" in shown(live)


def test_faults_of_what_is_over_are_faults(tmp_path: Path) -> None:
    (tmp_path / HISTORY).write_text("{}\n")
    with pytest.raises(ValueError, match=f"{HISTORY}:1: expected the keys"):
        list(Live(tmp_path).update())
    with pytest.raises(ValueError, match="expected the output folder of a training, got the file"):
        Live(tmp_path / HISTORY)
    with pytest.raises(ValueError, match="--select: expected one of last, best, got first"):
        Live(tmp_path, select="first")
    with pytest.raises(ValueError, match=r"corpus: expected a \.spacy file"):
        Live(tmp_path, corpus=tmp_path / "none.spacy")


def test_model_that_cannot_predict_leaves_the_page(tmp_path: Path) -> None:
    training = write_training(tmp_path / "mine")
    (training / "model-last" / "meta.json").write_text("{")
    live = Live(training)
    list(live.update())
    (line,) = live.update()
    assert "the page stays as it was" in line
    assert list(live.update()) == []
    assert "Why it stopped" in shown(live)


def test_training_without_a_test_set_or_corpora_has_a_page(tmp_path: Path) -> None:
    training = write_training(tmp_path / "mine", test=False)
    live = Live(training)
    list(live.update())
    assert any("measured on the dev set" in line for line in live.update())
    held = Live(write_crossfit(tmp_path / "few", ROWS))
    list(held.update())
    assert any("Expect F1 50.0" in line for line in held.update())


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = write_crossfit(tmp_path_factory.mktemp("training"))
    live = Live(folder)
    list(live.update())
    with serving(live, 0) as found:
        yield found


def ask(address: str, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, str]:
    """RETURNS (tuple): Status and body of an answer. headers: With "_" for "-"; Host as asked."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        if value:
            connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode("utf8")
    if answer.status == 200:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["X-Frame-Options"] == "DENY"
    connection.close()
    return answer.status, body


def test_page_is_served_once_and_then_not_changed(address: str) -> None:
    assert address.startswith("http://127.0.0.1:")
    status, body = ask(address)
    assert status == 200
    assert "<h1>Training" in body
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(address).port, timeout=10)
    connection.request("GET", "/")
    tag = connection.getresponse().headers["ETag"]
    assert ask(address, If_None_Match=tag) == (304, "")
    assert ask(address, If_None_Match='"other"')[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/history.jsonl", "/../", "/a//", "/?a", "/.", "/%2e%2e/etc/passwd", "http://127.0.0.1/", "*"],
)
def test_nothing_but_the_page_is_served(address: str, path: str) -> None:
    assert ask(address, path)[0] == 404


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_but_get_is_answered(address: str, method: str) -> None:
    assert ask(address, method=method) == (405, "")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:1", 200),
        ("LOCALHOST", 200),
        ("[::1]:80", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost@evil.example", 403),
        ("evil.example:80#localhost", 403),
        ("0.0.0.0", 403),
        ("[", 403),
        ("", 403),
    ],
)
def test_other_names_of_this_machine_are_refused(address: str, host: str, status: int) -> None:
    assert ask(address, Host=host)[0] == status


def test_watch_says_where_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    training = write_training(tmp_path / "mine")
    said: list[str] = []
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        (line,) = [one for one in said if one.startswith("Watching on ")]
        status, body = ask(line.split()[2])
        assert status == 200
        assert "Why it stopped" in body
        if len(waits) == 2:
            raise KeyboardInterrupt

    watch(training, tell=said.append, wait=wait)
    assert min(waits) >= 1
    assert said[-1].startswith("Watched enough")
    assert any(one.startswith("What to expect: ") for one in said)
    # the training's folder is as it was: no page, no lock
    assert not (training / "report.html").exists()
    assert not (training / LOCK).exists()


def test_port_that_is_taken_is_named(tmp_path: Path, address: str) -> None:
    port = urlsplit(address).port
    with (
        pytest.raises(ValueError, match=f"--port: cannot listen on 127.0.0.1:{port} .*or 0"),
        serving(Live(tmp_path), port or 0),
    ):
        pytest.fail("two servers on one port")


def test_locked_folder_can_still_be_watched_by_many(tmp_path: Path) -> None:
    lock = Lock.take(tmp_path)
    assert lock is not None
    write_history(tmp_path, make_history(2))
    with serving(Live(tmp_path), 0) as one, serving(Live(tmp_path), 0) as other:
        assert one != other
        assert ask(one)[0] == ask(other)[0] == 200
    lock.release()
