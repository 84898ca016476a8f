"""Normal variates: the table against its definition, mixing against a plain twin, both methods as distributions.

The distribution tests put every statistic on the scale of standard errors and reject beyond THRESHOLD = 6.5, which a
normal statistic passes with probability 8e-11. There are 69 statistics of 4 variants; the skewed ones (eighth powers)
pass it up to ten times as often at 1e7 draws. Family-wise, a false alarm has a probability below 1e-7; seeds are fixed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from itertools import combinations, permutations
from math import prod
from typing import Any

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import binom, norm

from simulator.aligned import CACHE_LINE, aligned_empty
from simulator.normals import (
    CHUNK,
    NORMALS,
    POINTS,
    SIZES,
    Fill,
    bin_means,
    mixed,
    points,
    scaled_means,
    ziggurat,
)
from simulator.randomness import BLOCK_ELEMENTS, COMMON, point_key, stream

THRESHOLD = 6.5
KEY = point_key("normals")
SHIPPED = np.load(str(files("simulator").joinpath("normal_table.npy")))
TABLE = points(SHIPPED)
HADAMARD = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])


# The table


def test_bin_means_are_the_definition() -> None:
    """Against 40 digits, where the difference of densities loses none that matter."""
    means = bin_means()
    with mpmath.workdps(40):
        for i in (0, 1, 2, 1000, 10_000, 16_000, SIZES - 2, SIZES - 1):
            edges = [mpmath.sqrt(2) * mpmath.erfinv(mpmath.mpf(k) / SIZES) for k in (i, i + 1)]
            exact = 2 * SIZES * (mpmath.npdf(edges[0]) - mpmath.npdf(edges[1]))
            assert abs(means[i] / float(exact) - 1) < 1e-13


def test_the_shipped_table_is_the_definition() -> None:
    assert SHIPPED.dtype == np.float64
    assert SHIPPED.shape == (SIZES,)
    np.testing.assert_allclose(SHIPPED, scaled_means(), rtol=0, atol=1e-12)
    assert abs(4 * np.mean(SHIPPED**2) - 1) < 1e-12
    assert np.all(np.diff(SHIPPED) > 0)
    middles = ndtri(0.5 + (np.arange(SIZES) + 0.5) / (2 * SIZES))
    middles /= 2 * np.sqrt(np.mean(middles**2))
    assert np.abs(SHIPPED - middles).max() > 1e-3, "quantiles of the middles are another table"


def test_points_fill_the_plane() -> None:
    """Each half-open box of a quadrant that halving the axes makes, with as many boxes as sizes, holds one point."""
    assert TABLE.shape == (POINTS, 2)
    ranks = np.searchsorted(SHIPPED, np.abs(TABLE))
    for quadrant in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        first, second = ranks[(np.sign(TABLE) == quadrant).all(axis=1)].T
        assert first.size == SIZES
        for bits in range(15):
            boxes = (first >> (14 - bits) << (14 - bits)) | (second >> bits)
            assert np.unique(boxes).size == SIZES


def test_stated_limits_of_moments() -> None:
    """Cumulants of the four-fold sum are four times the table's, exactly."""
    for column in TABLE.T:
        second, fourth, sixth, eighth = (np.mean(column**k) for k in (2, 4, 6, 8))
        k4 = 4 * (fourth - 3 * second**2)
        k6 = 4 * (sixth - 15 * fourth * second + 30 * second**3)
        k8 = 4 * (eighth - 28 * sixth * second - 35 * fourth**2 + 420 * fourth * second**2 - 630 * second**4)
        assert k4 == pytest.approx(-8.3e-5, rel=0.01)
        assert (15 * k4 + k6) / 15 == pytest.approx(-1.3e-4, rel=0.05)
        assert (210 * k4 + 28 * k6 + 35 * k4**2 + k8) / 105 == pytest.approx(-3.9e-4, rel=0.02)
        assert 4 * column.max() == pytest.approx(8.5, abs=0.05)


