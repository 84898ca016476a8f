"""The figure of agreement: one law at every level of description, and how far each pair of them is apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from figures.figure import Figure
from figures.finish import check_replicates
from figures.style import COLORS, MUTED, WIDTH, styled
from theory.agreement import Comparison, agree, matrix
from theory.agreement.cases import cases

SIZES = (300, 3000)
AGENTS = 50  # individuals of each size, a replicate
SHOWN = (2e-4, 5e-2)  # relative differences between which the shade grows
LABELS = {"langevin": "langevin, K = sV", "moments": "moments, N infinite"}


def levels_agree(axes: Any = None, *, replicates: int = 4000, seed: int = 0, resolution: float = 0.1) -> Figure:
    """Draw the matrix of differences between the levels of description, and of the effects that would have shown.

    Parameters
    ----------
    axes
        Matplotlib axes to draw in, or None for a figure of its own.
    replicates, seed
        Of the simulation: 50 individuals of each population size a replicate; at least 400.
    resolution
        The effect that must be detectable, relative to each quantity's largest value, in (0, 1).
    """
    check_replicates(replicates)
    if not 0.0 < resolution < 1.0:
        raise ValueError(f"resolution: got {resolution}; must be in (0, 1); pass 0.1 for ten per cent")
    case = cases()[0]
    found = agree(case.law, times=case.times, closed=case.closed, populations=SIZES, agents=AGENTS * replicates,
                  seed=seed, resolution=resolution, **case.parameters)  # fmt: skip
    canvas = _drawn(found.comparisons, axes)
    judged = [one for one in found.comparisons if one.verdict != "not judged"]
    agreed = sum(one.verdict == "agrees" for one in judged)
    widest = max(one.largest / one.scale for one in judged)
    caption = (
        "One law, selection with mutation behind an open gate, as populations of "
        f"{SIZES[0]} and {SIZES[1]} individuals, in its moments, as independent learners whose K is the population's "
        "covariance times the strength of selection, without noise, and in closed form. Above the diagonal: how far "
        "two levels are apart at most, over mean and variance and all times. Below it: the effect that would have been "
        "found, margins declared beforehand included. Gray pairs are not judged: they would be compared by their own "
        f"difference. Of {len(judged)} comparisons {agreed} agree; the largest difference is {widest:.2%}."
    )
    alt = (
        "A square table of levels of description against each other, shaded by how far they are apart: differences of "
        f"at most {widest:.1%} above the diagonal, detectable effects below it."
    )
    provenance = {
        "experiment": case.law.name, "law": case.law.fingerprint, "parameters": case.parameters,
        "replicates": replicates, "seed": seed,
    }  # fmt: skip
    return Figure("levels_agree", "Every level says the same", canvas, caption, alt, _table(found.comparisons),
                  provenance, ("goal_drift.selected_variance", "goal_drift.selection_response"))  # fmt: skip


def _table(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    columns = (
        "left", "right", "quantity", "time", "difference", "standard_error", "margin", "scale", "effect", "largest",
    )  # fmt: skip
    table = {name: np.array([getattr(one, name) for one in comparisons]) for name in (*columns, "verdict")}
    beyond = np.sign(table["difference"]) * np.maximum(np.abs(table["difference"]) - table["margin"], 0.0)
    sampled = table["standard_error"] > 0.0
    error = np.where(sampled, table["standard_error"], 1.0)
    return table | {"deviation": np.where(sampled & (table["verdict"] != "not judged"), beyond / error, np.nan)}


def _drawn(comparisons: Sequence[Comparison], axes: Any) -> Any:
    names, largest, verdicts = matrix(comparisons)
    effects = _effects(comparisons, names)
    with styled():
        if axes is None:
            from matplotlib.figure import Figure as Canvas

            axes = Canvas(figsize=(WIDTH, 0.72 * WIDTH), layout="constrained").subplots()
        count = len(names)
        for row in range(count):
            for column in range(count):
                if row != column:
                    upper = column > row
                    value = largest[row, column] if upper else effects[row, column]
                    _cell(axes, row, column, value, str(verdicts[row, column]), upper)
        for edge in np.arange(count + 1) - 0.5:
            axes.axhline(edge, color="white", linewidth=1.5)
            axes.axvline(edge, color="white", linewidth=1.5)
        _label(axes, names)
    return axes.get_figure()


def _effects(comparisons: Sequence[Comparison], names: Sequence[str]) -> Any:
    effects = np.zeros((len(names), len(names)))
    for one in comparisons:
        i, j = names.index(one.left), names.index(one.right)
        effects[i, j] = effects[j, i] = max(effects[i, j], one.effect / one.scale)
    return effects


def _cell(axes: Any, row: int, column: int, value: float, verdict: str, shaded: bool) -> None:
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Rectangle

    judged = verdict != "not judged"
    low, high = np.log(SHOWN)
    depth = float(np.clip((np.log(max(value, 1e-12)) - low) / (high - low), 0.0, 1.0)) if shaded and judged else 0.0
    color = COLORS["vermilion"] if verdict == "disagrees" else COLORS["blue"]
    face = 1.0 - (0.08 + 0.5 * depth) * (1.0 - np.array(to_rgb(color))) if shaded and judged else np.full(3, 0.96)
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1.0, 1.0, facecolor=tuple(face), linewidth=0))
    if judged or shaded:
        mark = {"underpowered": "?", "disagrees": "!"}.get(verdict, "") if shaded else ""
        axes.text(column, row, _percent(value) + mark, ha="center", va="center", fontsize=8.5,
                  color=COLORS["black"] if judged and shaded else MUTED if judged else "#999999")  # fmt: skip


def _percent(value: float) -> str:
    return "0" if value < 5e-5 else f"{100.0 * value:.2f}" if value < 0.0995 else f"{100.0 * value:.0f}"


def _label(axes: Any, names: Sequence[str]) -> None:
    places = np.arange(len(names))
    labels = [LABELS.get(name, name.replace("N=", "of ")) for name in names]
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(places, labels)
    axes.set_xticks(places, labels, rotation=35, ha="right", rotation_mode="anchor")
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_title("difference (above the diagonal) and detectable effect (below), per cent", fontsize=9.5, color=MUTED)
