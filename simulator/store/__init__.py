"""The file that a sweep keeps its finished blocks in; reading it runs no code and needs no law.

``summary`` and ``load`` read a file, also while a sweep writes to it.
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
    raise NotImplementedError


def load(path: str | Path) -> Any:
    """Return the ``xarray.Dataset`` of the latest sweep on a file, as far as it has come.

    It is what ``sweep`` returned, or would return; of unfinished points the values are NaN and ``status`` says
    "missing: ...".

    Raises
    ------
    ValueError
        In one line, for a file that is missing, damaged or not a sweep's.
    """
    raise NotImplementedError
