"""TensorBoard: `adaptive_spacy.TensorBoard.v1`."""

from pathlib import Path

from thinc.api import Config

from adaptive_spacy.tracking.follow import Tracker, following, require
from adaptive_spacy.training.logger import SetupLogger

#: In the output folder
FOLDER = "tensorboard"


def make_tensorboard_v1(folder: str | None = None, page: bool = True) -> SetupLogger:
    """Registered as `adaptive_spacy.TensorBoard.v1`, for `then` of `adaptive_spacy.Logger.v1`.

    folder (str | None): Where the event files go, e.g. "runs/mine"; null: `tensorboard` in the
        output folder of the training.
    page (bool): Make the page of the training at its end, which predicts the test set once, as
        `report.html` in the output folder; its summary is a text.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise require("tensorboard", "TensorBoard") from None

    class Events:
        """Event files of a training. A former one that got farther is cut back to this one's first
        update, so that one that is resumed goes on."""

        def __init__(self, place: Path, config: Config) -> None:
            self.place, self.config = place, config
            self.writer: SummaryWriter | None = None
            self.last = 0

        def log(self, step: int, values: dict[str, float]) -> None:
            if self.writer is None:
                self.writer = SummaryWriter(str(self.place), purge_step=step)
                # indented: TensorBoard shows Markdown
                code = self.config.to_str().replace("\n", "\n    ")
                self.writer.add_text("config", f"    {code}", step)
            for name, value in values.items():
                self.writer.add_scalar(name, value, step)
            self.writer.flush()
            self.last = step

        def keep(self, page: Path, lines: list[str]) -> None:
            if self.writer is not None:
                text = "\n\n".join([*lines, f"The page: {page.resolve()}"])
                self.writer.add_text("summary", text, self.last)

        def end(self, *, broken: bool) -> None:
            if self.writer is not None:
                self.writer.close()

    def start(config: Config, output: Path | None) -> Tracker:
        if folder is None and output is None:
            raise ValueError(
                'expected a folder, as the training has no output folder; set folder = "runs/mine"'
            )
        place = Path(folder) if folder is not None else Path(output or "") / FOLDER
        # the writer needs the first update's number; a place that cannot be is found out now
        place.mkdir(parents=True, exist_ok=True)
        return Events(place, config)

    return following(start, "TensorBoard", page=page)
