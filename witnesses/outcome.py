"""Outcomes: what the runs measured, as small CSV files that name the registration they test, and the verdicts on it.

A file of data begins with comment lines ``# key: value``: the registration's hash ("" for runs that test none), the
command that makes the file, its seeds, and the versions of Python and NumPy; then comes plain CSV. Floats are rounded
to six digits, which keeps files small and diffs readable.
"""

from __future__ import annotations

import csv
import math
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from witnesses.registration import Forecast, Registration

DIGITS = 6
Runs: TypeAlias = Mapping[str, NDArray[Any]]
Measure: TypeAlias = Callable[[Runs, Mapping[str, Any], str], tuple[float, float]]

SURE = 2.0  # standard errors that an outcome must keep from the ends of an interval


@dataclass(frozen=True, eq=False)
class Data:
    """A table of what runs measured, and where it came from.

    Parameters
    ----------
    columns
        Per name an array (rows,) of numbers or text.
    registration
        Hash of the registration that the runs test; "" for runs that were made to fit something.
    command
        What makes the file again.
    seeds
        Of the runs.
    versions
        Of Python and NumPy.
    """

    columns: Mapping[str, NDArray[Any]]
    registration: str
    command: str
    seeds: tuple[int, ...]
    versions: Mapping[str, str]

    def where(self, **conditions: Any) -> Mapping[str, NDArray[Any]]:
        """Return the columns at the rows where each named column has the given value."""
        keep = np.ones(len(next(iter(self.columns.values()))), dtype=bool)
        for name, value in conditions.items():
            keep &= self.columns[name] == value
        return {name: column[keep] for name, column in self.columns.items()}


def write(
    path: str | Path, columns: Mapping[str, ArrayLike], *, registration: str, command: str, seeds: Sequence[int]
) -> Path:
    """Write a table of results with where it came from, and return its path.

    Parameters
    ----------
    path
        A CSV file; its directory is made, and an old file replaced.
    columns
        Per name values of one length, numbers or text.
    registration, command, seeds
        As in `Data`.
    """
    arrays = {name: np.asarray(column) for name, column in columns.items()}
    if not arrays or len({array.shape for array in arrays.values()}) != 1 or next(iter(arrays.values())).ndim != 1:
        shapes = {name: array.shape for name, array in arrays.items()}
        raise ValueError(f"columns: got shapes {shapes}; must be one-dimensional and of one length; pass such")
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    origin = {"registration": registration, "command": command, "seeds": " ".join(map(str, seeds)), **versions()}
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"# {key}: {value}\n" for key, value in origin.items())
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(arrays)
        writer.writerows(zip(*(map(_cell, array.tolist()) for array in arrays.values()), strict=True))
    return path