def test_stated_limits_of_the_joint_law() -> None:
    """The signs of either coordinate change nothing, so odd moments vanish; the first even one is as stated."""
    rows = {tuple(row) for row in TABLE}
    assert len(rows) == POINTS
    assert all({(-x, y), (x, -y)} <= rows for x, y in rows)
    first, second = TABLE.T
    assert 4 * (np.mean(first**2 * second**2) - np.mean(first**2) * np.mean(second**2)) == pytest.approx(
        2.9e-5, rel=0.01
    )


def test_stated_limits_of_tails() -> None:
    """The law of the four-fold sum by Fourier transform on a grid of 4e-5, each entry shared by two grid points."""
    size, width = 2**20, 40.0
    place, share = np.divmod(TABLE[:, 0] / width * size, 1)
    place = place.astype(int)
    mass = np.bincount(place % size, 1 - share, size) + np.bincount((place + 1) % size, share, size)
    law = np.fft.fftshift(np.fft.irfft(np.fft.rfft(mass / POINTS) ** 4, size))
    grid = (np.arange(size) - size // 2) * (width / size)
    assert np.abs(np.cumsum(law) - law / 2 - ndtr(grid)).max() < 1e-6
    for beyond, low in ((4, -0.0029), (5, -0.0235), (6, -0.119)):
        tail = law[grid > beyond].sum() + law[grid == beyond].sum() / 2
        assert tail / ndtr(-beyond) - 1 == pytest.approx(low, rel=0.05)


# Mixing


def twin(generator: np.random.Generator, size: int) -> NDArray[np.float64]:
    """Table and mixing, written plainly."""
    parts = []
    for start in range(0, size, CHUNK):
        wanted = min(CHUNK, size - start)
        words = generator.bit_generator.random_raw(-(-wanted // 8))
        lanes = np.stack([(words >> np.uint64(16 * lane)) & np.uint64(0xFFFF) for lane in range(4)], axis=1)
        parts.append((HADAMARD @ TABLE[lanes].reshape(4, -1)).ravel()[:wanted])
    return np.concatenate(parts)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 9, 1000, CHUNK, CHUNK + 1, 3 * CHUNK + 10])
@pytest.mark.parametrize(("dtype", "error"), [("float64", 1e-15), ("float32", 1e-6)])
def test_mixed_is_its_plain_twin(size: int, dtype: str, error: float) -> None:
    out = np.empty(size, dtype)
    mixed(stream(7, KEY, 0), out)
    np.testing.assert_allclose(out, twin(stream(7, KEY, 0), size), rtol=0, atol=8 * error)


def filled(fill: Fill, out: NDArray[Any], block: int = 0) -> NDArray[Any]:
    fill(stream(7, KEY, block), out)
    return out


def test_bytes_are_pinned() -> None:
    """They are promised to be the same on every platform; a change would change every result."""
    for dtype, digest in (("<f8", "5da2dfbfdf067a50"), ("<f4", "138e2f8cdc45dad7")):
        out = filled(mixed, np.empty(CHUNK + 1001, dtype[1:])).astype(dtype)
        assert hashlib.sha256(out.tobytes()).hexdigest()[:16] == digest


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("fill", NORMALS.values(), ids=NORMALS)
def test_bytes_depend_on_nothing_else(fill: Fill, dtype: str) -> None:
    """Not on shape or alignment, nor on other threads that fill at the same time."""
    shape = (7, 40_001)
    plain = filled(fill, np.empty(prod(shape), dtype))
    shifted = np.empty(prod(shape) + 1, dtype)[1:]
    for out in (np.empty(shape, dtype), aligned_empty(shape, dtype), shifted):
        assert filled(fill, out).tobytes() == plain.tobytes()
    arrays = [np.empty(shape, dtype) for _ in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(filled, [fill] * 8, arrays, range(8)))
    for block, out in enumerate(together):
        assert out.tobytes() == filled(fill, np.empty(shape, dtype), block).tobytes()


def test_ziggurat_is_numpys() -> None:
    expected = stream(7, KEY, 0).standard_normal(1000)
    assert filled(ziggurat, np.empty(1000)).tobytes() == expected.tobytes()


@pytest.mark.parametrize("fill", NORMALS.values(), ids=NORMALS)
@pytest.mark.parametrize(
    ("out", "error"),
    [
        (np.empty(8, int), TypeError),
        (np.empty(8, np.float16), TypeError),
        (np.empty(8, np.dtype(float).newbyteorder()), TypeError),
        (np.empty(8)[::2], ValueError),
        (np.empty((3, 4)).T, ValueError),
        (np.broadcast_to(np.zeros(4), (2, 4)), ValueError),
    ],
)
def test_arrays_refused(fill: Fill, out: NDArray[Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^out: got .*must be .*pass"):
        fill(stream(7, KEY, 0), out)


def test_half_words_are_refused() -> None:
    with pytest.raises(TypeError, match="got MT19937; must give 64 bits"):
        mixed(np.random.Generator(np.random.MT19937(1)), np.empty(8))


@pytest.mark.parametrize("shape", [1, 1000, (3, 5), (2, 3, 4), ()])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_aligned_empty(shape: Any, dtype: str) -> None:
    array = aligned_empty(shape, dtype)
    assert (array.shape, array.dtype) == (np.empty(shape).shape, np.dtype(dtype))
    assert array.ctypes.data % CACHE_LINE == 0
    assert array.flags.c_contiguous
    assert array.flags.writeable


# Both methods as distributions

GRID = 64  # histogram cells to a standard deviation; every tail in TAILS begins at one
REACH = 10
TAILS = (3.0, 4.0, 4.5, 5.0)


def moments(x: NDArray[np.float64]) -> Iterator[tuple[str, float, int]]:
    """Yield each power's sum, less its expectation, over its standard deviation, with the number of terms."""
    power = np.ones_like(x)
    for k in range(1, 9):
        power *= x
        mean, square = (prod(range(m - 1, 0, -2)) * (m % 2 == 0) for m in (k, 2 * k))
        yield f"moment {k}", (power.sum() - x.size * mean) / np.sqrt(square - mean**2), x.size


def standardized(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, in two rows, the draws and their squares, both with mean 0 and variance 1."""
    return np.stack([x, (x * x - 1) / np.sqrt(2)])


def pairs(name: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> Iterator[tuple[str, float, int]]:
    """Yield the sums of products of two arrays of two rows, likewise."""
    for row, what in enumerate(("values", "squares")):
        # Not dot(): its threads would get in each other's way.
        axes = "ij,ij->" if x[row].ndim == 2 else "i,i->"
        yield f"{name}: {what}", float(np.einsum(axes, x[row], y[row])), x[row].size


def sums(x: NDArray[np.float64], before: NDArray[np.float64] | None) -> Iterator[tuple[str, float, int]]:
    """Yield what is summed over one block, as two rows, and the same stream's previous block."""
    yield from moments(x[0])
    for lag in (1, 2, 3, 4):
        yield from pairs(f"lag {lag}", x[:, lag:], x[:, :-lag])
    quarters = x.reshape(2, -1, 4, CHUNK // 4)
    for i, j in combinations(range(4), 2):
        yield from pairs(f"quarters {i} and {j}", quarters[:, :, i], quarters[:, :, j])
    yield "quarters: product of four", float(quarters[0].prod(axis=1).sum()), x.size // 8
    # Neighbors come from one entry of the table, and through mixing from the same four as those of other quarters.
    left, right = quarters[..., 0::2], quarters[..., 1::2]
    for i, j in permutations(range(4), 2):
        yield from pairs(f"crosswise {i} and {j}", left[:, :, i], right[:, :, j])
    for i, j in ((0, 1), (0, 2), (0, 3)):
        four = left[0, :, i] * right[0, :, i] * left[0, :, j] * right[0, :, j]
        yield f"neighbors in {i} and {j}: product of four", float(four.sum()), four.size
    if before is not None:
        yield from pairs("blocks", x, before)


def histogram_statistics(counts: NDArray[np.int64]) -> Iterator[tuple[str, float]]:
    """Yield the Kolmogorov-Smirnov distance on the grid (Massart's bound) and the tail counts (exactly binomial)."""
    draws, edges = counts.sum(), np.arange(-REACH * GRID, REACH * GRID + 1) / GRID
    distance = np.abs(np.cumsum(counts)[:-1] / draws - ndtr(edges)).max()
    yield "distance", norm.isf(min(0.5, np.exp(-2 * draws * distance**2)))
    for beyond in TAILS:
        cell = int((REACH - beyond) * GRID) + 1
        for side, count in (("lower", counts[:cell].sum()), ("upper", counts[-cell:].sum())):
            law = binom(draws, ndtr(-beyond))
            yield f"{side} tail {beyond}", norm.isf(min(0.5, law.cdf(count), law.sf(count - 1)))


def statistics(fill: Fill, dtype: str, draws: float) -> dict[str, float]:
    """Return every statistic, in standard errors, of draws in whole blocks from the streams of two keys."""
    totals: dict[str, float] = {}
    terms: dict[str, int] = {}
    counts = np.zeros(2 * REACH * GRID + 2, np.int64)  # both ends are open cells
    before: list[NDArray[np.float64] | None] = [None, None]
    out = np.empty(BLOCK_ELEMENTS, dtype)
    for block in range(-(-int(draws) // (2 * out.size))):
        now = []
        for key in (KEY, COMMON):
            fill(stream(7, key, block), out)
            now.append(standardized(out.astype(np.float64)))
        found = [*pairs("streams", *now), *sums(now[0], before[0]), *sums(now[1], before[1])]
        for name, total, count in found:
            totals[name] = totals.get(name, 0.0) + total
            terms[name] = terms.get(name, 0) + count
        for x in now:
            cells = np.clip(np.floor(x[0] * GRID) + REACH * GRID + 1, 0, counts.size - 1)
            counts += np.bincount(cells.astype(np.intp), minlength=counts.size)
        before = [*now]
    return {name: totals[name] / np.sqrt(terms[name]) for name in totals} | dict(histogram_statistics(counts))


def rejected(found: dict[str, float]) -> dict[str, float]:
    """Return the statistics beyond the threshold."""
    return {name: z for name, z in found.items() if not abs(z) < THRESHOLD}


VARIANTS = [(name, dtype) for name in NORMALS for dtype in ("float64", "float32")]


@pytest.mark.parametrize(("name", "dtype"), VARIANTS)
def test_distribution(name: str, dtype: str) -> None:
    found = statistics(NORMALS[name], dtype, draws=1e7)
    assert len(found) == 69
    assert not rejected(found)


@pytest.mark.full
@pytest.mark.parametrize(("name", "dtype"), VARIANTS)
def test_distribution_of_many(name: str, dtype: str) -> None:
    assert not rejected(statistics(NORMALS[name], dtype, draws=1e9))


# What the same tests must reject


def unmixed(generator: np.random.Generator, out: NDArray[Any]) -> None:
    out[...] = 2 * TABLE[generator.bit_generator.random_raw(out.size // 8).view(np.uint16)].ravel()


def wide(generator: np.random.Generator, out: NDArray[Any]) -> None:
    ziggurat(generator, out)
    out *= 1.01


def shifted(generator: np.random.Generator, out: NDArray[Any]) -> None:
    ziggurat(generator, out)
    out += 0.01


def wrong_sign(generator: np.random.Generator, out: NDArray[Any]) -> None:
    """Mixing by a matrix of which one sign is wrong."""
    matrix = HADAMARD.copy()
    matrix[3, 3] = -1
    lanes = generator.bit_generator.random_raw(out.size // 8).view(np.uint16)
    out[...] = (matrix @ TABLE[lanes].reshape(-1, 4, CHUNK // 4)).ravel()


def one_size(generator: np.random.Generator, out: NDArray[Any]) -> None:
    """Points on the diagonals: both coordinates of one size."""
    lanes = generator.bit_generator.random_raw(out.size // 8).view(np.uint16)
    signs = np.sign(TABLE[lanes])
    diagonal = signs * np.abs(TABLE[lanes, :1])
    out[...] = (HADAMARD @ diagonal.reshape(-1, 4, CHUNK // 4)).ravel()


def one_sign(generator: np.random.Generator, out: NDArray[Any]) -> None:
    """Neighbors in the first quarter, and in the second, whose signs differ together."""
    ziggurat(generator, out)
    quarters = out.reshape(-1, 4, CHUNK // 4)
    left, right = quarters[..., 0::2], quarters[..., 1::2]
    right[:, 1] = np.copysign(right[:, 1], left[:, 0] * right[:, 0] * left[:, 1])


def crossed(generator: np.random.Generator, out: NDArray[Any]) -> None:
    """A fiftieth of a draw in the next quarter's neighbor."""
    ziggurat(generator, out)
    quarters = out.reshape(-1, 4, CHUNK // 4)
    quarters[:, 1, 1::2] += 0.02 * quarters[:, 0, 0::2]


def shared_size(generator: np.random.Generator, out: NDArray[Any]) -> None:
    """Uncorrelated neighbors of one absolute value."""
    ziggurat(generator, out)
    np.copysign(np.repeat(out[::2], 2), out, out=out)


def shared_sign(generator: np.random.Generator, out: NDArray[Any]) -> None:
    """Quarters independent in pairs and in threes, the sign of the fourth given by the others."""
    ziggurat(generator, out)
    quarters = out.reshape(-1, 4, CHUNK // 4)
    np.copysign(quarters[:, 3], quarters[:, :3].prod(axis=1), out=quarters[:, 3])


def cloned(generator: np.random.Generator, out: NDArray[Any]) -> None:
    """One noise for all streams."""
    ziggurat(np.random.Generator(np.random.PCG64DXSM(1)), out)


def stale(generator: np.random.Generator, out: NDArray[Any]) -> None:
    """Each draw repeats a fiftieth of the one before."""
    ziggurat(generator, out)
    out[1:] += 0.02 * out[:-1]


WRONG: list[tuple[Fill, float, set[str]]] = [
    (unmixed, 1e7, {"lower tail 4.5", "upper tail 4.5"}),
    (wide, 1e7, {"moment 2", "moment 4", "distance", "upper tail 3.0"}),
    (shifted, 1e6, {"moment 1", "distance"}),
    (wrong_sign, 1e6, {"quarters 0 and 3: values"}),
    (one_size, 1e6, {"lag 1: squares"}),
    (one_sign, 1e6, {"neighbors in 0 and 1: product of four"}),
    (crossed, 1e7, {"crosswise 0 and 1: values"}),
    (shared_size, 1e6, {"lag 1: squares"}),
    (shared_sign, 1e6, {"quarters: product of four"}),
    (cloned, 1e6, {"streams: values", "streams: squares", "blocks: values", "blocks: squares"}),
    (stale, 1e6, {"lag 1: values"}),
]


@pytest.mark.parametrize(("fill", "draws", "by"), WRONG, ids=[row[0].__name__ for row in WRONG])
def test_wrong_variants_are_rejected(fill: Fill, draws: float, by: set[str]) -> None:
    assert by <= set(rejected(statistics(fill, "float64", draws)))
