"""What fixes the numbers in a file, as plain data, and how two of these differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from simulator.experiment import Experiment

SHOWN = 60


def specification(experiment: Experiment, seed: str, common: bool) -> dict[str, Any]:
    """Return everything that fixes an experiment's numbers at a point, as nested plain data."""
    law: Any = None
    if experiment.law is not None:
        from simulator.notation import content

        law = content(experiment.law)
    # The law's content says what its fingerprint says, and can be compared part by part.
    identity = {name: entry for name, entry in experiment.identity.items() if name != "law" or law is None}
    return {
        "experiment": experiment.name,
        "law": plain(law),
        **{name: plain(entry) for name, entry in identity.items()},
        "measures": {name: list(one.dims) for name, one in experiment.measures.items()},
        "group": experiment.group,
        "packed": experiment.pack is not None,
        "seed": seed,
        "common_random_numbers": common,
        "goaldrift": version("goaldrift"),
    }


def plain(content: Any) -> Any:
    """Return nested content as what JSON has: text, numbers, lists and mappings."""
    if isinstance(content, Mapping):
        return {str(name): plain(entry) for name, entry in content.items()}
    if isinstance(content, list | tuple):
        return [plain(entry) for entry in content]
    if isinstance(content, np.ndarray | np.generic):
        return plain(content.tolist())
    if is_dataclass(content) and not isinstance(content, type):
        return {type(content).__name__: {one.name: plain(getattr(content, one.name)) for one in fields(content)}}
    return content if content is None or isinstance(content, bool | int | float | str) else str(content)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what differs between two specifications, an entry each: where, what it was, what it is."""
    before, after = _leaves(old), _leaves(new)
    found = []
    for place in dict.fromkeys([*before, *after]):
        was, now = before.get(place, "nothing"), after.get(place, "nothing")
        if was != now:
            was, now = _around(was, now)
            found.append(f"{place} was {was}, is {now}")
    return found


def _leaves(content: Any, place: str = "") -> dict[str, str]:
    if isinstance(content, Mapping) and content:
        return {
            inner: text
            for name, entry in content.items()
            for inner, text in _leaves(entry, f"{place}.{name}" if place else str(name)).items()
        }
    return {place: json.dumps(content)}


def _around(was: str, now: str) -> tuple[str, str]:
    """Return two texts cut to where they first differ."""
    same = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    start = max(0, same - SHOWN // 3)
    return _cut(was, start), _cut(now, start)


def _cut(text: str, start: int) -> str:
    left, right = "..." if start else "", "..." if len(text) > start + SHOWN else ""
    return f"{left}{text[start : start + SHOWN]}{right}"
