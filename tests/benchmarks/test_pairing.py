"""Timing in pairs: intervals against the binomial law, ratios, and which rounds are kept."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from benchmarks.pairing import interleaved, median_interval, paired_ratio, ratios, rows


@pytest.mark.parametrize("n", [6, 7, 8, 9, 15, 16, 25, 60, 200])
def test_the_interval_is_the_narrowest_that_covers(n: int) -> None:
    """The k-th and the (n + 1 - k)-th of n values enclose the median with probability 1 - 2 P(B(n, 1/2) < k)."""
    median, low, high = median_interval([float(value) for value in range(1, n + 1)])
    k = int(low)
    assert median == (n + 1) / 2
    assert high == n + 1 - k
    assert 2 * binom.cdf(k - 1, n, 0.5) <= 0.05 < 2 * binom.cdf(k, n, 0.5)


def test_few_values_give_their_range() -> None:
    assert median_interval([3.0, 1.0, 2.0]) == (2.0, 1.0, 3.0)


def test_a_ratio_is_taken_round_by_round() -> None:
    slow, fast = [2.0, 20.0, 200.0], [1.0, 10.0, 100.0]
    assert ratios(slow, fast) == (2.0, 2.0, 2.0)
    assert paired_ratio(slow, fast) == 2.0


def test_rows_are_per_unit() -> None:
    table = rows({"a": [1.0, 1.0], "b": [3.0, 3.0]}, {"a": 1e9, "b": 1.5e9})
    assert [(row["task"], row["ns"], row["ratio"]) for row in table] == [("a", 1.0, 1.0), ("b", 2.0, 2.0)]


def test_every_task_is_timed_in_every_round_and_begins_some() -> None:
    order: list[str] = []
    tasks = {name: (lambda name=name: order.append(name)) for name in "abc"}  # type: ignore[misc]
    seconds = interleaved(tasks, 4, own=lambda: 0.0, clock=lambda name, task: (task(), 1.0)[1])  # type: ignore[func-returns-value]
    assert {name: len(times) for name, times in seconds.items()} == dict.fromkeys("abc", 4)
    turns = [order[start : start + 3] for start in range(3, len(order), 3)]
    assert turns[:3] == [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"]]
    assert all(sorted(turn) == ["a", "b", "c"] for turn in turns)
