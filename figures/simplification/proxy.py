"""The figure of an aligned goal that decays to a simple proxy, at the pace of weight decay."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, draw, farthest, figure, panels, run
from figures.figure import Figure
from figures.style import MUTED, styled
from simulator.models.simplification import features, simplification
from simulator.parameter import Parameter, Range, resolve
from theory.simplification import until_misaligned
from theory.simplification.formulas import lasting_alignment

DEPTHS = (1.5, 2.0, 3.0, 6.0)
DECAYS = (0.01, 0.03, 0.1, 0.3, 1.0)
STIFFNESS = 1e4  # times the decay
OPTIONS = (
    features,
    Parameter("spread", 0.5, range=Range(0.0, 1.0, True, True), meaning="how far efficiencies reach from 1"),
)


def aligned_to_proxy(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the alignment of a goal that starts aligned in many features, and its half-life against weight decay.

    Parameters
    ----------
    axes
        Matplotlib axes for the alignment alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        features >= 2, and spread: efficiencies go from 1 + spread down to 1 - spread.
    """
    del replicates, seed
    point = resolve(OPTIONS, {"features": 12, **parameters})
    if point["features"] < 2:
        raise ValueError(f"features: got {point['features']}; must be at least 2, or nothing is lost; pass more")
    base, slopes = _goal(point)
    falling = [_falling(base, slopes, depth) for depth in DEPTHS]
    lives = [_half_lives(base, slopes, depth) for depth in DEPTHS] if axes is None else []
    proxy = lasting_alignment(base, slopes, 2.0)
    canvas = _drawn(axes, falling, lives, proxy)
    powers = [np.polyfit(np.log(one.x), np.log(one.simulated), 1)[0] for one in lives]
    caption = (
        f"A goal that starts exactly aligned, spread over {point['features']} features of efficiency "
        f"{1 + point['spread']:g} down to {1 - point['spread']:g}, and nothing in the reward against it. Left: weight "
        f"decay leaves one feature, a proxy of alignment {proxy:.2f} (dotted), in products of two or more weights; in "
        "shallower ones a blend of several. "
        + (
            f"Right: the time to lose half of what will be lost, against weight decay; the slopes of the "
            f"simulated points are {min(powers):.4f} to {max(powers):.4f}. "
            if lives
            else ""
        )
        + f"Lines are exact; the farthest point is {farthest([*falling, *lives]):.1g} of its value away, what a "
        f"stiffness of {STIFFNESS:g} decays leaves."
    )
    alt = (
        "Left, alignment against time falling from one, the sooner the deeper the product, to a dotted level. Right, "
        "half-life against weight decay on logarithmic axes: parallel lines of slope minus one. Simulated points lie "
        "on the lines."
    )
    return figure(
        "aligned_to_proxy", "An aligned goal decays to a proxy", canvas, caption, alt, [*falling, *lives],
        "decay_times_or_decay", {"experiment": simplification.name, "law": simplification.fingerprint,
                                 "parameters": point},
        ("simplification.alignment", "simplification.alignment_half_life"),
    )  # fmt: skip


def _goal(point: dict[str, Any]) -> tuple[Any, Any]:
    """Return an even goal of drive 1 and its features' efficiencies."""
    slopes = np.linspace(1.0 + point["spread"], 1.0 - point["spread"], point["features"])
    return np.full(point["features"], 1.0 / slopes.sum()), slopes


def _falling(base: Any, slopes: Any, depth: float) -> Curve:
    ages = np.array([0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.5, 6.0, 8.0, 10.0, 12.0])
    fine = np.linspace(0.0, ages[-1], 300)
    made = simplification.experiment("flow", times=ages, measures=("alignment",), solver="LSODA")
    found = run(made, features=base.size, efficiency=slopes, start=base, base=base, depth=depth,
                weight_decay=1.0, stiffness=STIFFNESS)  # fmt: skip
    exact = theory.get("simplification.alignment")
    given = {"start": base, "base": base, "efficiency": slopes, "weight_decay": 1.0, "depth": depth}
    return Curve(f"depth {depth:g}", ages, found.alignment.values, exact(**given, time=ages), fine,
                 exact(**given, time=fine))  # fmt: skip


def _half_lives(base: Any, slopes: Any, depth: float) -> Curve:
    """Integrate until half of what will be lost is lost, at several rates of decay."""
    exact = theory.get("simplification.alignment_half_life")
    given = {"base": base, "efficiency": slopes, "depth": depth}
    decays, fine = np.array(DECAYS), np.geomspace(DECAYS[0], DECAYS[-1], 50)
    made, level = until_misaligned(simplification, base, slopes, depth)
    found = [
        float(run(made, features=base.size, efficiency=slopes, start=base, base=base, depth=depth, weight_decay=decay,
                  stiffness=STIFFNESS * decay, level=level, time=40.0 / decay).stopping_time)
        for decay in DECAYS
    ]  # fmt: skip
    return Curve(f"half-life, depth {depth:g}", decays, np.array(found), exact(**given, weight_decay=decays), fine,
                 exact(**given, weight_decay=fine))  # fmt: skip


def _drawn(axes: Any, falling: list[Curve], lives: list[Curve], proxy: float) -> Any:
    if axes is not None:
        draw(axes, falling)
        return axes.get_figure(root=True)
    canvas, (left, right) = panels(3.9, columns=2)
    draw(left, falling)
    draw(right, lives)
    with styled():
        left.axhline(proxy, color=MUTED, linewidth=0.8, linestyle=":", zorder=1)
        left.set(xlabel="time (decay times of a weight)", ylabel="alignment", ylim=(0.0, 1.03))
        left.legend(loc="upper right", bbox_to_anchor=(1.0, 0.76))
        right.set(xscale="log", yscale="log", xlabel="weight decay (1/time)", ylabel="half-life of alignment")
    return canvas
