"""Registrations: what is predicted of runs that have not been made yet, in a file that says when, with its hash.

A registration is written before the runs that test it, with the seeds of those runs. It is never changed: a changed
prediction is a new registration, with the next number, that names the hash of the one it replaces; both stay. What a
file says is covered by its hash, and `read` refuses a file that does not fit its own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date as calendar
from pathlib import Path
from typing import Any

from simulator.identity import fingerprint


@dataclass(frozen=True)
class Forecast:
    """One number that is predicted, and the interval that agrees with it.

    Parameters
    ----------
    name
        Of the quantity, unique in its registration, such as "jump_time.decay_2".
    says
        What is predicted, in one sentence for a reader.
    value
        The law's prediction.
    low, high
        The outcome agrees from ``low`` to ``high`` (both included; infinite where there is no bound).
    unit
        Of all three; "" for a pure number.
    rests_on
        Which law or formula it follows from, and where the width of the interval comes from.
    """

    name: str
    says: str
    value: float
    low: float
    high: float
    unit: str = ""
    rests_on: str = ""

    def __post_init__(self) -> None:
        if not self.name or not self.says:
            raise ValueError(f"forecast {self.name!r}: got no name or sentence; must have both; write them")
        if not (math.isfinite(self.value) and self.low <= self.value <= self.high):
            raise ValueError(
                f"forecast {self.name}: got {self.low:g} <= {self.value:g} <= {self.high:g}; "
                "must be a finite value in its own interval; correct it"
            )


@dataclass(frozen=True)
class Registration:
    """What is predicted of one witness's runs, before they are made.

    Parameters
    ----------
    witness
        Its name, such as "grokking".
    number
        1 for the first registration of a witness, then one more each time.
    date
        When it was written, YYYY-MM-DD.
    basis
        What had been looked at before: which runs, with which seeds, what was fitted to them.
    seeds
        Of the runs that test it; none was run before.
    settings
        Plain data (numbers, text, lists, mappings) that fix those runs, and what was fitted.
    forecasts
        What is predicted; at least one.
    replaces
        Hash of the registration that this one replaces; "" for the first.
    """

    witness: str
    number: int
    date: str
    basis: str
    seeds: tuple[int, ...]
    settings: Mapping[str, Any]
    forecasts: tuple[Forecast, ...]
    replaces: str = ""

    def __post_init__(self) -> None:
        calendar.fromisoformat(self.date)
        names = [one.name for one in self.forecasts]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"forecasts: got {names}; must be one or more, each named once; correct them")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds: got {self.seeds}; must be one or more, each once; name the runs that test it")
        if (self.number == 1) != (not self.replaces):
            raise ValueError(
                f"replaces: got {self.replaces!r} in number {self.number}; must be '' in the first and the hash "
                "of the last one in every other; pass it"
            )

    @property
    def hash(self) -> str:
        """SHA-256 of the whole content, 64 hexadecimal digits."""
        return fingerprint(self)

    def __getitem__(self, name: str) -> Forecast:
        """Return the forecast of that name; KeyError if there is none."""
        return {one.name: one for one in self.forecasts}[name]


def filename(registration: Registration) -> str:
    """Return the name of a registration's file, ``NUMBER-DATE-HASH.json`` with the first 12 digits of the hash."""
    return f"{registration.number:02d}-{registration.date}-{registration.hash[:12]}.json"


def write(registration: Registration, directory: str | Path) -> Path:
    """Write a registration beside the earlier ones of its witness, and return its file.

    Raises ValueError, in one line, if its number is taken or not the next, or ``replaces`` is not the last one's hash:
    nothing is ever overwritten.
    """
    place = Path(directory)
    earlier = registrations(place) if place.is_dir() else ()
    last = earlier[-1].hash if earlier else ""
    if registration.number != len(earlier) + 1 or registration.replaces != last:
        raise ValueError(
            f"registration: got number {registration.number} replacing {registration.replaces[:12]!r}; must be number "
            f"{len(earlier) + 1} replacing {last[:12]!r}, for none is overwritten; make a new one"
        )
    place.mkdir(parents=True, exist_ok=True)
    path = place / filename(registration)
    content = {"hash": registration.hash, **asdict(registration)}
    for one in content["forecasts"]:  # JSON has no infinity
        one |= {end: one[end] if math.isfinite(one[end]) else str(one[end]) for end in ("low", "high")}
    with path.open("x", encoding="utf-8") as file:  # never an overwrite
        file.write(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return path


def read(path: str | Path) -> Registration:
    """Return the registration in a file.

    Raises ValueError, in one line, if it is malformed, or its content does not fit its hash and its name.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        said = content.pop("hash")
        content["forecasts"] = tuple(
            Forecast(**one | {end: float(one[end]) for end in ("low", "high")}) for one in content["forecasts"]
        )
        content["seeds"] = tuple(content["seeds"])
        found = Registration(**content)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        names = ", ".join(["hash", *(field.name for field in fields(Registration))])
        raise ValueError(f"{path.name}: got {error}; must be a registration of {names}; restore the file") from None
    if said != found.hash or path.name != filename(found):
        raise ValueError(
            f"{path.name}: got content of hash {found.hash[:12]}, said to be {said[:12]}; must fit its hash and its "
            "name, for a registration is never changed; restore the file, and write a new registration"
        )
    return found


def registrations(directory: str | Path) -> tuple[Registration, ...]:
    """Return all registrations of a witness, first to last.

    Raises ValueError, in one line, if one was changed, one is missing, or one does not name the one before it.
    """
    found = sorted((read(path) for path in Path(directory).glob("*.json")), key=lambda one: one.number)
    last = ""
    for number, one in enumerate(found, start=1):
        if one.number != number or one.replaces != last:
            raise ValueError(
                f"{directory}: got number {one.number} replacing {one.replaces[:12]!r}; must be number {number} "
                f"replacing {last[:12]!r}; restore the one that is missing"
            )
        last = one.hash
    return tuple(found)
