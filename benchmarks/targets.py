"""What the project is to cost, as ratios of measured tasks, and which of it is met.

Where a target is missed, the reason is another ratio of the same run: what stands in the way, measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.against import FAST, OURS
from benchmarks.probes import FLOOR as PROBES_DRAWN
from benchmarks.probes import PEER as PROBES_PEER
from benchmarks.probes import PRODUCTS, REDUCED
from benchmarks.stepping import DRAWN

PEERS = ("numba", "torch", "JAX", "diffrax", "NumPy")


@dataclass(frozen=True)
class Target:
    """A ratio of two tasks that is to be at most, or at least, a number.

    Parameters
    ----------
    says
        What is compared.
    topic
        Whose table it is read from.
    task, to
        The two tasks, task/to. ``to`` may be "best peer x1" or "best peer x2".
    limit, least
        The number, and whether the ratio is to be at least that (then it is at most otherwise).
    reason
        Two tasks of the topic whose ratio tells why, and what it means.
    """

    says: str
    topic: str
    task: str
    to: str
    limit: float
    least: bool = False
    reason: tuple[str, str, str] | None = None


REFERENCE, FAST_RUN = "run, float64 ziggurat", "run, float32 mixed"
TARGETS = (
    Target("reference path, float64 ziggurat / drawing its normals", "stepping", f"{REFERENCE}, x1", DRAWN, 1.2),
    Target(
        "fast path, float32 mixed / drawing float64 normals", "stepping", f"{FAST_RUN}, x1", DRAWN, 0.28,
        reason=("draw the normals, float32 mixed", DRAWN, "drawing alone takes"),
    ),
    Target(
        "two threads against one, reference path", "stepping", f"{REFERENCE}, x1", f"{REFERENCE}, x2", 1.85, least=True
    ),
    Target(
        "two threads against one, fast path", "against", f"{FAST}, x1", f"{FAST}, x2", 1.85, least=True,
        reason=(f"{FAST}, x1", f"{FAST}, two processes", "two processes, which share nothing, gain"),
    ),
    Target("fast path / best peer, one processor", "against", f"{FAST}, x1", "best peer x1", 0.5),
    Target("fast path / best peer, two processors", "against", f"{FAST}, x2", "best peer x2", 0.5),
    Target("compiled from the law / by hand, float64", "stepping",
           "step compiled, float64", "step by hand, float64", 1.15),
    Target("compiled from the law / by hand, float32", "stepping",
           "step compiled, float32", "step by hand, float32", 1.15),
    Target(
        "probe groups, blocked / numba", "probes", PRODUCTS, PROBES_PEER, 0.6,
        reason=(PROBES_DRAWN, PROBES_PEER, "drawing their normals alone takes"),
    ),
    Target(
        "probe groups, reduced / numba", "probes", REDUCED, PROBES_PEER, 1.0 / 30,
        reason=(REDUCED, PROBES_DRAWN, "of drawing all normals it takes"),
    ),
    Target("time to a standard error, exactly solvable gate / naive", "standard_error",
           "linear: best", "linear: naive", 1.0 / 30_000),
    Target("time to a standard error, nonlinear gate / naive", "standard_error",
           "nonlinear: best", "nonlinear: naive", 1.0 / 400),
)  # fmt: skip


def judge(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return one row a target that was measured: what, the ratio, the target, and "met" or the reason why not."""
    found = []
    for target in TARGETS:
        cost = {str(row["task"]): row["ns"] for row in tables.get(target.topic, ()) if "ns" in row}
        to = _best(cost, target.to.removeprefix("best peer ")) if target.to.startswith("best peer") else target.to
        if target.task not in cost or to not in cost:
            continue
        ratio = cost[target.task] / cost[to]
        met = ratio >= target.limit if target.least else ratio <= target.limit
        sign = "≥" if target.least else "≤"
        found.append(
            {
                "target": target.says + (f" ({to})" if to != target.to else ""),
                "measured": ratio,
                "wanted": f"{sign} {target.limit:.3g}",
                "verdict": "met" if met else f"not met{_why(target, cost)}",
            }
        )
    return found


def _best(cost: Mapping[str, float], threads: str) -> str:
    """Return the fastest peer on that many threads."""
    peers = [task for task in cost if task.startswith(PEERS) and task.endswith(threads) and task not in OURS]
    return min(peers, key=lambda task: cost[task], default="")


def _why(target: Target, cost: Mapping[str, float]) -> str:
    if target.reason is None or not {*target.reason[:2]} <= set(cost):
        return ""
    task, to, says = target.reason
    return f": {says} {cost[task] / cost[to]:.3g}"
