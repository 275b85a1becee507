"""Many trainings: grids, jobs, sweeps, records, statistics over seeds, refitting.

Here belongs what plans trainings, runs them and keeps what came out. Not here: how one
training runs (`training`), and how results are shown (`report`).
"""
