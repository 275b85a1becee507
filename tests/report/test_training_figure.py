"""The figure of a training: panels, labels and data of the Figure, and the files."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from adaptive_spacy.report.style import PHASE_COLOURS
from adaptive_spacy.report.training_figure import draw, plot
from adaptive_spacy.training.history import HISTORY, Evaluation
from tests.report.evaluations import F1, LOSSES, adaptive, evaluation


def linear(rounds: int = 4) -> list[Evaluation]:
    return [evaluation(10 * i, rate=1e-4 * (1 - i / rounds)) for i in range(rounds + 1)]


def texts(figure: Figure) -> list[str]:
    """Every word on the picture, ticks apart."""
    found = list(figure.texts)
    for axes in figure.axes:
        found += [*axes.texts, axes.xaxis.label, axes.yaxis.label]
    return [one.get_text() for one in found if one.get_text()]


def lines(axes: Any) -> list[list[tuple[float, float]]]:
    """Points of the panel's lines, without the rings and dots on them."""
    drawn = [line for line in axes.lines if line.get_linestyle() == "-"]
    return [list(zip(*map(list, line.get_data()), strict=True)) for line in drawn]


def rings(axes: Any) -> list[tuple[float, float]]:
    drawn = [line for line in axes.lines if line.get_marker() == "o"]
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in drawn]


def bands(axes: Any) -> list[tuple[str, float, float]]:
    names = {colour.lower(): name for name, colour in PHASE_COLOURS.items()}
    return [
        (
            names[matplotlib.colors.to_hex(one.get_facecolor())],
            one.get_x(),
            one.get_x() + one.get_width(),
        )
        for one in axes.patches
    ]


