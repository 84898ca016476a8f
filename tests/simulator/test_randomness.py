"""Streams by identity: the schedule of blocks, and which streams are equal and which are not.

Nothing here has a false-alarm rate to speak of: two 64-bit words of two different streams agree with a
probability of 3e-39. The statistics of streams are in test_normals.py.
"""

from __future__ import annotations

from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.normals import NORMALS, Fill
from simulator.randomness import (
    BLOCK_ELEMENTS,
    COMMON,
    LARGEST_BLOCK,
    SMALLEST_CAP,
    Block,
    Purpose,
    block_size,
    blocks,
    entropy_of,
    point_key,
    stream,
)

KEY = point_key({"model": "goal_drift", "growth": 0.1})
fixed = settings(derandomize=True, deadline=None, database=None)
counts = st.integers(1, 20_000)
components = st.integers(1, 2**22)


def words(*args: Any, **kwargs: Any) -> list[int]:
    """The first two words of a stream; every stream in this file is told apart by them."""
    return [int(word) for word in stream(*args, **kwargs).bit_generator.random_raw(2)]


@fixed
@given(counts, components)
def test_blocks_cover_exactly_the_replicates(replicates: int, elements: int) -> None:
    cover = list(blocks(replicates, elements))
    assert [block.index for block in cover] == list(range(len(cover)))
    assert [block.start for block in cover] == [0, *np.cumsum([block.size for block in cover])[:-1]]
    assert all(block.size == block_size(block.index, elements) for block in cover)
    assert all(block.used == block.size for block in cover[:-1])
    assert 1 <= cover[-1].used <= cover[-1].size
    assert sum(block.used for block in cover) == replicates


@fixed
@given(counts, counts, components)
def test_more_replicates_leave_earlier_blocks_untouched(some: int, more: int, elements: int) -> None:
    few, many = list(blocks(some, elements)), list(blocks(some + more, elements))
    assert many[: len(few) - 1] == few[:-1]
    last, extended = few[-1], many[len(few) - 1]
    assert (last.index, last.start, last.size) == (extended.index, extended.start, extended.size)
    assert last.used <= extended.used


@fixed
@given(components)
def test_blocks_double_up_to_the_cap(elements: int) -> None:
    sizes = [block_size(index, elements) for index in range(40)]
    cap = sizes[-1]
    assert sizes[:2] == [min(64, cap)] * 2
    assert all(after in (before * 2, cap) for before, after in pairwise(sizes[1:]))
    within = cap * elements <= LARGEST_BLOCK or cap == 1
    assert (cap * elements) ** 2 <= 2 * BLOCK_ELEMENTS**2 or (cap <= SMALLEST_CAP and within)
    assert 2 * (cap * elements) ** 2 > BLOCK_ELEMENTS**2


SMALL = [
    (1, 2**17),
    (2, 2**16),
    (3, 2**15),
    (5, 2**15),
    (6, 2**14),
    (16, 2**13),
    (17, 2**13),
    (129, 1024),
    (1024, 1024),
]
LARGE = [(1025, 512), (17_000, 32), (2**20, 1), (1_700_000, 1)]


@pytest.mark.parametrize(("elements", "cap"), [*SMALL, *LARGE])
def test_the_cap_by_hand(elements: int, cap: int) -> None:
    assert block_size(10**9, elements) == cap


def test_the_schedule_is_pinned() -> None:
    """A change of the schedule would change every result."""
    assert [block_size(index, 16) for index in range(10)] == [
        64,
        64,
        128,
        256,
        512,
        1024,
        2048,
        4096,
        8192,
        8192,
    ]
    assert list(blocks(200, 1)) == [Block(0, 0, 64, 64), Block(1, 64, 64, 64), Block(2, 128, 128, 72)]
    assert list(islice(blocks(10**15, 16), 2)) == [Block(0, 0, 64, 64), Block(1, 64, 64, 64)]


def test_streams_are_pinned() -> None:
    """Another order or encoding of seed, key, block and purpose would change every result."""
    assert KEY == (821261165, 2336180169, 789062932, 1584318663)
    assert words(7, KEY, 3) == [5682021296582685543, 18022591106412527221]
    assert words(7, COMMON, 0, Purpose.PILOT) == [1948935619207099590, 16758039692105572672]


def test_equal_identity_gives_equal_streams() -> None:
    reference = words(7, KEY, 3, Purpose.PATHS)
    assert words(np.int64(7), point_key({"growth": np.float64(0.1), "model": "goal_drift"}), 3) == reference
    assert words(np.random.SeedSequence(7), KEY, np.int32(3), purpose=0) == reference
    used = np.random.SeedSequence(7)
    used.spawn(5)
    assert words(used, KEY, 3) == reference


def test_any_difference_gives_another_stream() -> None:
    children = np.random.SeedSequence(7).spawn(2)
    identities: list[tuple[Any, ...]] = [
        (seed, key, block, purpose)
        for seed in (0, 7, 8, 7 + 2**32, 2**128 - 1, *children, np.random.SeedSequence(7, pool_size=8))
        for key in (COMMON, KEY, KEY[::-1], (0, 0, 0, 1), point_key(1), point_key(True))
        for block in (0, 1, 2, 2**32 - 1)
        for purpose in Purpose
    ]
    seen = {tuple(words(*identity)) for identity in identities}
    assert len(seen) == len(identities) == 8 * 6 * 4 * 3


