"""The file that a sweep keeps its finished blocks in; reading it runs no code and needs no law.

``summary`` and ``load`` read a file, also while a sweep writes to it. ``file`` is its format, ``writer`` adds to it,
``lock`` sees to it that one does, ``content`` reads it and ``spec`` says what fixes its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Summary:
    """What a file of a sweep holds.

    Parameters
    ----------
    experiment
        The experiment's name.
    points, done, failed
        How many points the latest sweep on this file asked for, how many of them are finished (diverged ones count),
        and how many have failed; the others are still to do.
    replicates
        How many replicates are kept, of all points together.
    blocks
        In how many blocks.
    seed
        The seed, as text.
    spec
        Everything that fixes the numbers, as nested plain data: experiment, law, level, measures, seed.
    failures
        Per failed point, its parameters and the error, as text; the first ten.
    """

    experiment: str
    points: int
    done: int
    failed: int
    replicates: int
    blocks: int
    seed: str
    spec: Mapping[str, Any]
    failures: tuple[tuple[str, str], ...]


def summary(path: str | Path) -> Summary:
    """Return what a sweep's file holds.

    Raises
    ------
    ValueError
        In one line, for a file that is missing, damaged or not a sweep's.
    """
    from simulator.store.content import asked, entry, specification_of
    from simulator.store.file import connect, refusing

    path = Path(path)
    spec = specification_of(path)
    connection = connect(path)
    try:
        wanted = asked(path, connection)
        done, failed = (entry(path, connection, name) or 0 for name in ("done", "failed"))
        with refusing(path):
            replicates, blocks = connection.execute("select coalesce(sum(used), 0), count(*) from blocks").fetchone()
            failures = connection.execute(
                "select note, failure from points where failure is not null order by id limit 10"
            ).fetchall()
    finally:
        connection.close()
    points = 0 if wanted is None else len(wanted.ids)
    return Summary(
        experiment=str(spec["experiment"]),
        points=points,
        done=int(done),
        failed=int(failed),
        replicates=int(replicates),
        blocks=int(blocks),
        seed=str(spec["seed"]),
        spec=spec,
        failures=tuple((str(note), str(failure)) for note, failure in failures),
    )


def load(path: str | Path) -> Any:
    """Return the ``xarray.Dataset`` of the latest sweep on a file, as far as it has come.

    It is what ``sweep`` returned, or would return; of unfinished points the values are NaN and ``status`` says
    "missing: ...".

    Raises
    ------
    ValueError
        In one line, for a file that is missing, damaged or not a sweep's.
    """
    from simulator.dataset import to_dataset
    from simulator.ledger import Ledger
    from simulator.store.content import asked, replay, specification_of
    from simulator.store.file import connect, damaged, refusing

    path = Path(path)
    specification_of(path)  # a file that has none is not whole
    connection = connect(path)
    try:
        wanted = asked(path, connection)
        if wanted is None:
            raise damaged(path, "no sweep has begun on it")
        ledger = Ledger(wanted.demand, wanted.components)
        replay(path, connection, wanted.ids, ledger)
        with refusing(path):
            notes = {id: (note, failure) for id, note, failure in connection.execute(NOTED)}
    finally:
        connection.close()
    for point, id in enumerate(wanted.ids.tolist()):
        if id in notes and notes[id][1] is not None:
            ledger.fail(point, str(notes[id][1]))
    return to_dataset(wanted.frame, ledger.outcome(lambda point: str(notes.get(int(wanted.ids[point]), ("?",))[0])))


NOTED = "select id, note, failure from points where note is not null or failure is not null"
