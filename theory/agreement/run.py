"""What ``python -m theory agreement`` does: every case at every level, and the orders between levels."""

from __future__ import annotations

from simulator.models.goal_drift import learned_capability
from theory.agreement import Agreement, agree
from theory.agreement.cases import Case, cases
from theory.agreement.levels import Setting
from theory.agreement.orders import Order, of_generations, of_population, of_steps

AGENTS = {"quick": 1_000_000, "full": 8_000_000}
SIZES = (30, 60, 120, 240)
STEPS = (8, 16, 32)
SETTLING = 8.0  # generations after which N has changed the variance by some 4/N of itself
TAUGHT = {"dim": 2, "pull": 1.5, "width": 0.3, "growth": 1.0, "ease": 1.0, "noise": 0.1, "time": 2.0}


def agreements(effort: str, seed: int) -> tuple[tuple[Case, Agreement], ...]:
    """Return every case run at every level."""
    return tuple(
        (case, agree(case.law, times=case.times, closed=case.closed, agents=AGENTS[effort], seed=seed,
                     **case.parameters))
        for case in cases()
    )  # fmt: skip


def orders(effort: str, seed: int) -> tuple[Order, ...]:
    """Return the orders: of populations in 1/N, of generations in their length, of langevin's steps."""
    opened, _ = cases()
    setting = Setting(opened.law, opened.parameters, (SETTLING,), SIZES, 16 * AGENTS[effort], seed)
    return (
        of_population(setting, "goal_variance", SIZES),
        of_generations(setting, "goal_variance"),
        of_generations(setting, "goal"),
        of_steps(learned_capability, "base_component", TAUGHT, {"noise": 0.0}, STEPS, AGENTS[effort] // 16, seed),
    )
