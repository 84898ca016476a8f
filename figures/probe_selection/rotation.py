"""The figure of rotation: strength and angle on their way, and what is left of the misbehavior."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, draw, farthest, figure, panels, run
from figures.figure import Figure
from figures.style import COLORS, MUTED, styled
from simulator.models.probe_selection.rotation import punished, selected, trained, until_settled
from simulator.parameter import POSITIVE, Parameter, Range, resolve

RIGHT = np.pi / 2
DIM = 16
PATIENCE = 1e3
PATHS = (0.1, 0.4, 0.8, 1.25)  # of the threshold
RATIOS = np.geomspace(0.05, 1.6, 12)  # of the threshold
PARTS = np.array([0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0])  # of the time that a path takes
BEYOND = np.array([0.15, 0.3, 0.5, 0.75, 1.0, 1.3])  # of the time to the blind direction, after it
OPTIONS = (
    Parameter("strength", 1.0, "m_0", POSITIVE, meaning="strength at the start"),
    Parameter("angle", 0.6, r"\phi_0", Range(0.0, RIGHT, True, True), "rad", "angle to the probe at the start"),
)


def rotation(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw how a probed feature shrinks and turns on the lines of its invariant, and what that leaves.

    Parameters
    ----------
    axes
        Matplotlib axes for the trajectories alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        strength and angle at the start.
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    threshold = float(theory.get("probe_selection.elimination_threshold")(**point))
    paths = [_path(part * threshold, part, point) for part in PATHS]
    growing = _punished(PATHS[1] * threshold, point)
    left = [_left(law, label, threshold, point) for law, label in ((trained, "gradient"), (selected, "selection"))]
    canvas = _drawn(axes, paths, growing, left, threshold)
    kept = float(theory.get("probe_selection.residual_misbehavior")(**point, ratio=PATHS[0] * threshold))
    raw = float(theory.get("probe_selection.raw_residual")(**point))
    everything = [*paths, growing, *left]
    caption = (
        f"A feature of strength {point['strength']:g} at {point['angle']:g} rad from the probe, as a real vector of "
        f"{DIM} components. Left: on its way it keeps an invariant (lines); where turning is cheap it goes out of "
        f"sight with {kept:.2f} of its strength left, where it is dear the misbehavior is gone before. Open points: a "
        f"reward that also pays for negative scores turns it on, and it grows again. Right: the ratio K_m/K_phi alone "
        f"decides, at {threshold:.2f}, for a gradient through the probe as for selection; a raw vector under plain "
        f"gradient descent (dotted) would keep {raw:.2f}. The farthest point is "
        f"{farthest(everything, point['strength']):.0e} of the start from its line."
    )
    alt = (
        "Left, curves of strength against angle: most end at the blind direction with some strength left, one ends at "
        "strength zero; beyond the blind direction one continues upward. Right, what is left against the ratio: it "
        "falls from almost all to nothing at the threshold, points of both learners on one line."
    )
    return figure(
        "rotation", "Out of sight, or gone", canvas, caption, alt, everything, "angle_or_ratio",
        {"experiment": trained.name, "law": trained.fingerprint, "parameters": {**point, "dim": DIM}},
        ("probe_selection.residual_misbehavior", "probe_selection.residual_of_selection",
         "probe_selection.elimination_threshold", "probe_selection.punished_strength"),
    )  # fmt: skip


def _start(point: dict[str, Any], ratio: float) -> dict[str, Any]:
    return {"initial_strength": point["strength"], "initial_angle": point["angle"], "ease_strength": ratio,
            "ease_angle": 1.0}  # fmt: skip


def _along(point: dict[str, Any], ratio: float, turned: Any) -> Any:
    """Return the invariant's strength at angles, 0 where it has none."""
    found = theory.get("probe_selection.punished_strength")(**point, ratio=ratio, turned=turned)
    return np.nan_to_num(found)


def _path(ratio: float, part: float, point: dict[str, Any]) -> Curve:
    """Return one trajectory until it is settled, its angle in right angles."""
    settled = until_settled(trained)
    start = {**_start(point, ratio), "dim": DIM}
    end = float(run(settled.experiment("flow", measures=()), **start, time=PATIENCE).stopping_time)
    # One time beyond the end: a run that ends just where the reward has its corner interpolates across it.
    times = [*PARTS[1:] * end, 2.0 * end]
    found = run(settled.experiment("flow", measures=("misbehavior", "cosine"), times=times), **start)
    turned = np.concatenate([[point["angle"]], np.arccos(found.cosine.values[:-1])])
    strength = np.concatenate([[point["strength"]], found.misbehavior.values[:-1]])
    fine = np.linspace(point["angle"], turned[-1], 200)
    return Curve(f"{part:g} of the threshold", turned / RIGHT, strength, _along(point, ratio, turned), fine / RIGHT,
                 _along(point, ratio, fine))  # fmt: skip


