"""Colours, names and settings that all figures share."""

from typing import Any

FORMATS = ("png", "svg")

BLACK, BLUE, VERMILLION = "#000000", "#0072B2", "#D55E00"
PHASE_NAMES = {
    "warmup": "warm-up",
    "plateau": "constant",
    "cooldown": "cool-down",
    "finished": "finished",
}
PHASE_COLOURS = {
    "warmup": "#FBF3C0",
    "plateau": "#F2F2F2",
    "cooldown": "#D6ECFA",
    "finished": "#DDDDDD",
}

#: Settings of matplotlib. Any: the type of their names is not the same in all its versions
STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 10,
    # texts hold names and labels of the data, in which $ is a letter
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "adaptive-spacy",
}
