"""What prediction with integers does to F1: trained pipelines, scored in float32 and in int8.

    python -m benchmarks.quality.int8 --corpus corpus/wikigold/test.spacy runs/small/*/model-epoch-*

The weights are the same in both; a difference is what rounding them and their inputs does.
"""

from pathlib import Path
from statistics import mean, stdev
from typing import Annotated, Any

import typer
from tqdm import tqdm

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.serving.precision import measure_precision
from adaptive_spacy.transformer.dtypes import INT8
from benchmarks.measurements import add_lines


@one_line_errors()
def main(
    pipelines: Annotated[list[Path], typer.Argument(help="Trained pipelines.")],
    corpus: Annotated[Path, typer.Option(help="A .spacy file.")],
    output: Annotated[Path | None, typer.Option(help="JSONL, gets a line each.")] = None,
) -> None:
    """Print a table: F1 in percent."""
    rows: list[dict[str, Any]] = []
    for pipeline in tqdm(pipelines):
        cost = measure_precision(pipeline, corpus, INT8).describe()["ents_f"]
        rows.append(
            {"corpus": corpus.stem, "pipeline": f"{pipeline.parent.name}/{pipeline.name}", **cost}
        )
    print("| pipeline | float32 | int8 | difference |\n| --- | --- | --- | --- |")
    differences = [100 * (row["after"] - row["before"]) for row in rows]
    for row, difference in zip(rows, differences, strict=True):
        before, after = 100 * row["before"], 100 * row["after"]
        print(f"| {row['pipeline']} | {before:.2f} | {after:.2f} | {difference:+.2f} |")
    if len(rows) > 1:
        spread = f"{mean(differences):+.2f} ± {stdev(differences):.2f}"
        print(f"| mean ± standard deviation | | | {spread} |")
    if output is not None:
        add_lines(output, rows)


if __name__ == "__main__":
    typer.run(main)
