import pytest

from adaptive_spacy.experiments import cluster
from adaptive_spacy.experiments.backends import make_backend
from adaptive_spacy.experiments.local import LocalProcesses

OPTIONS = {"shared": False, "threads": 1, "keep": False, "gpu_id": -1}


def test_jobs_run_in_processes_of_this_machine_unless_a_cluster_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "RayCluster", lambda address, jobs, **_: (address, jobs))
    local = make_backend(2, ray=None, **OPTIONS)
    assert isinstance(local, LocalProcesses)
    assert local.slots == 2
    local.close()
    # an empty address is a cluster, too
    assert make_backend(2, ray="", **OPTIONS) == ("", 2)
