"""The figure of two metrics: one race, two verdicts, and the boundary between them."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, draw, farthest, figure, panels, run
from figures.figure import Figure
from figures.style import MUTED, styled
from simulator.models.crystallization import gated, learned_honesty
from simulator.parameter import POSITIVE, Parameter, resolve

EXPONENTS, FINE = np.array([0.0, 0.3, 0.6, 0.9, 1.2, 1.5]), np.linspace(0.0, 1.999, 200)
EASES = (3.0, 6.0, 16.0)
END = 1e5
LOOKS = np.geomspace(0.003, END, 14)
FIRST = 0.002
WIDTH = 0.25
OPTIONS = (
    Parameter("ease", 150.0, range=POSITIVE, meaning="ease of honesty in the right panel, that of the goal being 1"),
    Parameter("growth", 0.5, range=POSITIVE, meaning="growth of skill in the right panel"),
)


def two_metrics(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw what is locked in against the exponent of honesty's metric, and misalignment in time in three coordinates.

    Parameters
    ----------
    axes
        Matplotlib axes for what is locked in alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        ease (of honesty, in the right panel; > 2, or internalization wins everywhere) and growth.
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    if point["ease"] <= 2.0:
        raise ValueError(f"ease: got {point['ease']:g}; must be > 2, or nothing is locked in; pass for example 150")
    locked = [_locked(ease) for ease in EASES]
    courses = [_absorbed(point["ease"]), _learned(point["ease"]), _grown(point["growth"])]
    canvas = _drawn(axes, locked, courses)
    boundary = [float(FINE[np.argmax(one.curve_y <= 0.0)]) for one in locked]
    last = [one.simulated[-1] for one in courses]
    fall = float(4.0 * WIDTH**2 / (point["ease"] * WIDTH**2))
    caption = (
        "One race, two verdicts. Left: the share of misalignment that deception locks in, against the exponent p of "
        "the metric y^p that honesty y is learned by; it ends where honesty costs more squared misalignment to shed "
        f"than there is, at p = {boundary[0]:.2f}, {boundary[1]:.2f} and {boundary[2]:.2f} for honesty {EASES[0]:g}, "
        f"{EASES[1]:g} and {EASES[2]:g} times as easy as the goal, and always before p = 2 (dotted), the tail of a "
        "logistic gate. Right: such agents in time. Where honesty reaches zero it is over and "
        f"{last[0]:.0%} stays; behind a learned gate squared misalignment goes on falling, by {fall:.2g} an e-fold of "
        f"time, to {last[1]:.0%} by then; a gate that growth shuts locks {last[2]:.0%} in. Lines are theory, points "
        f"the integrated law, the farthest {farthest([*locked, *courses], 1.0):.1g} away."
    )
    alt = (
        "Left, three curves of the share locked in falling with the exponent, each to zero before two. Right, three "
        "curves against time on a logarithmic axis: two level off, and one goes on falling. Points lie on the lines."
    )
    return figure(
        "two_metrics", "One race, two metrics, two verdicts", canvas, caption, alt, [*locked, *courses],
        "exponent_or_time", {"experiment": learned_honesty.name, "law": learned_honesty.fingerprint,
                             "gates": gated.fingerprint, "parameters": point},
        ("crystallization.base_residual", "crystallization.critical_honesty_ease", "crystallization.gate_invariant",
         "crystallization.grown_residual"),
    )  # fmt: skip


def _aim() -> dict[str, Any]:
    return {"dim": 2, "base": [0.0, 0.0], "start": [0.6, 0.8]}


def _locked(ease: float) -> Curve:
    made = learned_honesty.experiment("flow", measures=("residual",))
    found = [float(run(made, **_aim(), honesty_ease=ease, exponent=p, time=400.0).residual) for p in EXPONENTS]

    def formula(p: Any) -> Any:
        return theory.get("crystallization.base_residual")(
            distance=1.0, honesty=1.0, goal_ease=1.0, honesty_ease=ease, exponent=p
        )

    return Curve(f"{ease:g} times as easy", EXPONENTS, np.array(found), formula(EXPONENTS), FINE, formula(FINE))


def _absorbed(ease: float) -> Curve:
    """Follow honesty learned as it is to its end; theory is time as a function of honesty."""
    found = run(learned_honesty.experiment("flow", measures=("residual",), times=LOOKS), **_aim(), honesty_ease=ease)
    shed = np.linspace(1.0, 0.0, 400)
    gone = theory.get("crystallization.lock_time")

    def to_go(honesty: Any, distance: Any) -> Any:
        return gone(distance=distance, honesty=honesty, pull=1.0, goal_ease=1.0, honesty_ease=ease)

    along = np.sqrt(1.0 - 2.0 / ease * (1.0 - shed**2))
    when = to_go(1.0, 1.0) - to_go(shed, along)
    return _course("as it is, p = 0", found, np.append(when, END), np.append(along, along[-1]))


def _learned(ease: float) -> Curve:
    """Follow honesty behind a learned gate, as easy in its tail; theory is the invariant, and time along it."""
    given = {"width": WIDTH, "threshold": 0.0, "skill_ease": ease * WIDTH**2}
    made = gated.experiment("flow", measures=("residual",), times=LOOKS, solver="LSODA")
    found = run(made, **_aim(), **given, initial_skill=0.0)
    skill = WIDTH * np.linspace(0.0, 20.0, 20_000)
    whole = theory.get("crystallization.gate_invariant")
    known = {"threshold": 0.0, "width": WIDTH, "goal_ease": 1.0, "skill_ease": given["skill_ease"]}
    square = whole(skill=0.0, distance=1.0, **known) - whole(skill=skill, distance=0.0, **known)
    skill, square = skill[square > 1e-9], square[square > 1e-9]
    shut = 1.0 / (1.0 + np.exp(-skill / WIDTH))
    slowness = WIDTH / (given["skill_ease"] * square / 2.0 * shut * (1.0 - shut))
    when = np.concatenate([[0.0], np.cumsum(np.diff(skill) * (slowness[1:] + slowness[:-1]) / 2.0)])
    return _course("behind a learned gate", found, when, np.sqrt(square))


def _grown(growth: float) -> Curve:
    given = {"width": WIDTH, "threshold": 0.0, "growth": growth}
    made = gated.experiment("flow", measures=("residual",), times=LOOKS, solver="LSODA")
    found = run(made, **_aim(), **given, skill_ease=0.0, initial_skill=0.0)
    when = np.geomspace(FIRST, END, 300)
    opened = theory.get("crystallization.prerequisites")(
        **given, initial_capability=0.0, gates=1, time=when
    )  # fmt: skip
    return _course("behind a gate that grows", found, when, np.exp(-opened))


def _course(label: str, found: Any, when: Any, distance: Any) -> Curve:
    shown = (when >= FIRST) & (when <= END * 1.001)
    predicted = np.interp(np.log(LOOKS), np.log(np.maximum(when, 1e-9)), distance)
    return Curve(label, LOOKS, found.residual.values, predicted, when[shown], distance[shown])


def _drawn(axes: Any, locked: list[Curve], courses: list[Curve]) -> Any:
    if axes is not None:
        draw(axes, locked)
        return axes.get_figure(root=True)
    canvas, (left, right) = panels(4.5, columns=2, sharey=True)
    draw(left, locked)
    draw(right, courses, first=3)
    above: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.2}
    with styled():
        left.axvline(2.0, color=MUTED, linewidth=0.8, linestyle=":")
        left.set(xlabel="exponent p of honesty's metric", ylabel="share of misalignment left", ylim=(-0.03, 1.05))
        left.legend(fontsize=8.0, title="honesty", title_fontsize=8.0, **above)
        right.set(xscale="log", xlabel="time")
        right.legend(fontsize=8.0, title="honesty learned", title_fontsize=8.0, **above)
    return canvas
