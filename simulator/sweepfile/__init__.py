"""A sweep as a file: TOML that says what to run, where, and what to keep; it is data, and reading it runs no code.

    experiment = "goal_drift"           # a name of ``python -m simulator list``
    times = [0.5, 1.0, 2.0]             # options of the level: times, steps, ...
    replicates = 2000
    output = "lock_in.nc"

    [over]
    growth = { geomspace = [0.1, 10.0, 21] }
    pull = [0.5, 1.0, 2.0]

Names are looked up, never imported; text is never evaluated. A file cannot name a cluster, which it would exchange
pickles with: that is for whoever runs it to say.
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from simulator import catalog
from simulator.model import Model
from simulator.parameter import as_number, nearest
from simulator.sweepfile.points import read_axis, read_cases, read_fixed, read_over, shown

EXECUTORS = ("threads", "processes")
KINDS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "experiment": ((str,), "text"),
    "level": ((str,), "text"),
    "over": ((dict,), "a table of parameters"),
    "fixed": ((dict,), "a table of parameters"),
    "cases": ((list,), "an array of tables, [[cases]]"),
    "replicates": ((int,), "a whole number"),
    "max_replicates": ((int,), "a whole number"),
    "seed": ((int,), "a whole number"),
    "precision": ((int, float, dict), "a number or a table"),
    "contrast": ((str,), "text"),
    "common_random_numbers": ((bool,), "true or false"),
    "discretization": ((bool,), "true or false"),
    "control": ((bool,), "true or false"),
    "fail_fast": ((bool,), "true or false"),
    "store": ((str,), "text"),
    "output": ((str,), "text"),
    "executor": ((str,), "text"),
    "workers": ((int,), "a whole number"),
}  # fmt: skip
"""Every key that is not an option of the level, the types that its value may have, and what they are called."""

NOT_FOR_SWEEP = ("experiment", "level", "output", "executor", "workers")
SUFFIXES = {"output": (".nc", ".csv"), "store": (".db",)}


@dataclass(frozen=True)
class SweepFile:
    """What a sweep's file says.

    Parameters
    ----------
    subject
        The experiment, an Experiment or a Model at the level that the file names.
    arguments
        The keywords of ``sweep``.
    output
        Where to write the result, or None.
    executor, workers
        One of "threads" and "processes", and how many (None for one a processor).
    """

    subject: Any
    arguments: Mapping[str, Any]
    output: Path | None
    executor: str
    workers: int | None


def read(path: str | Path) -> SweepFile:
    """Return what a file says.

    Raises
    ------
    ValueError, TypeError
        In one line that begins with the file's name, for what cannot be read or is no sweep.
    """
    try:
        return _understood(_parsed(Path(path)))
    except (ValueError, TypeError) as problem:
        raise type(problem)(f"{path}: {problem}") from None


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as problem:
        raise ValueError(f"{problem.strerror}; must be a readable file; correct its name") from None
    except (ValueError, RecursionError) as problem:
        reason = "nested too deeply" if isinstance(problem, RecursionError) else " ".join(str(problem).split())
        raise ValueError(f"not TOML ({reason}); must be a sweep in TOML; see python -m simulator --help") from None


def _understood(data: dict[str, Any]) -> SweepFile:
    if "experiment" not in data:
        raise ValueError("no experiment; must name one; see python -m simulator list")
    for name, value in data.items():
        _check_kind(name, value)
    declared = catalog.find(data["experiment"])
    known = _level_options(declared, data.get("level"))
    for name in data:
        if name not in KINDS and name not in known:
            raise ValueError(f"unknown key {name!r}; {nearest(name, (*KINDS, *known))}")
    _check_words(data)
    options = {name: _option(name, data[name], default) for name, default in known.items() if name in data}
    level = {"level": data["level"]} if "level" in data else {}
    subject = declared.experiment(**level, **options) if isinstance(declared, Model) else declared
    arguments = {name: value for name, value in data.items() if name in KINDS and name not in NOT_FOR_SWEEP}
    counts = {one.name for one in subject.parameters if one.integer}
    for name, read_part in (("over", read_over), ("fixed", read_fixed), ("cases", read_cases)):
        if name in data:
            arguments[name] = read_part(data[name], counts)
    output = Path(data["output"]) if "output" in data else None
    return SweepFile(subject, arguments, output, data.get("executor", EXECUTORS[0]), data.get("workers"))


def _check_kind(name: str, value: Any) -> None:
    kinds, words = KINDS.get(name, ((), ""))
    # In Python true is a number, in a file it is not.
    if kinds and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
        raise TypeError(f"{name}: got {shown(value)}; must be {words}; correct it")


def _level_options(declared: Any, level: str | None) -> dict[str, Any]:
    """Return the options of a level, each with its default; raise ValueError if there is no such level."""
    if not isinstance(declared, Model):
        if level is not None:
            raise ValueError(f"level: got {level!r}; {declared.name} has no levels; leave it out")
        return {}
    if level is None:
        level = inspect.signature(declared.experiment).parameters["level"].default
    known = import_module("simulator.levels").level_names()
    if level not in known:
        raise ValueError(f"level: got {level!r}; {nearest(str(level), known)}")
    taken = inspect.signature(import_module(f"simulator.levels.{level}").experiment).parameters.values()
    return {one.name: one.default for one in taken if one.kind is one.KEYWORD_ONLY and one.name not in KINDS}


def _check_words(data: Mapping[str, Any]) -> None:
    executor = data.get("executor", EXECUTORS[0])
    if "://" in executor:
        raise ValueError(
            f"executor: got {executor!r}; a file must not choose what to exchange pickles with; pass --executor ADDRESS"
        )
    if executor not in EXECUTORS:
        raise ValueError(f"executor: got {executor!r}; {nearest(executor, EXECUTORS)}")
    if data.get("workers", 1) < 1:
        raise ValueError(f"workers: got {data['workers']}; must be at least 1; leave it out for one a processor")
    for name, endings in SUFFIXES.items():
        if name in data and Path(data[name]).suffix not in endings:
            raise ValueError(f"{name}: got {shown(data[name])}; must end in {' or '.join(endings)}; rename it")
    if not SUFFIXES.keys() & data.keys():
        raise ValueError('neither output nor store; must keep the result; add output = "sweep.nc"')


def _option(name: str, value: Any, default: Any) -> Any:
    """Return an option of a level as data: a number, a truth, text, a list of such, or a grid of numbers."""
    if isinstance(default, (bool, int, float, str)):
        wanted = (int, float) if type(default) is float else (type(default),)
        if not isinstance(value, wanted) or isinstance(value, bool) is not isinstance(default, bool):
            raise TypeError(f"{name}: got {shown(value)}; must be like {default!r}; correct it")
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return value
    return [as_number(name, one) for one in read_axis(name, value, whole=False)]
