"""The figure of how often: changes of the lead against the number of circuits, by what they are drawn from."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.panel import agreement, comparison
from figures.style import MUTED, styled
from figures.succession.shared import alone, figure, series, simulated
from simulator.models.succession.laws import Exponential, Student
from simulator.models.succession.leaders import run
from simulator.parameter import Parameter, Range, resolve
from theory.succession.formulas import leading_successions

COUNTS = np.array([2, 3, 6, 10, 20, 50, 100, 200, 500, 1000])
FEW = COUNTS[COUNTS <= 500]
FINE = np.unique(np.geomspace(2.0, 1000.0, 32).round())
OPTIONS = (
    Parameter("correlation", 0.6, range=Range(-1.0, 1.0, True, True), meaning="of presence and quality, where given"),
    Parameter("freedom", 3.0, range=Range(low=0.5), meaning="degrees of freedom of the heavy tails"),
)


def how_often(axes: Any = None, *, replicates: int = 2500, seed: int = 0, **parameters: Any) -> Figure:
    """Draw how often the lead changes hands against the number of circuits.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation; at least 400 replicates.
    parameters
        correlation of presence and quality in one of the series; freedom, the exponent of heavy tails.
    """
    check_replicates(replicates)
    point = resolve(OPTIONS, parameters)
    expected, exponential = (theory.get(f"succession.{name}_successions") for name in ("expected", "exponential"))
    r = point["correlation"]
    laws = {
        "normal": ({}, COUNTS, lambda K: expected(circuits=K)),
        f"normal, correlated {r:g}": ({"correlation": r}, FEW, lambda K: expected(circuits=K, correlation=r)),
        "exponential": ({"presence": Exponential(), "quality": Exponential()}, FEW, lambda K: exponential(circuits=K)),
    }
    shown = [
        series(label, counts, _changes(counts, law, replicates, seed), formula, FINE)
        for label, (law, counts, formula) in laws.items()
    ]
    heavy = {"presence": Student(point["freedom"]), "quality": Student(point["freedom"])}
    tails = _changes(FEW, heavy, replicates, seed)
    canvas, upper, _ = comparison(
        shown, xlabel="number of circuits", ylabel="changes of the lead", xscale="log", axes=axes
    )
    label = f"heavy tails (t with {point['freedom']:g})"
    alone(upper, 3, label, FEW, tails)
    with styled():
        upper.plot(FINE, leading_successions(FINE), color=MUTED, linewidth=1.0, linestyle="--", zorder=1)
        upper.annotate(f"{label}, simulated", (FEW[-2], tails[0][-2] - 0.04), (FEW[-2], 0.75), fontsize=8.5,
                       ha="center", arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.8})  # fmt: skip
        upper.annotate(r"$\sqrt{\pi\,\ln K/2}$", (100.0, float(leading_successions(100.0))), (-6, 4),
                       textcoords="offset points", ha="right", fontsize=8.5, color=MUTED)  # fmt: skip
    hundred, million = (float(expected(circuits=K)) for K in (100, 1e6))
    caption = (
        f"How often the lead changes hands before the best circuit has it. Of normal circuits {hundred:.2f} times for "
        f"a hundred and {million:.2f} for a million: the root of a logarithm (dashed), slowly approached. If what is "
        f"present first is better too (correlation {r:g}), it changes hands less often by the same factor for any "
        "number. Exponential circuits do so as the logarithm's logarithm. For heavy tails no formula is drawn: the "
        f"simulation falls back to {tails[0][-1]:.2f} for {FEW[-1]} circuits. {agreement(shown)}"
    )
    alt = (
        "Changes of the lead against the number of circuits on a logarithmic axis. The curve for normal circuits rises "
        "to about three at a thousand, below its asymptote; that for correlated ones is a multiple of it; that for "
        "exponential ones bends over; simulated points of heavy tails rise and fall again toward one."
    )
    return figure(
        "how_often", "Better circuits take over several times, not endlessly", canvas, caption, alt, shown, "circuits",
        {"experiment": "succession", "parameters": point, "replicates": replicates, "seed": seed},
        ("succession.expected_successions", "succession.exponential_successions"), {label: (FEW, *tails)},
    )  # fmt: skip


def _changes(counts: Any, law: dict[str, Any], replicates: int, seed: int) -> tuple[Any, Any]:
    points = [{**law, "circuits": int(count)} for count in counts]
    return simulated(run(measures=("successions",)), "successions", points, replicates, seed)