def read(path: str | Path, registration: Registration | None = None) -> Data:
    """Return a table of results.

    Parameters
    ----------
    path
        What `write` wrote.
    registration
        The one that the runs must have tested, or None to take any.

    Raises ValueError, in one line, if the runs name another registration, or seeds that it did not register.
    """
    path = Path(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    said: dict[str, str] = {}
    for line in lines:
        if line.startswith("# "):
            key, _, value = line[2:].partition(":")
            said[key] = value.strip()
    header, *rows = csv.reader(line for line in lines if not line.startswith("# "))
    columns = {name: _column([row[place] for row in rows]) for place, name in enumerate(header)}
    seeds = tuple(int(word) for word in said["seeds"].split())
    origin = {key: said[key] for key in versions()}
    data = Data(columns, said["registration"], said["command"], seeds, origin)
    if registration is not None:
        _check_tests(path.name, data, registration)
    return data


def versions() -> dict[str, str]:
    """Return the versions of Python and NumPy that run now."""
    return {"python": platform.python_version(), "numpy": np.__version__}


@dataclass(frozen=True)
class Verdict:
    """A registered prediction beside what came out.

    Parameters
    ----------
    registration
        Where it is registered.
    forecast
        What was predicted.
    found, standard_error
        What came out, and its standard error; NaN if nothing did.
    verdict
        "agrees" if the outcome is in the registered interval, "disagrees" if it is outside, and "underpowered" if a
        bound is within two standard errors of it, so that more runs could tell otherwise (the end of a one-sided
        interval, which the prediction itself is, does not count).
    reason
        The likely reason, of a disagreement above all.
    """

    registration: Registration
    forecast: Forecast
    found: float
    standard_error: float
    verdict: str
    reason: str = ""


def judged(
    registration: Registration,
    found: Mapping[str, tuple[float, float]],
    reasons: Mapping[str, str] | None = None,
) -> tuple[Verdict, ...]:
    """Return a verdict on every forecast of a registration, in its order.

    Parameters
    ----------
    registration
        Whose forecasts are judged, all of them.
    found
        Per forecast's name what came out and its standard error; NaN for what did not come out at all, which disagrees.
    reasons
        Per forecast's name the likely reason of what came out, where there is something to say.

    Raises ValueError, in one line, if an outcome is missing, or is of no forecast: none is left out.
    """
    names = [one.name for one in registration.forecasts]
    if set(found) != set(names):
        odd = sorted(set(found) ^ set(names))
        raise ValueError(f"found: got {odd} on one side only; must have every registered forecast; judge them all")
    unknown = sorted(set(reasons or {}) - set(names))
    if unknown:
        raise ValueError(f"reasons: got {unknown}, which are not registered; must be of forecasts; correct them")
    return tuple(
        Verdict(registration, one, *found[one.name], verdict(one, *found[one.name]), (reasons or {}).get(one.name, ""))
        for one in registration.forecasts
    )


def verdict(forecast: Forecast, found: float, standard_error: float) -> str:
    """Return "agrees", "disagrees" or "underpowered", as `Verdict` says."""
    if math.isnan(found):
        return "disagrees"
    room = SURE * standard_error if standard_error > 0.0 else 0.0
    # A bound that the prediction itself sits on, as a share of 1 does, says nothing about power.
    ends = [end for end in (forecast.low, forecast.high) if end != forecast.value]
    if any(abs(found - end) < room for end in ends):
        return "underpowered"
    return "agrees" if forecast.low <= found <= forecast.high else "disagrees"


def found_by_family(
    measures: Mapping[str, Measure], registration: Registration, runs: Mapping[str, ArrayLike]
) -> dict[str, tuple[float, float]]:
    """Return per forecast what came out and its standard error, by the measure of its family.

    Parameters
    ----------
    measures
        Per family ``measure(runs, settings, place)``: a forecast's name is ``family`` or ``family.place``.
    registration
        Whose forecasts are measured.
    runs
        Columns, a row a run.
    """
    columns = {name: np.asarray(column) for name, column in runs.items()}
    found = {}
    for one in registration.forecasts:
        family, _, place = one.name.partition(".")
        found[one.name] = measures[family](columns, registration.settings, place)
    return found


def append(table: dict[str, list[Any]], **row: Any) -> None:
    """Add a row to a table of columns, in place."""
    for name, value in row.items():
        table.setdefault(name, []).append(value)


def mean(values: ArrayLike) -> tuple[float, float]:
    """Return the mean of values, one a seed, and its standard error (NaN for a single one)."""
    array = np.asarray(values, dtype=float)
    error = array.std(ddof=1) / math.sqrt(array.size) if array.size > 1 else math.nan
    return float(array.mean()), float(error)


def _check_tests(name: str, data: Data, registration: Registration) -> None:
    if data.registration != registration.hash:
        raise ValueError(
            f"{name}: got runs that test registration {data.registration[:12]!r}; must test "
            f"{registration.hash[:12]!r}; run them again"
        )
    strange = sorted(set(data.seeds) - set(registration.seeds))
    if strange:
        raise ValueError(f"{name}: got seeds {strange}; must be among those registered; run those")


def _cell(value: Any) -> Any:
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else value


def _column(words: Sequence[str]) -> NDArray[Any]:
    for kind in (int, float):
        try:
            return np.array([kind(word) for word in words])
        except ValueError:
            continue
    return np.array(words)
