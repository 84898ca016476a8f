"""The figure of the race: its phase portrait, the exact separatrix, and runs without noise and with."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, figure, panels
from figures.figure import Figure
from figures.style import COLORS, MUTED, styled
from simulator import simulate
from simulator.models.crystallization import crystallization
from simulator.parameter import NONNEGATIVE, POSITIVE, Parameter, resolve

STARTS = np.linspace(0.2, 0.95, 6)
LOOKS, HORIZON = 9, 12.0
NOISY = 40
OPTIONS = (
    Parameter("ease_ratio", 1.6, range=POSITIVE, meaning="ease of honesty over that of misalignment"),
    Parameter("noise", 0.05, range=NONNEGATIVE, meaning="noise on both distances, of the thin paths"),
)


def race(axes: Any = None, *, replicates: int = NOISY, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the race of internalization and deception: paths without noise on their hyperbolas, and noisy ones.

    Parameters
    ----------
    axes
        Matplotlib axes, or None for a figure of its own.
    replicates, seed
        Of the noisy paths, which all begin on the separatrix.
    parameters
        ease_ratio (of honesty over misalignment) and noise.
    """
    point = resolve(OPTIONS, parameters)
    starts = [(x, 1.0) for x in STARTS] + [(1.0, y) for y in STARTS]
    curves = [_path(start, point["ease_ratio"]) for start in starts]
    noisy = _noisy(point, replicates, seed)
    canvas = _drawn(axes, curves, noisy, point["ease_ratio"])
    off = max(float(np.max(np.abs(one.simulated - one.predicted))) for one in curves)
    winners = [
        int(theory.get("crystallization.race_winner")(start=start, ease=(1.0, point["ease_ratio"]))) for start in starts
    ]
    ended = [int(one.simulated[-1] < one.x[-1]) for one in curves]
    deceived = float(np.mean(noisy["honesty"][:, -1] < noisy["misalignment"][:, -1]))
    caption = (
        f"Training moves an agent down and to the left until it meets an axis: internalization on the left, deception "
        f"below. Points are the integrated law, lines its hyperbolas; the farthest point is {off:.1g} away, and "
        f"{sum(a == b for a, b in zip(winners, ended, strict=True))} of {len(starts)} ends are on the side that the "
        f"smaller x^2/ease says. The black line divides them; where honesty moves {point['ease_ratio']:g} times as "
        f"easily, it starts at y = {np.sqrt(point['ease_ratio']):.2f} x. What an agent has of misalignment where it "
        f"meets the lower axis is locked in. Thin paths begin on the line, with noise {point['noise']:g}: "
        f"{deceived:.0%} of {replicates} end in deception."
    )
    alt = (
        "A plane of misalignment and honesty, with curved paths from the upper and right edges. Those above a straight "
        "line through the origin bend to the left axis, those below it to the lower axis. Thin noisy paths follow the "
        "line toward the origin and fall off to either side."
    )
    return figure(
        "race", "Which route hides misalignment first", canvas, caption, alt, curves, "misalignment",
        {"experiment": crystallization.name, "law": crystallization.fingerprint, "parameters": point,
         "replicates": replicates, "seed": seed},
        ("crystallization.race_winner", "crystallization.race_remainder", "crystallization.critical_ease"),
    )  # fmt: skip


def _point(start: tuple[float, float], ratio: float) -> dict[str, Any]:
    return {"misalignment_start": start[0], "honesty_start": start[1], "honesty_ease": ratio}


def _path(start: tuple[float, float], ratio: float) -> Curve:
    """Integrate one start to its end; theory is honesty as a function of misalignment, by what is conserved."""
    ease = (1.0, ratio)
    end = float(theory.get("crystallization.decision_time")(start=start, ease=ease))
    times = np.linspace(0.0, min(end, HORIZON) * (1.0 + 1e-9), LOOKS)
    made = crystallization.experiment("flow", times=times, measures=("misalignment", "honesty"))
    found = simulate(made, replicates=2, discretization=False, **_point(start, ratio))
    x, y = (np.maximum(found[name].values, 0.0) for name in ("misalignment", "honesty"))
    fine = np.linspace(x[0], x[-1], 80)

    def honest(distance: Any) -> Any:
        return np.sqrt(np.maximum(start[1] ** 2 - ratio * (start[0] ** 2 - np.square(distance)), 0.0))

    return Curve(f"from {start[0]:.2f}, {start[1]:.2f}", x, y, honest(x), fine, honest(fine))


def _noisy(point: dict[str, Any], replicates: int, seed: int) -> dict[str, Any]:
    slope = float(np.sqrt(point["ease_ratio"]))
    start = (min(1.0, 1.0 / slope), min(1.0, slope))
    times = np.linspace(0.0, HORIZON / slope, 100)
    made = crystallization.experiment(method="stepped", times=times, measures=("misalignment", "honesty"), steps=400)
    found = simulate(
        made, replicates=max(replicates, 2), seed=seed, keep="samples", discretization=False,
        misalignment_noise=point["noise"], honesty_noise=point["noise"], **_point(start, point["ease_ratio"]),
    )  # fmt: skip
    return {name: found[f"{name}_samples"].values for name in ("misalignment", "honesty")}


def _drawn(axes: Any, curves: list[Curve], noisy: dict[str, Any], ratio: float) -> Any:
    canvas, upper = (axes.get_figure(root=True), axes) if axes is not None else panels(4.8)
    with styled():
        for x, y in zip(noisy["misalignment"], noisy["honesty"], strict=True):
            color = COLORS["vermilion"] if y[-1] < x[-1] else COLORS["blue"]
            upper.plot(x, y, color=color, linewidth=0.5, alpha=0.35, zorder=1)
        labels = {"blue": "internalization wins", "vermilion": "deception wins"}
        for one in curves:
            name = "vermilion" if one.simulated[-1] < one.x[-1] else "blue"
            upper.plot(one.curve_x, one.curve_y, color=COLORS[name], zorder=2)
            upper.plot(one.x, one.simulated, linestyle="", marker="o" if name == "blue" else "s", color=COLORS[name],
                       markeredgecolor="white", markeredgewidth=0.6, zorder=3,
                       label=labels.pop(name, None))  # fmt: skip
        line = np.array([0.0, 1.05])
        upper.plot(line, np.sqrt(ratio) * line, color=COLORS["black"], label="separatrix", zorder=2)
        upper.plot([], [], color=MUTED, linewidth=0.8, label="with noise")
        upper.set(xlim=(-0.02, 1.05), ylim=(-0.02, 1.05), xlabel="misalignment: distance of the goal",
                  ylabel="honesty: what shows of it")  # fmt: skip
        upper.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, borderaxespad=0.2, columnspacing=1.2)
    return canvas
