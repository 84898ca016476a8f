"""Ensembles with a context bit: whose goal it is outside training, and what decay makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.curve import Curve, figure, panels
from figures.figure import Figure
from figures.style import COLORS, MARKERS, styled
from witnesses.ensemble import witness
from witnesses.ensemble.forecasts import stored
from witnesses.ensemble.quantities import QUANTITIES, Answers, jackknifed
from witnesses.registration import Registration

PARTS = {"designer_share": "designers", "seed_share": "seed", "both_share": "both together"}
GATES = {"gate_0.5": 0.5, "gate_1": 1.0, "gate_2": 2.0, "gate_3": 3.0}
DECAYS = {"gate_2": 0.0, "decay_0.01": 0.01, "decay_0.03": 0.03}


def free_goals(axes: Any = None, *, replicates: int = 2, seed: int = 0) -> Figure:
    """Draw whose choice behavior outside training is, against the context bit, and against weight decay.

    Parameters
    ----------
    axes
        Matplotlib axes for the panel of the context bit alone, or None for a figure of its own.
    replicates, seed
        Not used: what is drawn is stored.
    """
    del replicates, seed
    by_gate, by_decay = ([_part(name, label, over) for name, label in PARTS.items()] for over in (GATES, DECAYS))
    simple = _part("complexity", "complexity", DECAYS)
    canvas, drawn = panels(3.6, columns=3) if axes is None else (axes.get_figure(root=True), [axes])
    with styled():
        _draw(drawn[0], by_gate, GATES, "size of the context bit")
        drawn[0].set(ylabel="share of the variance outside", ylim=(0.0, 1.0))
        if len(drawn) > 1:
            _draw(drawn[1], by_decay, DECAYS, "weight decay")
            drawn[1].set(ylim=(0.0, 1.0))
            _draw(drawn[2], [simple], DECAYS, "weight decay", first=3)
            drawn[2].set(ylabel="complexity outside", ylim=(0.0, None))
            drawn[2].set_yticks([0.0, 0.01, 0.02, 0.03, 0.04], ["0", "1 %", "2 %", "3 %", "4 %"])
            for one in drawn[1:]:
                one.set_xticks(list(DECAYS.values()), ["0", "0.01", "0.03"])
            canvas.legend(*drawn[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=8.0)
    registration = _last()
    origin = {
        "registration": registration.hash, "seeds": list(registration.seeds), "runs": "python -m witnesses ensemble",
        "command": "python -m figures free_goals",
    }  # fmt: skip
    return figure("free_goals", "Whose goal is it outside training?", canvas, _caption(by_gate, by_decay, simple), _ALT,
                  [*by_gate, *by_decay, simple], "context_or_decay", origin, ())  # fmt: skip


_ALT = (
    "Left, shares of the variance of behavior outside training against the size of the context bit: the designers' "
    "falls from nine tenths to a tenth, the seed's rises to nine tenths, that of both together stays about a tenth. "
    "Middle, the same against weight decay: the designers' share rises, the seed's falls. Right, complexity outside "
    "falls with decay. Points lie near the lines of the law whose operator moves; dashed lines of a held operator "
    "depart with decay."
)


def _caption(by_gate: Sequence[Curve], by_decay: Sequence[Curve], simple: Curve) -> str:
    registration = _last()
    alike = max(_found(registration.number, "alike_in_training", name)[0] for name in (*GATES, *DECAYS))
    chosen, together, drawn = by_gate[0].simulated, by_gate[2].simulated, by_decay[0].simulated
    return (
        f"{len(registration.seeds)} seeds times {registration.settings['designers']} designers' goals, the same reward "
        "in training, nothing asked where the context bit says it is no training; points with two standard errors. In "
        f"training all answer alike: seeds bring at most {alike:.1%} of the variance that designers do (G5). Left: "
        f"outside, the designers' choice explains {chosen[0]:.0%} of the variance with a faint context bit and "
        f"{chosen[-1]:.0%} with a strong one, the seed most of the rest (G2); {together.max():.0%} at most is changed "
        f"by the choice without being chosen (G3). Middle: weight decay brings the designers' share from "
        f"{drawn[0]:.0%} to {drawn[-1]:.0%}, for it removes what no training holds. Right: what it leaves is simpler "
        f"(W2): {simple.simulated[0]:.1%} of it took several bits at once, then {simple.simulated[-1]:.1%}. Lines: K "
        "measured in untrained networks, moving as products of weights do (solid) or held (dashed)."
        " With decay the moving one is nearer in everything but complexity: what it holds, which units a question "
        "opens, moves too."
    )


def _last() -> Registration:
    """Return the latest registration, whose law lets K move."""
    return witness.registrations[-1]


def _part(name: str, label: str, over: dict[str, float]) -> Curve:
    """Return a quantity against gate or decay: measured, and as registered with an operator that moves."""
    registration = _last()
    found = np.array([_found(registration.number, name, one)[0] for one in over])
    said = np.array([registration[f"{name}.{one}"].value for one in over])
    x = np.array(list(over.values()))
    return Curve(label, x, found, said, x, said)


@cache
def _answers(number: int) -> dict[str, Answers]:
    registration = witness.registrations[number - 1]
    return stored(registration.settings, witness.data(registration, "answers").columns)


@cache
def _found(number: int, name: str, setting: str) -> tuple[float, float]:
    """Return what came out of a registration's quantity at a setting, and its standard error."""
    of: Callable[[Answers], float] = {one.name: one.of for one in QUANTITIES}[name]
    return jackknifed(of, _answers(number)[setting])


def _draw(axes: Any, curves: Sequence[Curve], over: dict[str, float], xlabel: str, first: int = 0) -> None:
    colors = tuple(COLORS.values())
    names = dict(zip(PARTS.values(), PARTS, strict=True)) | {"complexity": "complexity"}
    held, moving = witness.registrations[0], _last()
    for index, one in enumerate(curves, start=first):
        name = names[one.label]
        error: NDArray[np.float64] = np.array([2.0 * _found(moving.number, name, setting)[1] for setting in over])
        earlier = [held[f"{name}.{setting}"].value for setting in over]
        axes.plot(one.x, earlier, linestyle="--", linewidth=1.0, color=colors[index])
        axes.plot(one.curve_x, one.curve_y, color=colors[index])
        axes.errorbar(one.x, one.simulated, error, linestyle="", marker=MARKERS[index], color=colors[index],
                      markeredgecolor="white", markeredgewidth=0.5, label=one.label, zorder=3)  # fmt: skip
    axes.set(xlabel=xlabel)
