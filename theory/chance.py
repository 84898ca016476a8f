"""Evidence about the chance of an event: counts are judged by the binomial law itself, however rare the event.

A mean of zeros and ones is normal only where both are many. Three events in a thousand are not: their standard error is
as uncertain as their number, and of none at all it is 0. So a count is judged by its own law, at the end of the margin
that is nearest to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.estimate import STATISTICS, Proportion
from theory.finding import Finding
from theory.judge import FAMILY_WISE_ERROR, POWER


@dataclass(frozen=True)
class Chance:
    """A share of independent replicates in which an event happens, predicted to be ``predicted`` in [0, 1]."""

    predicted: float
    scale: float

    def of(self, samples: Any) -> Proportion:
        """Return the counts of samples 0 and 1."""
        return Proportion.of(samples)

    def influence(self, samples: Any) -> Any:
        """Return the samples themselves, whose mean is the share."""
        return STATISTICS["probability"].influence(samples)

    def weigh(self, accumulated: Proportion) -> Finding:
        """Return the share, its standard error (by Wilson, never 0), and of how many trials it is."""
        value, error = map(float, STATISTICS["probability"].evaluate(accumulated))
        return Finding(value, error, int(accumulated.count))

    def p_value(self, found: Finding, margin: float) -> float:
        """Return the chance of a count as far out as this on its side, doubled, at the margin's nearer end.

        2 P(K >= k) at predicted + margin for a share above it, 2 P(K <= k) at predicted - margin for one below it, K
        binomial; 1 within the margin.
        """
        from scipy.stats import binom

        n = found.trials
        k = round(found.simulated * n)
        low, high = (float(np.clip(self.predicted + side * margin, 0.0, 1.0)) for side in (-1, 1))
        if low <= found.simulated <= high:
            return 1.0
        tail = binom.sf(k - 1, n, high) if found.simulated > high else binom.cdf(k, n, low)
        return min(1.0, 2.0 * float(tail))

    def z(self, found: Finding, margin: float) -> float:
        """Return how many standard errors apart the shares are."""
        return (found.simulated - self.predicted) / found.standard_error

    def reach(self, found: Finding, rows: int) -> float:
        """Return the smallest change of the chance, upward or downward, that is found with probability ``POWER``.

        A count k is the first to be rejected upward if P(K >= k) <= FAMILY_WISE_ERROR/(2 rows); it is reached with
        that probability from the chance at which Beta(k, n - k + 1) has it as its distribution function, and likewise
        downward. A chance that cannot change so far has no effect of that sign to be found.
        Source: Clopper & Pearson, Biometrika 26 (1934) 404.
        """
        from scipy.stats import beta, binom

        n, tail = found.trials, FAMILY_WISE_ERROR / (2 * rows)
        p = float(np.clip(self.predicted, 0.0, 1.0))
        first = int(binom.isf(tail, n, p)) + 1
        last = int(binom.ppf(tail, n, p)) - 1
        up = float(beta.ppf(POWER, first, n - first + 1)) - p if first <= n else 1.0 - p
        down = p - float(beta.ppf(1.0 - POWER, last + 1, n - last)) if last >= 0 else p
        return max(up, down)

    def times(self, found: Finding, wanted: float, rows: int) -> float:
        """Return how many times as many trials reach as far as wanted; the pilot's own share has no say in it."""
        high = 1
        while self.reach(Finding(self.predicted, 0.0, high), rows) > wanted:
            high *= 2
        low = high // 2
        while high - low > max(1, low // 1000):
            middle = (low + high) // 2
            if self.reach(Finding(self.predicted, 0.0, middle), rows) > wanted:
                low = middle
            else:
                high = middle
        # Two per cent more: the reach falls in steps, and where not all replicates apply their number is drawn.
        return 1.02 * high / max(found.trials, 1)
