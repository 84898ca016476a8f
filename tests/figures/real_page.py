"""The essay page with all real claims and predictions, a synthetic check of them, and a few real figures."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from matplotlib.figure import Figure as Canvas

import theory
from figures import catalog
from figures.essay import page
from theory.claims import claims
from theory.fingerprint import code_fingerprint

CHEAP = ("zero_gradient", "goals_end_random")
LONG = {f"parameter_{place}": place / 7 for place in range(12)}


def report() -> dict[str, Any]:
    """A check of every prediction at three points, long and short, with a row of each verdict."""
    rows = []
    for subject in ("audit", *theory.phenomena()):
        for prediction in theory.predictions(subject):
            for place, verdict in enumerate(("agrees", "agrees", "underpowered")):
                rows.append(
                    {
                        "name": prediction.name, "parameters": {"pull": 1.5} if place else LONG,
                        "predicted": -1.2345e-7, "simulated": -1.2346e-7, "standard_error": 3.4e-9, "margin": 1e-12,
                        "minimal_detectable_effect": 2e-9, "z": (len(rows) % 13 - 6) / 3, "verdict": verdict,
                        "p_value": 0.5, "replicates": 100, "scale": 1.0, "exact": True,
                    }
                )  # fmt: skip
    return {
        "effort": "quick", "seed": 0, "family_wise_error": 1e-6, "versions": {"numpy": "2.1"},
        "code": code_fingerprint(), "rows": rows,
    }  # fmt: skip


def trust() -> dict[str, Any]:
    """Planted faults, one of which was not caught and one of which has two rows."""
    row = {"name": "goal_drift.learned_fraction", "parameters": {}, "z_clean": 0.31, "verdict_clean": "agrees",
           "z": "inf", "verdict": "disagrees"}  # fmt: skip
    fault = {"name": "doubled_pull", "subject": "goal_drift", "kind": "formula", "says": "The pull counts twice."}
    faults = [
        {**fault, "rows": [row, {**row, "name": "goal_drift.goal_variance", "z": 512.3}], "caught": True},
        {
            **fault,
            "name": "a leak",
            "subject": "audit",
            "rows": [{**row, "z": 1.0, "verdict": "agrees"}],
            "caught": False,
        },
    ]
    alarms = {"runs": 1000, "rows": 3000, "red": 0, "upper": 0.002995, "subset": ["goal_drift.retained_goal"]}
    return {"code": code_fingerprint(), "seed": 7, "faults": faults, "false_alarms": alarms}


@cache
def real_page() -> str:
    """The page; under a figure's name that is dear to draw stands an empty drawing."""
    drawn = {name: catalog.find(name)(replicates=400) for name in CHEAP}
    empty = replace(drawn["goals_end_random"], canvas=Canvas(figsize=(4, 2)), predictions=())
    other = {claim.figure: claim.title for claim in claims if claim.figure not in drawn}
    drawn |= {name: replace(empty, name=name, title=title) for name, title in other.items()}
    return page(drawn, claims, report(), trust=trust())
