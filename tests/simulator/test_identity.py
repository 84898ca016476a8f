"""Identity of content: what must have one text, what must not, and that no process changes it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.identity import canonical, fingerprint


@dataclass(frozen=True)
class Law:
    name: str
    rate: float
    note: str = field(default="", compare=False)


@dataclass(frozen=True)
class Rule:
    name: str
    rate: float


@dataclass
class Loose:
    rate: float


SAME: list[tuple[Any, Any]] = [
    (1, 1.0),
    (1, np.float32(1)),
    (1, np.int8(1)),
    (1, np.uint64(1)),
    (1, np.array(1)),
    (0.0, -0.0),
    (0, np.float32(-0.0)),
    (0.5, np.float16(0.5)),
    (2**60, float(2**60)),
    (True, np.True_),
    ("goal", np.str_("goal")),
    ([1, 2], (1.0, 2.0)),
    ([1, 2], np.array([1, 2], np.uint8)),
    ([[0.0, 1.0], [2.0, 3.0]], np.arange(4.0).reshape(2, 2)),
    ([1, 2], np.arange(1, 5)[::2] - np.array([0, 1])),
    ({"a": 1, "b": [2]}, {"b": np.array([2.0]), "a": 1.0}),
    ({"a": 1}, MappingProxyType({"a": 1})),
    (Law("drift", 1), Law("drift", 1.0, note="ignored")),
    (float("inf"), np.float32("inf")),
]

DIFFERENT: list[tuple[Any, Any]] = [
    (1, True),
    (0, False),
    (0, None),
    (1, "1"),
    (None, "null"),
    (True, "true"),
    (1, 1 + 2**-52),
    (0.1, np.float32(0.1)),
    (2**53, 2**53 + 1),
    (2**53 + 1, float(2**53)),
    (10**400, 10**400 + 1),
    (float("inf"), float("-inf")),
    (1, [1]),
    ([1, 2], [2, 1]),
    ([[1], [2]], [[1, 2]]),
    ([1, [2, 3]], [1, 2, 3]),
    (["a", "b"], ["a,b"]),
    (['a","b'], ["a", "b"]),
    ([], {}),
    ([], ""),
    ({"a": 1}, {"a": 2}),
    ({"a": 1}, {"b": 1}),
    ({"1": 0}, {1: 0}),
    ({"a": {"b": 1}}, {"a": 1, "b": 1}),
    (Law("drift", 1), Law("drift", 2)),
    (Law("drift", 1), Rule("drift", 1)),
    (Rule("drift", 1), {"name": "drift", "rate": 1}),
    ("é", "e\u0301"),
]

REFUSED: list[tuple[Any, type[Exception], str]] = [
    (float("nan"), ValueError, "content: got NaN"),
    ({"a": [1, float("nan")]}, ValueError, r"content\['a'\]\[1\]: got NaN"),
    (np.array([1.0, np.nan]), ValueError, r"content\[1\]: got NaN"),
    ({1, 2}, TypeError, "content: got set"),
    ({"law": [object()]}, TypeError, r"content\['law'\]\[0\]: got object"),
    (1j, TypeError, "content: got complex"),
    (b"text", TypeError, "content: got bytes"),
    ({"a": Law}, TypeError, r"content\['a'\]: got type"),
    (len, TypeError, "content: got builtin_function_or_method"),
    ([Loose(1.0)], TypeError, r"content\[0\]: got Loose.*frozen"),
    (Law("drift", rate={1}), TypeError, r"content\.rate: got set"),  # type: ignore[arg-type]
    (np.array([1j]), TypeError, "content: got an array of complex128"),
    (np.array([object()]), TypeError, "content: got an array of object"),
    (np.array("2020-01-01", "M8[D]"), TypeError, "content: got an array of datetime64"),
    (np.datetime64("2020-01-01"), TypeError, "content: got datetime64"),
    (np.timedelta64(1, "s"), TypeError, "content: got timedelta64"),
    ({b"key": 1}, TypeError, "a key of content: got bytes"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equal_content_has_one_text(one: Any, other: Any) -> None:
    assert canonical(one) == canonical(other)
    assert fingerprint({"x": [one]}) == fingerprint({"x": [other]})


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_content_has_different_text(one: Any, other: Any) -> None:
    assert canonical(one) != canonical(other)
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize(("content", "error", "message"), REFUSED)
def test_refusals_name_type_and_place(content: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        canonical(content)
    assert "\n" not in str(caught.value)


def test_extended_precision_is_exact_or_refused() -> None:
    assert canonical(np.longdouble(1) / 4) == canonical(0.25)
    third = np.longdouble(1) / 3
    if float(third) == third:
        pytest.skip("long double is double here")
    with pytest.raises(ValueError, match="exactly a float64"):
        canonical(third)


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def reordered(content: Any) -> Any:
    """The same content with every mapping in the opposite order."""
    if isinstance(content, dict):
        return {key: reordered(content[key]) for key in reversed(content)}
    return [reordered(item) for item in content] if isinstance(content, list) else content


def typed(content: Any) -> Any:
    """What Python's own equality must be told apart: booleans from numbers."""
    if isinstance(content, dict):
        return {key: typed(value) for key, value in content.items()}
    if isinstance(content, list):
        return [typed(item) for item in content]
    return (isinstance(content, bool), content)


@settings(derandomize=True, deadline=None, database=None)
@given(nested, nested)
def test_text_is_equal_exactly_when_content_is(one: Any, other: Any) -> None:
    assert canonical(one) == canonical(reordered(one))
    assert (canonical(one) == canonical(other)) == (typed(one) == typed(other))


def test_hash_randomization_does_not_reach_it() -> None:
    code = (
        "from simulator.identity import fingerprint\n"
        "print(fingerprint({name: [1, 0.1, None, True] for name in {'goal', 'base', 'pull', 'width'}}))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert printed.pop().strip() == fingerprint(
        {name: [1, 0.1, None, True] for name in ("pull", "width", "goal", "base")}
    )


def test_the_text_is_pinned() -> None:
    """A change of this text would give every stored result another identity."""
    content = {"b": (True, None, -0.0), "a": [1, 0.1, 2**70 + 1, "é"], "law": Law("drift", 0.5)}
    assert canonical(content) == (
        '{"a":[0x1.0000000000000p+0,0x1.999999999999ap-4,0x400000000000000001,"\\u00e9"],'
        '"b":[true,null,0x0.0p+0],"law":Law{"name":"drift","rate":0x1.0000000000000p-1}}'
    )
    assert fingerprint(content) == "3d2c68ac558f086958528df109a43ff3c26f46eeef051cfad987c65ae1be4996"
