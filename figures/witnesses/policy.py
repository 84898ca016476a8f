"""A policy that a probe watches: where the probe is put decides, and what the law of one misbehavior leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.curve import Curve, figure, panels
from figures.figure import Figure
from figures.style import COLORS, MARKERS, MUTED, styled
from witnesses.outcome import mean
from witnesses.policy import witness
from witnesses.policy.forecasts import measured_before, paths, stored
from witnesses.policy.law import Path
from witnesses.policy.quantities import of_table

NAMES = {
    "none": "no probe", "reward": "in the reward", "loss": "in the loss", "frozen": "in the reward, frozen",
    "retrained": "in the reward, retrained",
}  # fmt: skip
ONE, TYPES = 0, 1  # places of the registrations: steps are honest or not, or of four types


@dataclass(frozen=True, eq=False)
class Points:
    """A measured course: means over seeds, their standard errors, and the law's path.

    Parameters
    ----------
    curve
        As in every figure without error bars of its own.
    error
        Standard errors, shape (points,).
    """

    curve: Curve
    error: NDArray[np.float64]


def watched_policy(axes: Any = None, *, replicates: int = 2, seed: int = 0) -> Figure:
    """Draw misbehavior and the probe's recall along training, for each place where a probe can be put.

    Parameters
    ----------
    axes
        Matplotlib axes for the panel of misbehavior alone, or None for a figure of its own.
    replicates, seed
        Not used: what is drawn is stored.
    """
    del replicates, seed
    bad = [_course(TYPES, "strong", name, "misbehavior", label) for name, label in NAMES.items()]
    seen = [_course(TYPES, "strong", name, "recall", label) for name, label in NAMES.items() if name != "none"]
    canvas, drawn = panels(4.0, columns=2) if axes is None else (axes.get_figure(root=True), (axes, None))
    with styled():
        _draw(drawn[0], bad)
        drawn[0].set(yscale="log", ylabel="steps that misbehave")
        drawn[0].set_yticks([0.01, 0.03, 0.1, 0.3, 1.0], ["1 %", "3 %", "10 %", "30 %", "100 %"])
        drawn[0].set_yticks([], minor=True)
        if drawn[1] is not None:
            _draw(drawn[1], seen, first=1)
            drawn[1].set(ylabel="recall of the probe", ylim=(0.0, 1.0))
            drawn[1].axhline(0.5, color=MUTED, linewidth=0.6, linestyle=":")
            handles = drawn[0].get_legend_handles_labels()
            canvas.legend(*handles, loc="outside upper center", ncols=3, fontsize=8.0)
    return _figure("watched_policy", "Where the probe is put decides", canvas, _watched_caption(bad, seen),
                   _WATCHED_ALT, [*bad, *seen], TYPES)  # fmt: skip


def overlooked_traits(axes: Any = None, *, replicates: int = 2, seed: int = 0) -> Figure:
    """Draw what the law of one misbehavior missed, and what became of it once it told steps and base rates apart.

    Parameters
    ----------
    axes
        Matplotlib axes for the panel of the weak penalty alone, or None for a figure of its own.
    replicates, seed
        Not used: what is drawn is stored.
    """
    del replicates, seed
    words = ("one misbehavior", "types of steps")
    weak = [_course(place, "weak", "reward", "misbehavior", words[place]) for place in (ONE, TYPES)]
    words = ("scores come back", "scores know the base rate")
    seen = [_course(place, "strong", "retrained", "recall", words[place]) for place in (ONE, TYPES)]
    canvas, drawn = panels(3.6, columns=2) if axes is None else (axes.get_figure(root=True), (axes, None))
    with styled():
        for one, courses in zip(drawn, (weak, seen), strict=True):
            if one is not None:
                _draw(one, courses)
                one.set(ylim=(0.0, None))
                one.legend(loc="lower left", fontsize=8.0)
        drawn[0].set(ylabel="steps that misbehave")
        if drawn[1] is not None:
            drawn[1].set(ylabel="recall of the retrained probe", ylim=(0.0, 1.0))
    return _figure("overlooked_traits", "What the law of one misbehavior left out", canvas,
                   _overlooked_caption(weak, seen), _OVERLOOKED_ALT, [*weak, *seen], TYPES)  # fmt: skip


_WATCHED_ALT = (
    "Left, misbehavior against updates on logarithmic axes for five techniques: without a probe and with the probe in "
    "the loss it rises to one; with the probe in the reward, frozen or retrained, it falls to about one percent. "
    "Right, recall: with the probe in the loss it is lost within forty updates, else it stays above a half or falls "
    "slowly. Points lie near the law's lines but for the rise of misbehavior, which is faster."
)
_OVERLOOKED_ALT = (
    "Left, misbehavior against updates under a weak penalty: the first law's line stays where it began while points "
    "fall to some percent along the second law's line. Right, recall of a retrained probe: the first law's line is "
    "flat, points fall along the second law's line."
)


def _watched_caption(bad: Sequence[Points], seen: Sequence[Points]) -> str:
    last = {one.curve.label: one.curve for one in bad}
    blind = {one.curve.label: one.curve for one in seen}

    def found(name: str) -> str:
        one = last[NAMES[name]]
        return f"{one.simulated[-1]:.1%} (law {one.predicted[-1]:.1%})"

    early = blind[NAMES["loss"]]
    at = int(np.flatnonzero(early.x == 40)[0])
    return (
        f"A policy trained by REINFORCE where misbehavior pays, {len(witness.registrations[TYPES].seeds)} seeds, "
        "points with two standard errors; lines are the law, its K measured in other policies before any training. "
        f"After {bad[0].curve.x[-1]:.0f} updates misbehavior is at {found('reward')} with the probe in the reward, "
        f"{found('frozen')} with a frozen one, {found('retrained')} with a retrained one, and {found('loss')} with the "
        f"probe in the loss, whose recall is down to {early.simulated[at]:.0%} after {early.x[at]:.0f} updates (law "
        f"{early.predicted[at]:.0%}). Where misbehavior rises it outruns the law: K of its log odds grows on the way."
    )


def _overlooked_caption(weak: Sequence[Points], seen: Sequence[Points]) -> str:
    first, second = (one.curve for one in weak)
    flat, falling = (one.curve for one in seen)
    return (
        f"Two failures and their causes. Left: penalty of weight 0.2. The law of one misbehavior foresaw "
        f"{first.predicted[-1]:.0%} after {first.x[-1]:.0f} updates and {first.simulated[-1]:.1%} came out: what an "
        "honest step is paid rises as the policy learns to answer, so that misbehavior stops to pay. A law that tells "
        f"right, wrong, overt and subtle steps apart, registered anew, foresaw {second.predicted[-1]:.1%}; "
        f"{second.simulated[-1]:.1%} came out. Right: recall of a probe fitted anew every 20 updates. It does not come "
        f"back ({flat.predicted[-1]:.0%} foreseen, {flat.simulated[-1]:.0%} found), for its scores are log odds, which "
        f"fall as misbehavior grows rare; with that, {falling.predicted[-1]:.0%} was foreseen and "
        f"{falling.simulated[-1]:.0%} found. Fresh seeds each time; points with two standard errors."
    )


def _course(place: int, setting: str, technique: str, measure: str, label: str) -> Points:
    """Return a registration's measured course, and the law's path as it was registered."""
    registration = witness.registrations[place]
    said = registration.settings
    line = np.asarray(getattr(_law(place)[setting, technique], measure)).mean(axis=1)
    view = of_table(witness.data(registration, "training").columns)
    times = [time for time in said["times"] if 0 < time < len(line)]
    found = np.array([mean(view(setting, technique, measure, time)) for time in times])
    curve = Curve(label, np.array(times, dtype=np.float64), found[:, 0], line[times],
                  np.arange(4, len(line), dtype=np.float64), line[4:])  # fmt: skip
    return Points(curve, found[:, 1])


@cache
def _law(place: int) -> dict[tuple[str, str], Path]:
    """Return the law's paths of a registration, from what was measured before it."""
    registration = witness.registrations[place]
    return paths(registration.settings, stored(registration.settings, measured_before(registration.number)))


def _draw(axes: Any, courses: Sequence[Points], first: int = 0) -> None:
    colors = tuple(COLORS.values())
    for index, one in enumerate(courses, start=first):
        curve = one.curve
        axes.plot(curve.curve_x, curve.curve_y, color=colors[index], zorder=2)
        axes.errorbar(curve.x, curve.simulated, 2.0 * one.error, linestyle="", marker=MARKERS[index],
                      color=colors[index], markeredgecolor="white", markeredgewidth=0.5, label=curve.label,
                      zorder=3)  # fmt: skip
    axes.set(xscale="log", xlabel="updates")
    axes.set_xticks([5, 20, 80, 300], ["5", "20", "80", "300"])
    axes.set_xticks([], minor=True)


def _figure(
    name: str, title: str, canvas: Any, caption: str, alt: str, courses: Sequence[Points], place: int
) -> Figure:  # fmt: skip
    registration = witness.registrations[place]
    origin = {
        "registration": registration.hash, "seeds": list(registration.seeds), "runs": "python -m witnesses policy",
        "command": f"python -m figures {name}",
    }  # fmt: skip
    return figure(name, title, canvas, caption, alt, [one.curve for one in courses], "updates", origin, ())
