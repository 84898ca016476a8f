"""The figure of the frontier: misbehavior removed against interpretability lost, technique by technique."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, draw, farthest, figure, panels, run
from figures.figure import Figure
from figures.style import COLORS, MUTED, styled
from simulator.models.probe_selection.rotation import raw, selected, trained, until_settled
from simulator.parameter import POSITIVE, Parameter, Range, resolve

DIM = 16
PATIENCE = 1e3
PARTS = np.linspace(0.0, 1.0, 9)  # of the time that a technique takes
OPTIONS = (
    Parameter("strength", 1.0, "m_0", POSITIVE, meaning="strength at the start"),
    Parameter("angle", 0.5, r"\phi_0", Range(0.0, np.pi / 2, True, True), "rad", "angle to the probe at the start"),
    Parameter("readout_noise", 0.5, r"\sigma_r", POSITIVE, meaning="standard deviation of a rollout's score"),
)
# Per technique its law, and its metrics: the first and the last are ratios of variances, and of eases.
SELECTIONS = {"selection, variances 9 : 1": (9.0, 1.0), "selection, variances 1 : 1": (1.0, 1.0)}
GRADIENTS = {"gradient, eases 1 : 3": (1.0, 3.0), "gradient, eases 1 : 15": (1.0, 15.0)}


def frontier(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the share of misbehavior removed against the AUC lost at reference strength, for every technique.

    Parameters
    ----------
    axes
        Matplotlib axes, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        strength and angle at the start, readout_noise of the probe.
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    curves = [
        *(_technique(label, selected, {"strength_variance": one, "angle_variance": two}, one / two, point)
          for label, (one, two) in SELECTIONS.items()),
        *(_technique(label, trained, {"ease_strength": one, "ease_angle": two}, one / two, point)
          for label, (one, two) in GRADIENTS.items()),
        _raw(point),
        _frozen(point),
    ]  # fmt: skip
    ratios = [one / two for one, two in (*SELECTIONS.values(), *GRADIENTS.values())]
    slopes = [float(theory.get("probe_selection.frontier_slope")(**point, ratio=one)) for one in ratios]
    canvas = _drawn(axes, curves, slopes, point)
    whole = float(theory.get("probe_selection.probe_auc")(**point))
    caption = (
        f"A probe of AUC {whole:.3f} at the start. Each technique removes misbehavior and turns the feature; how much "
        f"of the first for how much AUC (at the strength of the start) begins with the slope of its K_m/K_phi "
        f"(dashed), here {', '.join(f'{one:.3g}' for one in slopes[:-1])} and {slopes[-1]:.3g}, in proportion to "
        f"{', '.join(f'{one:.2g}' for one in ratios[:-1])} and {ratios[-1]:.2g}. The techniques that end at 1 have "
        f"removed everything; the others end with the probe blind. Read on a frozen copy, the feature is not turned. "
        f"Lines are theory, points real vectors of {DIM} components; the farthest is {farthest(curves, 1.0):.0e} away."
    )
    alt = (
        "Share of misbehavior removed against AUC lost: selection with large variance in strength climbs almost "
        "straight up to one, equal variances climb slower, gradients through the probe and the raw vector run far to "
        "the right and end below one, at the AUC of a blind probe. A frozen copy climbs vertically."
    )
    return figure(
        "frontier", "What a technique removes, and what it costs", canvas, caption, alt, curves, "auc_lost",
        {"experiment": trained.name, "law": trained.fingerprint, "parameters": {**point, "dim": DIM}},
        ("probe_selection.frontier", "probe_selection.frontier_slope", "probe_selection.probe_auc",
         "probe_selection.angle_at_elimination", "probe_selection.raw_residual"),
    )  # fmt: skip


def _way(law: Any, metrics: dict[str, float], point: dict[str, Any]) -> tuple[Any, Any]:
    """Return AUC lost and misbehavior removed of real vectors on their way, from the start to where they settle."""
    start = {"initial_strength": point["strength"], "initial_angle": point["angle"],
             "readout_noise": point["readout_noise"], "dim": DIM, **metrics}  # fmt: skip
    settled = until_settled(law)
    end = float(run(settled.experiment("flow", measures=()), **start, time=PATIENCE).stopping_time)
    # One time beyond the end: a run that ends just where the reward has its corner interpolates across it.
    times = [*PARTS[1:] * end, 2.0 * end]
    found = run(settled.experiment("flow", measures=("lost", "removed"), times=times), **start)
    lost, removed = (np.concatenate([[0.0], found[name].values[:-1]]) for name in ("lost", "removed"))
    return lost, removed


def _technique(label: str, law: Any, metrics: dict[str, float], ratio: float, point: dict[str, Any]) -> Curve:
    lost, removed = _way(law, metrics, point)

    def formula(at: Any) -> Any:
        return theory.get("probe_selection.frontier")(**point, ratio=ratio, lost=at) / point["strength"]

    # Where the misbehavior goes first, its last bit goes at hardly any further loss: places are closest there.
    fine = lost[-1] * np.concatenate([np.linspace(0.0, 0.9, 150), 1.0 - np.geomspace(0.1, 1e-9, 100)])
    return Curve(label, lost, removed / point["strength"], formula(lost), fine, formula(fine))


def _raw(point: dict[str, Any]) -> Curve:
    """Return the raw vector's frontier: 1 - m/m_0 = 1 - sin(phi_0)/sin(phi)."""
    lost, removed = _way(raw, {"ease_strength": 1.0}, point)
    residual = theory.get("probe_selection.raw_residual")(strength=1.0, angle=point["angle"])
    fine = np.linspace(point["angle"], np.pi / 2, 2000)
    given_up, share = _lost(fine, point), 1.0 - residual / np.sin(fine)
    at = np.interp(lost, given_up, share)
    return Curve("gradient, raw vector", lost, removed / point["strength"], at, given_up, share)


def _lost(angle: Any, point: dict[str, Any]) -> Any:
    auc = theory.get("probe_selection.probe_auc")
    return auc(**point) - auc(**{**point, "angle": angle})


def _frozen(point: dict[str, Any]) -> Curve:
    """Return the technique whose probe reads a frozen copy, where turning the feature has no effect: K_phi = 0."""
    lost, removed = _way(trained, {"ease_strength": 1.0, "ease_angle": 0.0}, point)
    share = removed / point["strength"]
    return Curve("probe on a frozen copy", lost, share, share, np.zeros(2), np.array([0.0, 1.0]))


def _drawn(axes: Any, curves: list[Curve], slopes: list[float], point: dict[str, Any]) -> Any:
    canvas, upper = (axes.get_figure(root=True), axes) if axes is not None else panels(4.4)
    room = float(_lost(np.pi / 2, point))
    draw(upper, curves)
    with styled():
        for slope, color in zip(slopes, COLORS.values(), strict=False):
            reach = min(0.35 * room, 1.0 * point["strength"] / slope)
            upper.plot([0.0, reach], [0.0, slope * reach / point["strength"]], color=color, linestyle="--",
                       linewidth=0.9, zorder=1)  # fmt: skip
        upper.axvline(room, color=MUTED, linewidth=0.8, linestyle=":")
        upper.set(xlabel="AUC lost, at the strength of the start", ylabel="share of misbehavior removed",
                  xlim=(-0.02 * room, 1.06 * room), ylim=(-0.03, 1.05))  # fmt: skip
        upper.legend(fontsize=8.0, loc="upper right", bbox_to_anchor=(0.93, 1.0))
    return canvas
