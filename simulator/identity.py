"""Identity of content: one canonical text, and its hash, for whatever means the same thing."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

_REMEDY = "pass numbers, text, lists, mappings or frozen dataclasses of them"


def canonical(content: Any) -> str:
    """Return the canonical text of nested content, the same in every process and on every platform.

    Equal numbers have one text (``1``, ``1.0`` and ``numpy.float32(1)``; ``-0.0`` and ``0.0``), and so have
    a list, a tuple and an array of the same values, and mappings that differ in order. Booleans are not
    numbers. Different content has different text, except that empty arrays of different shapes may share
    one, and so do instances with equal fields of two dataclasses of one name.

    Parameters
    ----------
    content
        None, bool, int, float, str, their NumPy scalars, arrays of them of any shape (one of no dimensions is
        its scalar), lists, tuples, mappings, and instances of frozen dataclasses, which are identified by the
        name of their class and the fields that take part in comparison; nested to any depth. Infinities are
        allowed.

    Returns
    -------
    str
        ASCII text; floats are written in hexadecimal, exactly.

    Raises
    ------
    TypeError
        For content of any other type, with its type and place.
    ValueError
        For NaN, which is not equal to itself, or an extended-precision number that no float64 equals.
    """
    return _text(content, "content")


def fingerprint(content: Any) -> str:
    """Return the SHA-256 of the canonical text, as 64 hexadecimal digits.

    ``content`` is as for `canonical`, and so are the errors raised.
    """
    return hashlib.sha256(canonical(content).encode("ascii")).hexdigest()


def joined(texts: Mapping[str, str]) -> str:
    """Return the canonical text of a mapping from names whose values' canonical texts are known."""
    return "{" + ",".join(sorted(f"{json.dumps(name)}:{text}" for name, text in texts.items())) + "}"


def _text(content: Any, place: str) -> str:
    if type(content) is float:  # most of what there is; asking it whether it is a dataclass takes longer
        return _float_text(content, place)
    if is_dataclass(content) and not isinstance(content, type):
        return _dataclass_text(content, place)
    if isinstance(content, np.timedelta64):  # to NumPy it is an integer
        raise _unknown(content, place)
    if content is None:
        return "null"
    if isinstance(content, bool | np.bool_):
        return "true" if content else "false"
    if isinstance(content, str):
        return json.dumps(str(content))
    if isinstance(content, int | np.integer):
        return _integer_text(int(content))
    if isinstance(content, float | np.floating):
        return _float_text(content, place)
    if isinstance(content, np.ndarray):
        return _array_text(content, place)
    if isinstance(content, list | tuple):
        return "[" + ",".join(_text(item, f"{place}[{i}]") for i, item in enumerate(content)) + "]"
    if isinstance(content, Mapping):
        return _mapping_text(content, place)
    raise _unknown(content, place)


def _unknown(content: Any, place: str) -> TypeError:
    return TypeError(f"{place}: got {type(content).__name__}, which has no canonical text; {_REMEDY}")


def _integer_text(value: int) -> str:
    try:
        nearest = float(value)
    except OverflowError:
        return hex(value)
    return nearest.hex() if int(nearest) == value else hex(value)


def _float_text(value: Any, place: str) -> str:
    nearest = float(value)
    if math.isnan(nearest):
        raise ValueError(f"{place}: got NaN; must be a number equal to itself; leave it out or pass None")
    if nearest != value:
        raise ValueError(f"{place}: got {value!r}; must be exactly a float64; convert it with float()")
    return (nearest + 0.0).hex()  # -0.0 + 0.0 is 0.0


def _array_text(array: np.ndarray[Any, Any], place: str) -> str:
    if array.dtype.kind not in "biufU":
        raise TypeError(f"{place}: got an array of {array.dtype}, which has no canonical text; {_REMEDY}")
    return _text(array.tolist(), place)


def _mapping_text(mapping: Mapping[Any, Any], place: str) -> str:
    items = [(_text(key, f"a key of {place}"), _text(mapping[key], f"{place}[{key!r}]")) for key in mapping]
    return "{" + ",".join(f"{key}:{value}" for key, value in sorted(items)) + "}"


def _dataclass_text(instance: Any, place: str) -> str:
    name = type(instance).__name__
    if not type(instance).__dataclass_params__.frozen:
        raise TypeError(
            f"{place}: got {name}, a dataclass that may change; must be frozen; use @dataclass(frozen=True)"
        )
    values = {field.name: field for field in fields(instance) if field.compare}
    texts = (f"{json.dumps(key)}:{_text(getattr(instance, key), f'{place}.{key}')}" for key in sorted(values))
    return name + "{" + ",".join(texts) + "}"
