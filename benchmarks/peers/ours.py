"""This project's stepped integrator on the peers' work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.peers.work import Run, Work
from simulator.models.goal_drift import goal_drift
from simulator.parameter import resolve
from simulator.point import run_point


def stepped(normals: str, dtype: str, work: Work) -> Run:
    """Return a whole run, statistics included."""
    made = goal_drift.experiment(
        method="stepped", reduction=False, steps=work.steps, normals=normals, dtype=dtype, measures=("alignment",)
    )
    point = resolve(made.parameters, {"dim": work.dim, "time": work.time})

    def run() -> tuple[float, float]:
        [table] = run_point(made, point, work.agents, 0, threads=work.threads, discretization=False).tables
        tally = table.layout.measured(table.rows, "alignment")
        return float(tally.mean.item()), float(tally.variance.item())

    return run


TASKS: dict[str, Callable[[Work], Run]] = {
    "goaldrift, float64 ziggurat": partial(stepped, "ziggurat", "float64"),
    "goaldrift, float64 mixed": partial(stepped, "mixed", "float64"),
    "goaldrift, float32 mixed": partial(stepped, "mixed", "float32"),
}
