"""``python -m simulator status FILE``: how far the sweep of a store has come."""

from __future__ import annotations

from simulator.command.columns import columns, wrapped


def run(file: str) -> int:
    """Print what a store holds; return 0 if all is finished, 1 if points have failed.

    Raises ValueError, in one line, for a file that is missing, damaged or not a sweep's.
    """
    from simulator.store import summary

    found = summary(file)
    todo = found.points - found.done - found.failed
    rows = [
        ("experiment", found.experiment),
        ("seed", found.seed),
        ("points", f"{found.done} of {found.points} done, {found.failed} failed, {todo} to do"),
        ("kept", f"{found.replicates} replicates in {found.blocks} blocks"),
    ]
    print("\n".join(columns(rows, indent=0)))
    for point, why in found.failures:
        print("\n".join(wrapped(f"failed: {why} at {point}", "", "  ")))
    return int(found.failed > 0)
