"""The ledger: what the essays claim, in our words, and the verdict that the checks give.

A verdict comes from the rows of the claim's predictions. If they all agree, it is the claim's own, with the condition
under which it holds or fails; if one disagrees the claim is "contradicted", and if one lacks power or is missing it is
"not shown". No claim is called more than its checks show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from theory.goal_drift import expressions as e

VERDICTS = ("holds", "holds when", "fails when", "not formalized")


@dataclass(frozen=True)
class Claim:
    """A sentence of an essay, made precise.

    Parameters
    ----------
    key, title, statement
        Its short name, a few words, and one sentence in our words.
    source
        The essay it comes from.
    predictions
        The names of the predictions whose agreement it needs.
    figure
        The name of its figure.
    finding
        The verdict if they all agree: "holds", "holds when", "fails when" or "not formalized".
    condition
        When, in words; "" for a plain "holds".
    formula
        The condition as a SymPy expression, or None.
    assumption
        What drives it: which K, which gate.
    """

    key: str
    title: str
    statement: str
    source: str
    predictions: tuple[str, ...]
    figure: str
    finding: str
    condition: str
    assumption: str
    formula: Any = None

    @property
    def condition_mathml(self) -> str:
        """The condition in presentation MathML, "" where it has no formula."""
        from theory.notation import mathml

        return "" if self.formula is None else mathml(self.formula, e.SYMBOLS)


def verdict(claim: Claim, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a claim's verdict, from the rows of a check as plain data."""
    if not claim.predictions:
        return claim.finding
    found = {name: [row["verdict"] for row in rows if row["name"] == name] for name in claim.predictions}
    seen = [one for verdicts in found.values() for one in verdicts]
    if "disagrees" in seen:
        return "contradicted"
    complete = all(found.values()) and all(one == "agrees" for one in seen)
    return claim.finding if complete else "not shown"


_WHOLE_PULL = e.pull * e.width / e.growth * sympy.log(1 + sympy.exp(e.gap_at_start))

claims: tuple[Claim, ...] = (
    Claim(
        key="G1",
        title="Capable agents take the reward whatever their goal",
        statement="Once an agent is capable enough to earn the reward for its own reasons, "
        "the gradient around the contents of its goal is zero.",
        source="The essays on random goals",
        predictions=(
            "goal_drift.goal_gradient", "goal_drift.open_time", "goal_drift.retained_goal",
            "goal_drift.cosine_to_start", "goal_drift.alignment", "goal_drift.stake_selection",
        ),
        figure="zero_gradient",
        finding="holds when",
        condition="capability is many gate widths above the threshold, and only for the parts of the goal that bear on "
        "neither its stake nor its horizon: those are selected as long as the gate is not fully shut",
        formula=sympy.Gt((sympy.Symbol("c", real=True) - e.threshold) / e.width, 1, evaluate=False),
        assumption="K is gradient descent on the parameters (the goal's K is 1), and the gate saturates at one: the "
        "agent plays every episode for reward's sake",
    ),
    Claim(
        key="G12",
        title="Must the model know itself before training begins?",
        statement="A goal survives training only if the model knows that it is trained before training starts.",
        source="A reader's question under the second of them",
        predictions=("goal_drift.open_time", "goal_drift.learned_fraction", "goal_drift.goal_gradient"),
        figure="lock_in",
        finding="fails when",
        condition="capability grows through the threshold faster than the reward pulls on the goal; "
        "a slow learner does need to be aware from the start",
        formula=sympy.Lt(_WHOLE_PULL, 1, evaluate=False),
        assumption="capability grows for its own sake at a steady speed, and the goal's K is 1",
    ),
)  # fmt: skip
