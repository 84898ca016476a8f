"""Normal variates: NumPy's ziggurat, the reference, and table + mixing, two to four times as fast.

Table + mixing looks up 16 random bits in a table of 65 536 points of the plane. Two bits are the signs of the point's
coordinates; the other 14 choose their sizes, k and k', from the means of the half-normal law in 16 384 bins of equal
probability, where k' is k with its bits reversed and some of them flipped: such points fill the plane evenly. The table
cuts the tails off at 4.2 standard deviations; mixing four independent entries t by a Hadamard transform restores them,

    x_i = (t_0 + h_i1 t_1 + h_i2 t_2 + h_i3 t_3) / 2,   h_ij = +-1, orthogonal rows,

and the same for the second coordinates, so that 64 random bits make eight draws.

Limits, exact from the table. Of one draw: mean 0 and variance 1; all odd moments 0; excess kurtosis -8.3e-5; sixth and
eighth moments low by 1.3e-4 and 3.9e-4 of their values; distribution function within 1e-6; tail probabilities low by
0.29 % beyond 4, 2.3 % beyond 5 and 12 % beyond 6 standard deviations, and zero beyond 8.5. The eight draws of one word,
four x and four y, are uncorrelated, and so are their odd powers; changing the signs of all x, or of all y, changes
nothing. They are not proven independent: the lowest joint cumulants that do not vanish are -8.3e-5 for a^2 b^2 and abcd
of one four, and 2.9e-5 for two of one and two of the other. The ziggurat stays the reference, and the witness of
whatever was found with mixing.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.aligned import aligned_empty

Fill = Callable[[np.random.Generator, NDArray[Any]], None]
"""Fills a C-contiguous array of float64 or float32, of any shape, in place with standard normals."""

POINTS = 2**16
"""Points in the table."""

SIZES = POINTS // 4
"""Sizes of a coordinate: each has either sign, and goes with one size of the other coordinate."""

FLIPPED = 0x6D8
"""The bits flipped in k': of all 2**14 choices that with the smallest joint cumulants up to the sixth order."""

CHUNK = 2**17
"""Draws mixed at a time: few enough for the caches, so many that threads seldom wait for the interpreter."""

_local = threading.local()


def ziggurat(generator: np.random.Generator, out: NDArray[Any]) -> None:
    """Fill an array with standard normals by NumPy's own ziggurat method, the reference.

    Parameters
    ----------
    generator
        The source of random bits; it advances.
    out
        Any shape, C-contiguous, float64 or float32; overwritten.

    Raises TypeError or ValueError if ``out`` is not such an array.

    Source: Marsaglia and Tsang, J. Stat. Softw. 5 (2000), 8.
    """
    _check(out)
    generator.standard_normal(dtype=out.dtype.type, out=out)


def mixed(generator: np.random.Generator, out: NDArray[Any]) -> None:
    """Fill an array with standard normals by table + mixing; equation and limits are in the module's text.

    The bytes depend on the generator's bits, the size and the dtype alone, on every platform. The eight draws of one
    word lie in pairs a quarter of the array apart, or of a chunk of 131 072 draws where the array is larger. A size
    that 8 does not divide is drawn up to the next multiple and truncated.

    Parameters
    ----------
    generator
        The source of random bits, 64 at a time; it advances by an eighth of the size.
    out
        Any shape, C-contiguous, float64 or float32; overwritten.

    Raises TypeError or ValueError if ``out`` is not such an array, or for the generator MT19937, which gives
    only 32 bits at a time.

    Sources: Wallace, ACM Trans. Math. Softw. 22 (1996), 119, for mixing normals by a Hadamard transform; Niederreiter,
    Random Number Generation and Quasi-Monte Carlo Methods (1992), section 3.1, for points of reversed digits.
    """
    _check(out)
    if isinstance(generator.bit_generator, np.random.MT19937):
        raise TypeError("generator: got MT19937; must give 64 bits at a time; use PCG64DXSM")
    flat = out.reshape(-1)
    for start in range(0, flat.size, CHUNK):
        _mix_chunk(generator.bit_generator, flat[start : start + CHUNK])


NORMALS: Mapping[str, Fill] = MappingProxyType({"ziggurat": ziggurat, "mixed": mixed})
"""The methods by name."""


