"""The one run that is drawn in full: of those in which the lead changes hands as often as asked, the one done first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.models.succession.envelope import reigns
from simulator.models.succession.goals import along_tree, recursive_tree
from simulator.parameter import COUNT, Parameter, Range
from simulator.randomness import point_key, stream

TRIES = 400
OPTIONS = (
    Parameter("circuits", 16, range=COUNT, meaning="number of circuits", integer=True),
    Parameter("overlap", 0.7, range=Range(0.0, 1.0), meaning="cosine of a goal to the one it was inherited from"),
    Parameter("changes", 4, range=COUNT, meaning="how often the lead changes hands in the run shown", integer=True),
)
BEYOND = 5.0  # how far before the first change and after the last the clock is shown, as a factor
DIM = 8


@dataclass(frozen=True, eq=False)
class Run:
    """One run: its lines, who reuses whom, goals (circuits, dim), its leaders in order and since when."""

    presence: Any
    quality: Any
    parents: Any
    goals: Any
    leaders: Any
    since: Any

    def clock(self, count: int) -> Any:
        """Return times from well before the first change to well after the last."""
        return np.geomspace(self.since[1] / BEYOND, self.since[-1] * BEYOND, count)


def one_run(point: Mapping[str, Any], seed: int) -> Run:
    """Return, of the seed's runs in which the lead changes hands as often as asked, the one that is done first."""
    generator = stream(seed, point_key({"figure": "succession", "parameters": dict(point)}), 0)
    count = point["circuits"]
    presence, quality = generator.standard_normal((2, count, TRIES))
    found = reigns(presence, quality)
    chosen = np.flatnonzero(found.successions == point["changes"])
    if chosen.size == 0:
        raise ValueError(
            f"changes: got {point['changes']}; must happen in one of {TRIES} runs of {count} circuits; pass fewer"
        )
    reign = slice(0, point["changes"] + 1)
    one = chosen[np.argmin(found.since[point["changes"], chosen])]
    parents = recursive_tree(count, 1, generator)
    goals = along_tree(parents, np.full(count, point["overlap"]), DIM, generator)[:, :, 0]
    return Run(presence[:, one], quality[:, one], parents[:, 0], goals, found.leader[reign, one],
                found.since[reign, one])  # fmt: skip