def _punished(ratio: float, point: dict[str, Any]) -> Curve:
    """Return how the second trajectory goes on beyond the blind direction where negative scores are paid for."""
    start, settled = _start(point, ratio), until_settled(punished)
    blind = float(run(settled.experiment("flow", measures=()), **start, time=PATIENCE).stopping_time)
    found = run(punished.experiment("flow", measures=("misbehavior", "angle"), times=(1.0 + BEYOND) * blind), **start)
    turned = found.angle.values
    fine = np.linspace(RIGHT, turned[-1], 100)
    return Curve(f"{PATHS[1]:g}, negative scores paid for", turned / RIGHT, found.misbehavior.values,
                 _along(point, ratio, turned), fine / RIGHT, _along(point, ratio, fine))  # fmt: skip


def _left(law: Any, label: str, threshold: float, point: dict[str, Any]) -> Curve:
    """Return what a learner leaves, by its ratio: each learner at ratios of its own, or one would hide the other."""
    made = until_settled(law).experiment("flow", measures=("misbehavior",))
    ratios = threshold * (RATIOS[::2] if law is trained else RATIOS[1::2])
    found = []
    for ratio in ratios:
        metrics = {"ease_strength": ratio, "ease_angle": 1.0} if law is trained else {
            "strength_variance": 0.01 * ratio, "angle_variance": 0.01, "selection": 100.0
        }  # fmt: skip
        found.append(float(run(made, initial_strength=point["strength"], initial_angle=point["angle"], dim=DIM,
                               time=PATIENCE, **metrics).misbehavior))  # fmt: skip
    residual = theory.get("probe_selection.residual_misbehavior")
    # The line falls steeply to the threshold: places on it are closest there.
    close = np.concatenate([np.geomspace(RATIOS[0], 0.9, 60), 1.0 - np.geomspace(0.1, 1e-6, 80), [1.0, RATIOS[-1]]])
    fine = threshold * close
    return Curve(label, ratios, np.array(found), residual(**point, ratio=ratios), fine, residual(**point, ratio=fine))


def _drawn(axes: Any, paths: list[Curve], growing: Curve, left: list[Curve], threshold: float) -> Any:
    if axes is not None:
        _trajectories(axes, paths, growing)
        return axes.get_figure(root=True)
    canvas, (one, other) = panels(3.9, columns=2)
    _trajectories(one, paths, growing)
    draw(other, left, first=len(paths))
    with styled():
        strength = float(paths[0].simulated[0])
        raw = strength * np.sin(paths[0].x[0] * RIGHT)
        other.axhline(raw, color=MUTED, linewidth=0.9, linestyle=":")
        other.axvline(threshold, color=MUTED, linewidth=0.9, linestyle=":")
        other.text(threshold * 0.93, 0.98, "threshold", fontsize=8.0, ha="right", va="top", color=MUTED,
                   transform=other.get_xaxis_transform())  # fmt: skip
        other.text(0.02, raw, "raw vector", fontsize=8.0, ha="left", va="bottom", color=MUTED,
                   transform=other.get_yaxis_transform())  # fmt: skip
        other.set(
            xscale="log", xlabel=r"$K_m/K_\phi$", ylabel="strength left", ylim=(-0.04 * strength, 1.05 * strength)
        )
        other.set_xticks(*_ticks(left[0].curve_x))
        other.set_xticks([], minor=True)
        other.legend(fontsize=8.0, loc="lower left")
    return canvas


def _ticks(over: Any) -> tuple[list[float], list[str]]:
    inside = [one for one in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0) if over[0] <= one <= over[-1]]
    return inside, [f"{one:g}" for one in inside]


def _trajectories(axes: Any, paths: list[Curve], growing: Curve) -> None:
    draw(axes, paths)
    with styled():
        axes.plot(growing.curve_x, growing.curve_y, color=COLORS["vermilion"], linestyle="--", zorder=2)
        axes.plot(growing.x, growing.simulated, linestyle="", marker="s", color=COLORS["vermilion"],
                  markerfacecolor="white", label=growing.label, zorder=3)  # fmt: skip
        axes.axvline(1.0, ymax=0.7, color=MUTED, linewidth=0.8, linestyle=":")
        axes.set(xlabel="angle to the probe (right angles)", ylabel="strength",
                 ylim=(-0.04 * paths[0].simulated[0], 1.6 * paths[0].simulated[0]))  # fmt: skip
        axes.legend(fontsize=7.5, loc="upper left")