def bin_means() -> NDArray[np.float64]:
    """Return the means of the half-normal law in its bins of equal probability.

    Bin k runs from z_k to z_(k+1), where z_k is the normal quantile of 1/2 + k/32 768, and has the mean
    32 768 (phi(z_k) - phi(z_(k+1))) with the density phi. In a narrow bin that difference loses most of its
    digits; the mean is therefore integrated about the middle of the bin, where nothing cancels.

    Returns
    -------
    array, shape (16 384,), float64
        Increasing, positive, to a relative error of 1e-13.
    """
    from statistics import NormalDist

    law = NormalDist()
    edges = np.array([law.inv_cdf(0.5 + k / (2 * SIZES)) for k in range(SIZES)])
    middle, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    nodes, weights = np.polynomial.legendre.leggauss(10)
    offset = width[:, None] * nodes
    mass = weights * np.exp(-offset * (middle[:, None] + offset / 2))
    inner = middle + (mass * offset).sum(axis=1) / mass.sum(axis=1)
    return np.concatenate([inner, [2 * SIZES * law.pdf(edges[-1])]])


def scaled_means() -> NDArray[np.float64]:
    """Return what normal_table.npy holds: the bin means rescaled to mean square 1/4, so that four add up to 1.

    The scale takes in both the variance within the bins, 3e-6, and the Hadamard transform's factor 1/2.

    Returns
    -------
    array, shape (16 384,), float64
        Increasing and positive, the sizes of a coordinate.
    """
    means = bin_means()
    return means * (0.5 / math.sqrt(np.mean(means**2)))


def points(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the table: the point of each 16-bit index i, of which the low 14 bits are k and the high two the signs.

    Parameters
    ----------
    sizes
        Those of a coordinate, increasing, shape (16 384,).

    Returns
    -------
    array, shape (65 536, 2), float64
        Every coordinate has each size and sign equally often.
    """
    k = np.arange(SIZES)
    bits = SIZES.bit_length() - 1
    reversed_bits = sum(((k >> bit) & 1) << (bits - 1 - bit) for bit in range(bits))
    first, second = sizes, sizes[reversed_bits ^ FLIPPED]
    return np.concatenate([np.stack([x * first, y * second], axis=1) for y in (1, -1) for x in (1, -1)])


@cache
def _table(dtype: np.dtype[Any]) -> NDArray[Any]:
    from importlib.resources import files

    # The file, not scaled_means(): exp and sums may differ between processors in the last digit.
    with files("simulator").joinpath("normal_table.npy").open("rb") as file:
        sizes: NDArray[np.float64] = np.load(file, allow_pickle=False)
    table = aligned_empty((POINTS, 2), dtype)
    table[...] = points(sizes)
    table.flags.writeable = False
    return table


def _mix_chunk(source: np.random.BitGenerator, out: NDArray[Any]) -> None:
    """Fill one chunk, at most CHUNK draws."""
    whole = -(-out.size // 8) * 8
    if whole > out.size:
        padded = np.empty(whole, out.dtype)
        _mix_chunk(source, padded)
        out[...] = padded[: out.size]
        return
    scratch = _scratch()
    lanes = source.random_raw(whole // 8).astype("<u8", copy=False).view("<u2")
    index = scratch.view(np.intp)[: whole // 2]
    index[...] = lanes
    # No index is out of bounds; "wrap" only lets take() write to ``out`` directly.
    _table(out.dtype).take(index, axis=0, out=out.reshape(-1, 2), mode="wrap")
    _hadamard(out, scratch.view(out.dtype)[:whole])  # the indices have been used


def _hadamard(values: NDArray[Any], scratch: NDArray[Any]) -> None:
    """Replace the quarters a, b, c, d by a+b+c+d, a-b+c-d, a+b-c-d, a-b-c+d, all contiguous."""
    upper, lower = values.reshape(2, -1)
    np.add(upper, lower, out=scratch[: upper.size])
    np.subtract(upper, lower, out=scratch[upper.size :])
    halves, quarters = scratch.reshape(2, 2, -1), values.reshape(2, 2, -1)
    np.add(halves[:, 0], halves[:, 1], out=quarters[:, 0])
    np.subtract(halves[:, 0], halves[:, 1], out=quarters[:, 1])


def _scratch() -> NDArray[np.float64]:
    """Return this thread's scratch memory, as large as a chunk of indices or of draws."""
    if not hasattr(_local, "scratch"):
        _local.scratch = aligned_empty(CHUNK, np.float64)
    scratch: NDArray[np.float64] = _local.scratch
    return scratch


def _check(out: NDArray[Any]) -> None:
    if out.dtype not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise TypeError(f"out: got dtype {out.dtype}; must be float64 or float32; pass numpy.empty(shape)")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ValueError("out: got a strided or read-only array; must be C-contiguous and writable; pass a copy")
