"""What offspring have of their parents: one parent's traits, a mixture of two parents', or their mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = Sequence[NDArray[Any]]


def rows(state: Sequence[Any]) -> Iterator[NDArray[Any]]:
    """Yield every component of the traits that individuals have of their own, one value an individual."""
    for value in state:
        yield from value if value.ndim == 2 else (value,)


def inherit(
    mode: str | None,
    old: Rows,
    new: Rows,
    parents: Sequence[NDArray[np.intp]],
    generator: np.random.Generator,
) -> None:
    """Write into ``new``, component by component, what offspring have of their parents.

    Parameters
    ----------
    mode
        None (of the only parent), "free" (each component of either parent with probability 1/2) or "infinitesimal"
        (the mean of the two; what segregates is added with the mutations).
    old
        The parents' generation, one array (individuals,) a component.
    new
        The offspring, one array (offspring,) a component; overwritten.
    parents
        For each offspring the index of its parent, or of its two.
    generator
        The source of the coins of "free", one an offspring and component; it advances.
    """
    first, second = parents[0], parents[-1]
    other = np.empty(first.size, new[0].dtype) if mode is not None and len(new) else None
    for before, after in zip(old, new, strict=True):
        # No index is out of bounds; "clip" only lets take() write to ``out`` directly.
        before.take(first, out=after, mode="clip")
        if other is None:
            continue
        before.take(second, out=other, mode="clip")
        if mode == "free":
            np.copyto(after, other, where=coins(generator, first.size))
        else:
            np.add(after, other, out=after)
            np.multiply(after, 0.5, out=after)


def coins(generator: np.random.Generator, count: int) -> NDArray[np.bool_]:
    """Return fair coins, drawn eight to the byte."""
    packed = np.frombuffer(generator.bytes(-(-count // 8)), np.uint8)
    return np.unpackbits(packed, count=count).view(np.bool_)