def write(folder: Path, history: list[Evaluation]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(json.dumps(vars(one)) + "\n" for one in history)
    (folder / HISTORY).write_text(rows, encoding="utf8")
    return folder


def test_draw_says_what_happened():
    figure = draw(adaptive())
    assert texts(figure) == [
        "Fine-tuning: stopped after 10 epochs; cool-downs from epochs 4 and 7",
        *("warm-up", "constant", "cool-down", "constant", "cool-down", "Learning rate"),
        *("lowest validation loss 0.300, epoch 6", "training 0.010", "validation 0.340", "Loss"),
        *("best 81.0 %, epoch 8", "last 79.0 %, epoch 10", "Epoch"),
        "F1 in %\non the validation set",
    ]


def test_draw_shades_the_phases_on_all_panels():
    expected = [
        ("warmup", 0, 2),
        ("plateau", 2, 4),
        ("cooldown", 4, 6),
        ("plateau", 6, 7),
        ("cooldown", 7, 10),
    ]
    for axes in draw(adaptive()).axes:
        assert bands(axes) == expected
        assert axes.get_xlim() == (0, 10)


def test_draw_shows_the_rate_jump_back_when_a_cooldown_is_broken_off():
    rate, _, _ = draw(adaptive()).axes
    (points,) = lines(rate)
    machine_rates = [one.rate for one in adaptive()]
    assert points[:7] == [(i, machine_rates[i]) for i in range(7)]
    # linear over 30 steps: 20 of them are over at round 6, less the one drawn before
    assert points[6] == (6, pytest.approx(1e-4 * (1 - 19 / 30)))
    assert points[7:9] == [(6, 1e-4), (7, 1e-4)]
    assert [tick.get_text() for tick in rate.get_yticklabels()] == ["0", "5e-5", "1e-4"]


def test_draw_leaves_the_first_batch_out_of_losses_and_score():
    history = adaptive()
    _, loss, score = draw(history).axes
    training, validation = lines(loss)
    assert training == [(i, history[i].train_loss) for i in range(1, 11)]
    assert validation == [(i, LOSSES[i - 1]) for i in range(1, 11)]
    assert lines(score) == [[(i, 100 * F1[i - 1]) for i in range(1, 11)]]


def test_draw_marks_lowest_loss_best_and_last_score():
    _, loss, score = draw(adaptive()).axes
    assert rings(loss) == [(6, 0.3)]
    assert rings(score) == [(8, 81.0), (10, 79.0)]


def test_draw_takes_the_first_of_equal_losses_and_the_latest_of_equal_scores():
    _, loss, score = draw(linear()).axes
    assert rings(loss) == [(1, 0.5)]
    assert rings(score) == [(4, 50.0)]
    assert "best and last 50.0 %, epoch 4" in texts(draw(linear()))


def test_draw_without_phases_has_the_rate_alone():
    figure = draw(linear())
    assert figure.texts[0].get_text() == "Fine-tuning: 4 epochs"
    assert not any(bands(axes) for axes in figure.axes)
    assert lines(figure.axes[0]) == [[(i, pytest.approx(1e-4 * (1 - i / 4))) for i in range(5)]]


@pytest.mark.parametrize("scores", [{"cats_micro_f": 0.1}, {}])
def test_draw_names_the_main_score_where_there_is_no_f1(scores):
    history = [
        evaluation(
            10 * i,
            dev_loss=None,
            f=None,
            score=i / 8,
            scores={**scores, "cats_score": i / 8, "cats_macro_f": i / 8} if scores else {},
        )
        for i in range(4)
    ]
    figure = draw(history)
    name = "cats_score" if scores else "main score"
    assert f"{name}\non the validation set" in texts(figure)
    assert "best and last 0.375, epoch 3" in texts(figure)
    assert lines(figure.axes[2]) == [[(1, 0.125), (2, 0.25), (3, 0.375)]]
    assert "training 0.032" in texts(figure)
    assert not any("validation loss" in text for text in texts(figure))


def test_draw_breaks_lines_where_values_are_missing():
    history = linear()
    history[2] = evaluation(20, dev_loss=None, f=None, rate=None)
    rate, loss, score = draw(history).axes
    assert [math.isnan(y) for _, y in lines(rate)[0]] == [False, False, True, False, False]
    assert [math.isnan(y) for _, y in lines(loss)[1]] == [False, True, False, False]
    assert [math.isnan(y) for _, y in lines(score)[0]] == [False, True, False, False]


def test_draw_says_what_was_not_recorded():
    nothing = {"rate": None, "train_loss": None, "dev_loss": None, "f": None, "score": None}
    figure = draw([evaluation(0, **nothing), evaluation(10, **nothing)])
    assert texts(figure).count("not recorded") == 3


def test_draw_takes_a_single_evaluation():
    figure = draw(adaptive()[:1])
    assert texts(figure)[:2] == ["Fine-tuning: one evaluation, after the first batch", "warm-up"]
    assert "lowest validation loss 2.000, epoch 0" in texts(figure)
    assert "best and last 0.0 %, epoch 0" in texts(figure)
    assert rings(figure.axes[2]) == [(0, 0)]


def extents(figure: Figure, found: list[Text]) -> list[Any]:
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    return [one.get_window_extent(renderer) for one in found]


@pytest.mark.parametrize(
    "history",
    [adaptive(), adaptive(8), adaptive(1), adaptive()[:1], linear(), linear(60)],
    ids=["whole", "running", "warmup", "single", "linear", "long"],
)
def test_draw_keeps_labels_apart_and_on_the_picture(history):
    figure = draw(history)
    words = list(figure.texts) + [text for axes in figure.axes for text in axes.texts]
    boxes = extents(figure, words)
    width, height = figure.canvas.get_width_height()
    for i, box in enumerate(boxes):
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height
        for j, other in enumerate(boxes[:i]):
            assert not box.overlaps(other), (words[i].get_text(), words[j].get_text())


def test_plot_writes_png_and_svg_with_words(tmp_path):
    training = write(tmp_path / "training", adaptive())
    paths = plot(training, tmp_path / "figures" / "wikigold-0.5")
    assert [path.name for path in paths] == ["wikigold-0.5.png", "wikigold-0.5.svg"]
    assert sorted(path.name for path in paths[0].parent.iterdir()) == [one.name for one in paths]
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    root = ElementTree.parse(paths[1]).getroot()
    words = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    for expected in [one for text in texts(draw(adaptive())) for one in text.split("\n")]:
        assert expected in words


def test_plot_gives_the_same_bytes_whatever_the_users_settings(tmp_path):
    training = write(tmp_path / "training", adaptive())
    first = [path.read_bytes() for path in plot(training, tmp_path / "a")]
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.grid": True}):
        second = [path.read_bytes() for path in plot(training / HISTORY, tmp_path / "b")]
        assert matplotlib.rcParams["font.size"] == 30
    assert first == second


@pytest.mark.parametrize(
    ("output", "expected"),
    [("", "training.png"), ("new", "new.png"), ("new.svg", "new.png"), ("new.v1", "new.v1.png")],
)
def test_plot_names_its_files(tmp_path, output, expected):
    training = write(tmp_path / "training", linear())
    (tmp_path / "out").mkdir()
    paths = plot(training, tmp_path / "out" / output)
    assert paths[0] == tmp_path / "out" / expected
    assert paths[1] == paths[0].with_suffix(".svg")


def test_plot_does_without_pyplot_and_torch(tmp_path):
    write(tmp_path, linear())
    code = (
        "import sys; from pathlib import Path; "
        "from adaptive_spacy.report.training_figure import plot; plot(Path(), Path('x')); "
        "print({'matplotlib.pyplot', 'torch'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert result.stdout == "set()\n"
