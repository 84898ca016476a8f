"""The trials of faults as text: a line a prediction, with what it says without the fault and with it."""

from __future__ import annotations

from collections.abc import Sequence

from theory.faults.fault import Trial
from theory.table import aligned

HEADER = ("fault", "subject", "kind", "prediction", "z without", "z with", "verdict")


def table(trials: Sequence[Trial]) -> str:
    """Return the trials as a plain aligned table; without sampling error z is 0 within the margin, infinite beyond."""
    return aligned([HEADER, *(line for trial in trials for line in _lines(trial))])


def _lines(trial: Trial) -> list[tuple[str, ...]]:
    fault = trial.fault
    return [
        (fault.name, fault.subject, fault.kind, after.name, f"{before.z:+.2f}", f"{after.z:+.1f}", after.verdict)
        for before, after in zip(trial.clean, trial.planted, strict=True)
    ]


def summary(trials: Sequence[Trial]) -> str:
    """Return how many faults were caught, and which were not."""
    missed = [trial for trial in trials if not trial.caught]
    lines = [f"{len(trials)} planted faults: {len(trials) - len(missed)} caught, {len(missed)} missed"]
    return "\n".join([*lines, *(f"missed: {one.fault.subject}.{one.fault.name}: {one.fault.says}" for one in missed)])
