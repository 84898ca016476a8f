"""The figure of prerequisites: a product of gates locks with the last of them."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, draw, farthest, figure, panels, run
from figures.figure import Figure
from figures.style import styled
from simulator.models.crystallization import gated
from simulator.parameter import POSITIVE, Parameter, resolve

COUNTS = (1, 2, 5)
SPEEDS, FINE = np.geomspace(0.05, 3.0, 8), np.geomspace(0.04, 4.0, 120)
LATE = np.array([0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0])
LATER = np.linspace(0.0, 2.1, 60)
OTHERS = 2  # gates at the common threshold, beside the one that comes later
OPTIONS = (
    Parameter("width", 0.2, range=POSITIVE, meaning="range of skill over which a gate shuts"),
    Parameter("pull", 0.5, range=POSITIVE, meaning="strength of the reward's pull on a goal that shows"),
)


def prerequisites(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw what growth locks in behind one gate and several, and how long a product with a late gate stands open.

    Parameters
    ----------
    axes
        Matplotlib axes for what is locked in alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        width of the gates, and pull.
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    locked = [_locked(count, point) for count in COUNTS]
    late = _late(point["width"])
    canvas = _drawn(axes, locked, late)
    half = [float(np.interp(0.5, one.curve_y, one.curve_x)) for one in locked]
    wait = late.simulated[-1] - late.simulated[0]
    caption = (
        "Left: the share of misalignment that growing skill locks in, with one prerequisite of deception or several, "
        f"all needed at once. Half is locked in at a growth of {half[0]:.2f} with one, and of {half[-1]:.2f} with "
        f"{COUNTS[-1]}: more prerequisites help, but only by the harmonic sum of their passages. Right: how long the "
        f"goal shows where {OTHERS} prerequisites come at one skill and a last one later. It locks with the last: a "
        f"delay of {LATE[-1]:g} keeps the goal in sight for {wait:.2f} longer. Lines are the formula, points the "
        f"integrated law, the farthest {farthest([*locked, late]):.1g} of its value away."
    )
    alt = (
        "Left, three rising curves of the share locked in against growth on a logarithmic axis, the more prerequisites "
        "the further right. Right, the open time against the delay of the last gate, flat at first and then a straight "
        "line of slope one. Points lie on all lines."
    )
    return figure(
        "prerequisites", "Deception locks with its last prerequisite", canvas, caption, alt, [*locked, late],
        "growth_or_delay", {"experiment": gated.name, "law": gated.fingerprint, "parameters": point},
        ("crystallization.grown_residual", "crystallization.prerequisites", "crystallization.unequal_prerequisites"),
    )  # fmt: skip


def _locked(count: int, point: dict[str, Any]) -> Curve:
    made = gated.experiment("flow", measures=("residual",))
    shown = {"width": point["width"], "threshold": 1.0, "pull": point["pull"]}
    found = [
        float(run(made, prerequisites=count, growth=speed, skill_ease=0.0, time=12.0 / speed, **shown).residual)
        for speed in SPEEDS
    ]

    def formula(growth: Any) -> Any:
        return theory.get("crystallization.grown_residual")(
            growth=growth, initial_capability=0.0, goal_ease=1.0, gates=count, **shown
        )

    label = f"{count} prerequisite{'s' if count > 1 else ''}"
    return Curve(label, SPEEDS, np.array(found), formula(SPEEDS), FINE, formula(FINE))


def _late(width: float) -> Curve:
    """Return how long three gates stand open of which one comes later, from what the goal has learned by then."""
    made = gated.experiment("flow", measures=("log_residual",))
    rest = [1.0] * OTHERS
    found = [
        -float(run(made, prerequisites=OTHERS + 1, growth=1.0, threshold=[*rest, 1.0 + delay], width=width,
                   skill_ease=0.0, time=10.0).log_residual)
        for delay in LATE
    ]  # fmt: skip

    def formula(delay: float) -> float:
        return float(theory.get("crystallization.unequal_prerequisites")(
            width=width, growth=[1.0] * (OTHERS + 1), threshold=[*rest, 1.0 + delay],
            initial_capability=[0.0] * (OTHERS + 1), time=10.0,
        ))  # fmt: skip

    predicted, line = (np.array([formula(delay) for delay in delays]) for delays in (LATE, LATER))
    return Curve("open time", LATE, np.array(found), predicted, LATER, line)


def _drawn(axes: Any, locked: list[Curve], late: Curve) -> Any:
    if axes is not None:
        draw(axes, locked)
        axes.set(xscale="log")
        return axes.get_figure(root=True)
    canvas, (left, right) = panels(3.7, columns=2)
    draw(left, locked)
    draw(right, [late], first=4)
    with styled():
        left.set(xscale="log", xlabel="growth of each skill (1/time)", ylabel="share of misalignment locked in",
                 ylim=(-0.03, 1.03))  # fmt: skip
        left.set_xticks([0.1, 0.3, 1.0, 3.0], ["0.1", "0.3", "1", "3"])
        left.set_xticks([], minor=True)
        left.legend(loc="upper left", fontsize=8.0)
        right.set(xlabel="delay of the last prerequisite", ylabel="open time", ylim=(0.0, None))
    return canvas
