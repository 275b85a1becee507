"""Records of two approaches whose comparison is known, and of a search over epochs."""

from tests.report.records import make_job, make_record

# test F1 by approach, share and seed: adaptive is higher by 10 points at the small share
SCORES = {
    ("adaptive", 0.1): [0.40, 0.50, 0.60],
    ("stable", 0.1): [0.30, 0.40, 0.50],
    ("adaptive", 1.0): [0.80, 0.80, 0.80],
    ("stable", 1.0): [0.80, 0.80, 0.80],
}


def records() -> list[dict]:
    return [
        make_record(make_job(approach, seed, fraction), f1)
        for (approach, fraction), scores in SCORES.items()
        for seed, f1 in enumerate(scores, start=1)
    ]


SEARCH = {
    # approach: epochs, updates, and per seed dev F1 and test F1
    "adaptive": (12, 12_000, [(0.6, 0.70), (0.6, 0.60)]),
    "linear-2": (2, 2_000, [(0.1, 0.20), (0.9, 0.55)]),
    "linear-5": (5, 5_000, [(0.8, 0.65), (0.9, 0.99)]),
    "linear-20": (20, 20_000, [(0.8, 0.95), (0.5, 0.80)]),
}


def search_records() -> list[dict]:
    return [
        make_record(
            make_job(name, seed, search=None if name == "adaptive" else "epochs"),
            test_f1,
            dev_f1=dev_f1,
            epochs=epochs,
            updates=updates,
        )
        for name, (epochs, updates, scores) in SEARCH.items()
        for seed, (dev_f1, test_f1) in enumerate(scores, start=1)
    ]
