"""Takes the pictures of pages that docs/reading.md and docs/experiments.md show.

    python -m docs.screenshots training/wiki --corpus corpus/wikigold/test.spacy

In headless Chromium: the page of that training, with a learning curve, two of its checkpoints
compared, and the page of the experiments of docs/shares.md; in light and in dark, in a window of
500 pixels, and as they are printed.
"""

import io
import tempfile
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from PIL import Image

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_page import to_page
from adaptive_spacy.report.epoch_search import answer_epochs
from adaptive_spacy.report.html import write_page
from adaptive_spacy.report.rivals.models import compare_models
from adaptive_spacy.report.rivals.page import write_rivalry
from adaptive_spacy.report.run.page import write_run
from tests.report.browser import Browser, open_browser

DOCS = Path(__file__).parent
RECORDS = DOCS.parent / "benchmarks" / "results"
#: Colours of a picture, and bytes that it may have
COLOURS, MOST = 256, 150_000


class Shot(NamedTuple):
    """A part of a page.

    name (str): Of the file, without suffix. page (str): The page. start (str): What it begins at, a
    query. height (int): In pixels. address (str): What is chosen on the page.
    """

    name: str
    page: str
    start: str = "h1"
    height: int = 900
    width: int = 1000
    scheme: str = "light"
    kind: str = "screen"
    address: str = ""


SHOTS = (
    Shot("run-page", "run"),
    Shot("run-page-dark", "run", "#errors", 950, scheme="dark", address="#kind=type&type=LOC"),
    Shot("run-page-500", "run", width=500, height=1100),
    Shot("run-page-print", "run", "#confidence", 800, kind="print"),
    Shot("run-page-curve", "run", "#labels", 700),
    Shot("compare", "rivals", height=1000),
    Shot("comparison-page", "comparison", height=1500, width=1200, address="#dataset=wikigold"),
    Shot("comparison-page-dark", "comparison", "#types", 800, 1280, "dark", address="#type=ORG"),
    Shot("comparison-page-500", "comparison", height=1300, width=500, address="#dataset=wnut17"),
    Shot("comparison-page-print", "comparison", "#tests", 900, 1000, kind="print"),
)


def write_pages(training: Path, corpus: Path | None, folder: Path) -> dict[str, Path]:
    """RETURNS (dict[str, Path]): The pages by name."""
    pages = {name: folder / f"{name}.html" for name in ("run", "rivals", "comparison")}
    write_run(training, pages["run"], curve=RECORDS / "budget")
    checkpoints = [str(training / name) for name in ("model-best", "model-last")]
    write_rivalry(compare_models(checkpoints, corpus=corpus), pages["rivals"])
    comparison = compare(RECORDS / "small")
    write_page(to_page(comparison, answer_epochs(comparison.runs)), pages["comparison"])
    return pages


def take(browser: Browser, shot: Shot, page: Path, folder: Path) -> None:
    """Take a picture and make it small."""
    browser.size(shot.width)
    # a bar would take room from the page, and give it back while the picture is taken
    browser.call("Emulation.setScrollbarsHidden", hidden=True)
    browser.media(scheme=shot.scheme, kind=shot.kind)
    browser.open(page, address=shot.address)
    top = browser.run(f"document.querySelector('{shot.start}').getBoundingClientRect().top")
    # a little of what is above, so that it does not stick to the edge
    top = max(0, round(top + browser.run("scrollY")) - 24)
    path = folder / f"{shot.name}.png"
    browser.picture(path, top=top, height=shot.height)
    image = Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
    image.save(path, optimize=True)
    if path.stat().st_size > MOST:
        # lines and panels as they are; what is between them and the paper comes near
        counts = sorted(image.getcolors(2**24), reverse=True)[:COLOURS]
        palette = Image.new("P", (1, 1))
        palette.putpalette([value for _, colour in counts for value in colour])
        image.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    typer.echo(f"{path}: {size:,} bytes{'' if size < MOST else ', too many'}")


def main(
    training: Annotated[
        Path, typer.Argument(help="Output folder of a training, with its corpora.")
    ],
    corpus: Annotated[Path | None, typer.Option(help="Its test set, as the page names it.")] = None,
    output: Annotated[Path, typer.Option(help="Gets the pictures.")] = DOCS,
) -> None:
    """Take the pictures again."""
    with tempfile.TemporaryDirectory() as folder, open_browser(Path(folder)) as browser:
        pages = write_pages(training, corpus, Path(folder))
        for shot in SHOTS:
            take(browser, shot, pages[shot.page], output)


if __name__ == "__main__":
    typer.run(main)
