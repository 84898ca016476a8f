"""Arrays that start where the hardware likes them to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

CACHE_LINE = 64
"""Bytes of a cache line, and of the widest vector instruction."""


def aligned_empty(shape: int | tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return an uninitialized C-contiguous array that starts on a cache line, 64 bytes.

    In-place arithmetic on it is up to twice as fast as on ``numpy.empty``, which starts large arrays 16 bytes
    after a line, so that each vector instruction touches two. Values do not depend on it.

    Parameters
    ----------
    shape
        As for ``numpy.empty``.
    dtype
        A plain numeric type, whose size divides 64 bytes.
    """
    kind = np.dtype(dtype)
    items = math.prod(shape) if isinstance(shape, tuple) else shape
    memory = np.empty(items * kind.itemsize + CACHE_LINE, np.uint8)
    start = -memory.__array_interface__["data"][0] % CACHE_LINE
    return memory[start : start + items * kind.itemsize].view(kind).reshape(shape)
