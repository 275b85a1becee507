"""Where the time of a training step and of tagging goes.

    python -m benchmarks.speed.where --corpus corpus/wikigold

torch's profiler counts the seconds inside its operators; what they do not explain is Python, spaCy
and NumPy.
"""

import time
from pathlib import Path
from typing import Annotated

import typer
from spacy.tokens import DocBin
from spacy.vocab import Vocab
from torch.profiler import ProfilerActivity, profile

from adaptive_spacy.cli._util import one_line_errors
from benchmarks.speed.peers import CONTESTANTS

#: What operators do, by their names without "aten::"
GROUPS = {
    "matrix products of linear layers": ("mm", "addmm", "linear_dynamic"),
    "attention": (
        "bmm",
        "_softmax",
        "_softmax_backward_data",
        "_scaled_dot_product_flash_attention_for_cpu",
    ),
    "activation (GELU)": ("gelu", "gelu_backward"),
    "layer normalization": ("native_layer_norm", "native_layer_norm_backward"),
    "random numbers of dropout": ("random_", "bernoulli_", "ge"),
    "AdamW": ("_fused_adamw_",),
    "norm of the gradients": ("linalg_vector_norm",),
    "filling and copying memory": ("fill_", "copy_", "zero_"),
}


def shares(function, *arguments) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """RETURNS (dict): Share of a call's time by group, the largest first."""
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        started = time.perf_counter()
        function(*arguments)
        total = time.perf_counter() - started
    seconds = {
        event.key.removeprefix("aten::"): event.self_cpu_time_total / 1e6
        for event in profiler.key_averages()
    }
    found = {
        group: sum(seconds.pop(name, 0.0) for name in names) for group, names in GROUPS.items()
    }
    found["other operators"] = sum(seconds.values())
    found["outside of torch"] = max(0.0, total - sum(found.values()))
    ordered = sorted(found.items(), key=lambda item: -item[1])
    return {group: taken / total for group, taken in ordered}


@one_line_errors()
def main(
    corpus: Annotated[Path, typer.Option(help="Folder of train.spacy and test.spacy.")],
    transformer: Annotated[Path, typer.Option(help="Folder.")] = Path("assets/transformer"),
    sentences: Annotated[int, typer.Option(help="Training sentences.")] = 240,
) -> None:
    """Print a table for each contestant that runs on torch alone, and for ours."""
    docs = DocBin().from_disk(corpus / "test.spacy").get_docs(Vocab())
    texts = [doc.text for doc in docs]
    for contestant in CONTESTANTS:
        if contestant.name not in ("adaptive-spacy", "bare torch"):
            continue
        one = contestant(corpus, transformer, sentences)
        for task, function, arguments in (
            ("training", one.epoch, ()),
            ("tagging", one.tag, (texts,)),
        ):
            function(*arguments)  # warms up
            print(f"| {contestant.name}, {task} | share |\n| --- | --- |")
            for group, share in shares(function, *arguments).items():
                if share >= 0.01:
                    print(f"| {group} | {share:.0%} |")
            print()


if __name__ == "__main__":
    typer.run(main)
