"""Where jobs run, as the command line says it."""

from importlib.util import find_spec

from adaptive_spacy.experiments.runner import Backend


def require_ray(ray: str | None, *, shared: bool) -> None:
    """RAISES (ValueError): If an option of a cluster is given without one, or Ray is not there."""
    if ray is not None:
        require_installed()
    if shared and ray is None:
        raise ValueError("--ray-shared: expected --ray beside it, whose nodes see the same paths")


def require_installed() -> None:
    """RAISES (ValueError): If Ray is not there."""
    # importing it takes seconds, which a --dry-run does not need
    if find_spec("ray") is None:
        raise ValueError('--ray needs Ray: pip install "adaptive-spacy[ray]"')


def make_backend(
    jobs: int, *, ray: str | None, shared: bool, threads: int, keep: bool, gpu_id: int
) -> Backend:
    """Make what runs jobs.

    jobs (int): Side by side.
    ray (str | None): Address of a Ray cluster, "" for the one of this machine or a new one; None:
        processes of this machine.
    shared (bool): Whether the cluster's nodes see the same paths.
    threads (int): Of each job.
    keep (bool): Whether checkpoints are kept.
    gpu_id (int): Number of the GPU; -1: the processor.
    RETURNS (Backend): For one sweep.
    """
    if ray is None:
        from adaptive_spacy.experiments.local import LocalProcesses

        return LocalProcesses(jobs, keep=keep, gpu_id=gpu_id)
    require_installed()
    from adaptive_spacy.experiments.cluster import RayCluster

    return RayCluster(ray, jobs, threads=threads, keep=keep, shared=shared)
