"""``python -m simulator export FILE OUT``: what a store holds, as NetCDF or CSV."""

from __future__ import annotations

from simulator.command.output import check, write


def run(file: str, output: str) -> int:
    """Write the latest sweep of a store, as far as it has come; raise ValueError, in one line, for a bad file."""
    target = check(output)
    from simulator.store import load

    found = load(file)
    write(found, target)
    status = found["status"].values.ravel()
    print(f"{target}: {(status == 'ok').sum()} of {status.size} points are ok")
    return 0
