"""False alarms: the check of right predictions, again and again at fresh points and noise; how often is it red?

A check promises a rate of false alarms (``theory.judge.FAMILY_WISE_ERROR`` a run). Here that is measured, as far as a
number of runs can tell, on rows that cost little and are as different as can be: all phenomena; stepped laws, flows,
rollouts, walks and strings; means, probabilities, ratios, variances and a whole distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from theory.catalog import get
from theory.check import Progress, check
from theory.row import Row
from theory.table import uniformity

CONFIDENCE = 0.95
SUBSET = (
    ("preservation.leaky_distance", "probe_selection.probe_auc", "grokking.rise"),
    ("crystallization.reward_gap", "probe_selection.transmitted_share", "grokking.visible_from_start"),
    ("succession.goal_retention", "probe_selection.unflagged_honest"),
    ("simplification.first_bit_memory", "probe_selection.recall_of_halves"),
    ("goal_drift.posterior_mean", "probe_selection.truncation_intensity"),
    ("probe_selection.variance_after_selection", "simplification.balance_decay"),
    ("goal_drift.final_cosine_distribution", "crystallization.lock_time"),
)
"""What is checked, one family a run, in turn."""


@dataclass(frozen=True)
class FalseAlarms:
    """What clean runs showed.

    Parameters
    ----------
    runs, red
        How many were made, and in how many of them a row disagreed.
    rows
        Of all runs together.
    subset
        The names of the predictions that were checked.
    """

    runs: int
    red: int
    rows: tuple[Row, ...]
    subset: tuple[str, ...]

    @property
    def upper(self) -> float:
        """The upper end of the rate of a red run, with ``CONFIDENCE``."""
        return upper_rate(self.red, self.runs)

    @property
    def uniformity(self) -> float:
        """The p-value of the rows' z-values being normal."""
        return uniformity(self.rows)

    @property
    def plain(self) -> dict[str, Any]:
        """The result as plain data, ready for JSON."""
        return {
            "runs": self.runs, "rows": len(self.rows), "red": self.red, "upper": self.upper,
            "confidence": CONFIDENCE, "uniformity": self.uniformity,
            "subset": [*self.subset],
        }  # fmt: skip


def upper_rate(red: int, runs: int, confidence: float = CONFIDENCE) -> float:
    """Return the one-sided upper confidence bound of a rate, from so many of a number of runs.

    Of none it is 1 - (1 - confidence)^(1/runs).
    Source: Clopper & Pearson, Biometrika 26 (1934) 404.
    """
    from scipy.stats import beta

    return 1.0 if red == runs else float(beta.ppf(confidence, red + 1, runs - red))


def false_alarms(
    runs: int, seed: int = 0, progress: Progress = iter, subset: Sequence[Any] | None = None
) -> FalseAlarms:
    """Make clean quick runs, each at points and with noise of its own, and count the red ones.

    Parameters
    ----------
    runs
        How many, >= 1.
    seed
        Of the first one; each next run has the next seed.
    progress
        Wraps the iteration over runs.
    subset
        What to check: run i checks family i, in turn; None for ``SUBSET``.

    Raises ValueError, in one line, for fewer than one run.
    """
    if runs < 1:
        raise ValueError(f"runs: got {runs}; must be >= 1; pass --runs 1000 to bound the rate of false alarms by 0.3 %")
    chosen = SUBSET if subset is None else subset
    families = [[get(name) for name in family] for family in chosen]
    made = [check(families[run % len(families)], points=1, seed=seed + run, threads=1) for run in progress(range(runs))]
    red = sum(any(row.verdict == "disagrees" for row in rows) for rows in made)
    names = tuple(name for family in chosen for name in family)
    return FalseAlarms(runs, red, tuple(row for rows in made for row in rows), names)


def summary(found: FalseAlarms) -> str:
    """Return what was found, in two lines, and a line for every row that was red."""
    rate = f"at most {found.upper:.2g} a run, with {CONFIDENCE:.0%} confidence"
    lines = [
        f"{found.runs} clean runs of {len(found.rows)} rows: {found.red} red; false alarms {rate}",
        f"z-values against the normal law: p = {found.uniformity:.2g}",
    ]
    red = [row for row in found.rows if row.verdict == "disagrees"]
    return "\n".join([*lines, *(f"red: {row.name} at {row.parameters}, z = {row.z:+.2f}" for row in red)])
