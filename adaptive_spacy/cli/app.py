"""The `adaptive-spacy` command: a table of thin commands, one module each."""

import typer

from adaptive_spacy.cli._group import CommandGroup
from adaptive_spacy.cli.check import SETTINGS, check_cli
from adaptive_spacy.cli.compare import compare_cli
from adaptive_spacy.cli.configure import configure_cli
from adaptive_spacy.cli.convert import convert_cli
from adaptive_spacy.cli.crossfit import crossfit_cli
from adaptive_spacy.cli.evaluate import evaluate_cli
from adaptive_spacy.cli.export import export_cli
from adaptive_spacy.cli.init import init_cli
from adaptive_spacy.cli.model import model_cli
from adaptive_spacy.cli.package import package_cli
from adaptive_spacy.cli.plot import plot_cli
from adaptive_spacy.cli.refit import refit_cli
from adaptive_spacy.cli.report import report_cli
from adaptive_spacy.cli.smoke import smoke_test_cli
from adaptive_spacy.cli.stats import stats_cli
from adaptive_spacy.cli.suspects import suspects_cli
from adaptive_spacy.cli.sweep import SweepCommand, sweep_cli
from adaptive_spacy.cli.train import train_cli
from adaptive_spacy.cli.watch import watch_cli

app = typer.Typer(
    name="adaptive-spacy",
    cls=CommandGroup,
    help="Fine-tune transformers in spaCy without tuning the number of epochs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # markup would take [training] of a help text for a style and leave it out
    rich_markup_mode=None,
)


@app.callback()
def main() -> None:
    pass


app.command("model")(model_cli)
app.command("convert")(convert_cli)
app.command("export")(export_cli)
app.command("init")(init_cli)
app.command("stats")(stats_cli)
app.command("configure", context_settings=SETTINGS)(configure_cli)
app.command("check", context_settings=SETTINGS)(check_cli)
app.command("train", context_settings=SETTINGS)(train_cli)
app.command("watch")(watch_cli)
app.command("evaluate")(evaluate_cli)
app.command("compare")(compare_cli)
app.command("suspects")(suspects_cli)
app.command("plot")(plot_cli)
app.command("package")(package_cli)
app.command("smoke-test")(smoke_test_cli)
app.command("crossfit", cls=SweepCommand, context_settings=SETTINGS)(crossfit_cli)
app.command("sweep", cls=SweepCommand)(sweep_cli)
app.command("report")(report_cli)
app.command("refit")(refit_cli)