SEED_REFUSED: list[tuple[Any, type[Exception], str]] = [
    (
        np.random.default_rng(1),
        TypeError,
        "seed: got a stateful Generator; must be an int >= 0 or a SeedSequence",
    ),
    (np.random.PCG64(1), TypeError, "seed: got a stateful PCG64"),
    (np.random.RandomState(1), TypeError, "seed: got a stateful RandomState"),
    (None, TypeError, "seed: got None"),
    (True, TypeError, "seed: got True"),
    (np.True_, TypeError, "seed: got .*True"),
    (7.0, TypeError, "seed: got 7.0"),
    ("7", TypeError, "seed: got '7'"),
    ([7], TypeError, r"seed: got \[7\]"),
    (-1, ValueError, "seed: got -1"),
    (2**128, ValueError, "seed: got 160 bits; must be at most 128"),
    (np.random.SeedSequence([1, 2, 3, 4, 5]), ValueError, "seed: got 160 bits; must be at most 128"),
    (np.random.SeedSequence([2**32, 2**64]), ValueError, "seed: got 160 bits; must be at most 128"),
]


@pytest.mark.parametrize(("seed", "error", "message"), SEED_REFUSED)
def test_seeds_refused(seed: Any, error: type[Exception], message: str) -> None:
    for use in (lambda: stream(seed, KEY, 0), lambda: entropy_of(seed)):
        with pytest.raises(error, match=message) as caught:
            use()
        assert "pass seed=7" in str(caught.value)
        assert "\n" not in str(caught.value)


REFUSED: list[tuple[Any, type[Exception], str]] = [
    (lambda: stream(7, (1, 2, 3), 0), ValueError, "key: got 3 words; must be four"),  # type: ignore[arg-type]
    (lambda: stream(7, (0, 0, 0, 2**32), 0), ValueError, "key: got 4294967296; must be an int in"),
    (lambda: stream(7, KEY, -1), ValueError, "block: got -1; must be an int in"),
    (lambda: stream(7, KEY, 2**32), ValueError, "block: got 4294967296; must be an int in"),
    (lambda: stream(7, KEY, 0.0), TypeError, r"block: got 0\.0; must be an int in"),  # type: ignore[arg-type]
    (lambda: stream(7, KEY, 0, -1), ValueError, "purpose: got -1; must be an int in"),
    (lambda: blocks(0, 1), ValueError, "replicates: got 0; must be an int >= 1"),
    (lambda: blocks(10.0, 1), TypeError, r"replicates: got 10\.0; must be an int >= 1"),  # type: ignore[arg-type]
    (lambda: blocks(10, 0), ValueError, "components: got 0; must be an int >= 1"),
    (lambda: blocks(True, 1), TypeError, "replicates: got True; must be an int >= 1"),
    (lambda: block_size(-1, 1), ValueError, "index: got -1; must be an int >= 0"),
    (lambda: point_key({"x": {1}}), TypeError, r"content\['x'\]: got set"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_bad_input_is_refused_at_once(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_recorded_entropy_recreates_the_streams() -> None:
    parent = np.random.SeedSequence(7)
    odd = np.random.SeedSequence([1, 2**40], pool_size=8)
    seeds: list[Any] = [7, np.int64(7), parent, *parent.spawn(2), odd, np.random.SeedSequence(), 2**128 - 1]
    for seed in seeds:
        again = eval(entropy_of(seed), {"SeedSequence": np.random.SeedSequence})
        assert words(again, KEY, 0) == words(seed, KEY, 0)
    assert entropy_of(7) == entropy_of(np.random.SeedSequence(7)) == "7"
    assert entropy_of(np.random.SeedSequence(7).spawn(1)[0]) == "SeedSequence(7, spawn_key=(0,))"


def duplicates(keys: list[Any], fill: Fill) -> int:
    """How many replicates, of two normals each, occur more than once over keys, blocks and purposes."""
    rows = []
    for key in keys:
        for block in blocks(1000, 2):
            for purpose in Purpose:
                normals = np.empty((2, block.size))
                fill(stream(7, key, block.index, purpose), normals)
                rows.append(normals[:, : block.used].T)
    replicates = np.concatenate(rows)
    return len(replicates) - len(np.unique(replicates, axis=0))


@pytest.mark.parametrize("fill", NORMALS.values(), ids=NORMALS)
def test_no_two_replicates_are_identical(fill: Fill) -> None:
    """Of 30 000 replicates of 2 float64 each; by chance with probability below 1e-20."""
    keys = [point_key({"growth": growth}) for growth in np.linspace(0, 1, 10)]
    assert duplicates(keys, fill) == 0
    assert duplicates([*keys, keys[0]], fill) == 3000, "a cloned point must be found"
    assert duplicates([COMMON, COMMON], fill) == 3000, "common random numbers are the same noise"
