"""Faults of streams: replicates that are drawn twice, within a block and across blocks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import simulator.point
from simulator.levels.langevin import run
from theory.faults.fault import Fault, spoiled

_fault = partial(Fault, "audit")


def _cloned(right: Callable[..., Any]) -> Callable[..., Any]:
    """Let the second half of every block repeat the first."""

    def run_cloned(company: Any, *arguments: Any) -> Any:
        samples = right(company, *arguments)
        half = company.replicates // 2
        for array in samples.values():
            array[half:] = array[: company.replicates - half]
        return samples

    return run_cloned


def _block(number: Callable[[int], int]) -> Callable[[Any], Any]:
    """Give every block the stream of another one."""
    return lambda right: lambda seed, key, block, purpose=0: right(seed, key, number(block), purpose)


FAULTS = (
    _fault(
        "cloned_replicates", "stream", "The second half of every block repeats the first.",
        ("audit.distinct_replicates",), (spoiled(run, "_run", _cloned),),
    ),
    _fault(
        "one_stream_for_all_blocks", "stream", "Every block is drawn from the stream of the first.",
        ("audit.distinct_replicates",), (spoiled(simulator.point, "stream", _block(lambda block: 0)),),
    ),
    _fault(
        "blocks_in_pairs", "stream", "Blocks share a stream two by two.",
        ("audit.distinct_replicates",), (spoiled(simulator.point, "stream", _block(lambda block: block // 2)),),
    ),
)  # fmt: skip
