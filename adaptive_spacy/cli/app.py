"""The `adaptive-spacy` command: a table of thin commands, one module each."""

import typer

app = typer.Typer(
    name="adaptive-spacy",
    help="Fine-tune transformers in spaCy without tuning the number of epochs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def main() -> None:
    pass
