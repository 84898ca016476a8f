"""The network that groks: its courses and its jumps, beside the law that was fitted before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from figures.curve import Curve, figure, run
from figures.figure import Figure
from figures.style import COLORS, MARKERS, MUTED, WIDTH, styled
from simulator.models.grokking import grokking
from witnesses.grokking import witness
from witnesses.grokking.early import Fit
from witnesses.grokking.outcomes import judge
from witnesses.grokking.predictions import jump
from witnesses.registration import Registration

HIGHEST = 3000.0  # of the axis of times
SIZES = (80, 100, 130, 160)
LAWS = ("grokking.grokking_time_logistic", "grokking.critical_data_size")


def network_groks(axes: Any = None, *, replicates: int = 2, seed: int = 0) -> Figure:
    """Draw how much of the margin generalizes along training, and when half of it does, by weight decay and by data.

    Parameters
    ----------
    axes
        Matplotlib axes for the panel of courses alone, or None for a figure of its own.
    replicates, seed
        Not used: what is drawn is stored.
    """
    del replicates, seed
    registration = witness.registrations[0]
    tables = witness.tables(registration)
    laws = _laws(registration)
    found = judge(registration, tables)
    course, spread = _course(registration, tables["courses"], laws)
    decays = _against(registration, found, "decay", registration.settings["decays"], laws)
    sizes = _against(registration, found, "size", SIZES, laws)
    canvas = _drawn(axes, (course, spread), decays, sizes, registration)
    return figure(
        "network_groks", "A network that groks, and the law fitted before it did", canvas,
        _caption(registration, found), _ALT, [course, decays[0], sizes[0]], "time_decay_or_size",
        {"registration": registration.hash, "command": "python -m figures network_groks",
         "runs": "python -m witnesses grokking", "seeds": list(registration.seeds)}, LAWS,
    )  # fmt: skip


_ALT = (
    "Top, the share of the training margin that carries over to fresh examples against time: points that rise from "
    "near zero as the law's curve does, cross one half a little after it, and level off below one, where the law goes "
    "on. Below, the time at which half carries over: it falls with weight decay, and with the number of examples; with "
    "80 most networks never get there, where the law has a time."
)


def _caption(registration: Registration, found: Any) -> str:
    base = f"jump_time.decay_{registration.settings['weight_decay']:g}"
    slope, kept = found["decay_exponent"], found["memorized_in_the_end"]
    return (
        "A two-layer network learns the parity of two of forty bits. Top: share of the training margin that carries "
        f"over to fresh examples, {registration.settings['size']} examples; points are medians of "
        f"{len(registration.seeds)} runs, bars their quartiles, the line is the two-circuit law as it was fitted, in "
        "the shaded time, on other runs. Below: when half carries over (medians with two standard errors); lines and "
        f"bands are what was registered. At the middle decay {registration[base].value:.0f} was predicted, "
        f"{found[base][0]:.0f} found; the time goes as weight decay to the power {slope[0]:.2f} ± {slope[1]:.2f}, "
        f"predicted {registration['decay_exponent'].value:.2f}. But the law cleans memory up, and the network keeps "
        f"{kept[0]:.0%} of its margin memorized: in the neurons that generalize, not in others."
    )


def _laws(registration: Registration) -> list[Fit]:
    """Return the laws that the registration was fitted to at its base size."""
    from witnesses import outcome

    early = outcome.read(witness.directory / "data" / f"fit{registration.number:02d}-early.csv")
    rows = early.where(size=registration.settings["size"])
    names = ("memorizing_efficiency", "generalizing_efficiency", "memorizing_margin", "generalizing_margin")
    return [Fit(*map(float, one)) for one in zip(*(rows[name] for name in names), strict=True)]


def _course(registration: Registration, courses: Any, laws: list[Fit]) -> tuple[Curve, Any]:
    """Return the median share along training, its quartiles, and the median of the laws."""
    decay, size = registration.settings["weight_decay"], registration.settings["size"]
    mine = (courses["size"] == size) & (courses["weight_decay"] == decay)
    time = np.arange(0.5, 20.1, 0.5) / decay
    shares = np.array([
        np.interp(time, courses["time"][one], courses["test_margin"][one] / courses["train_margin"][one])
        for seed in registration.seeds for one in [mine & (courses["seed"] == seed)]
    ])  # fmt: skip
    fine = np.linspace(time[0], time[-1], 200)
    law = np.median([_share(one, decay, fine) for one in laws], axis=0)
    middle = np.median(shares, axis=0)
    spread = np.abs(np.quantile(shares, [0.25, 0.75], axis=0) - middle)
    return Curve("share that generalizes", time, middle, np.interp(time, fine, law), fine, law), spread


def _share(law: Fit, decay: float, times: Any) -> Any:
    made = grokking.experiment("flow", measures=("generalizing_share",), times=tuple(map(float, times)))
    point: dict[str, Any] = {
        "memorizing_efficiency": law.memorizing_efficiency, "generalizing_efficiency": law.generalizing_efficiency,
        "memorizing_start": law.memorizing_margin / law.memorizing_efficiency,
        "generalizing_start": law.generalizing_margin / law.generalizing_efficiency, "weight_decay": decay,
    }  # fmt: skip
    return np.asarray(run(made, **point).generalizing_share)


def _against(
    registration: Registration, found: Any, name: str, places: Sequence[float], laws: list[Fit]
) -> tuple[Curve, Any, Any]:
    """Return the times by decay or size, their errors, and the registered intervals, shape (2, places)."""
    said = registration.settings
    base = f"jump_time.decay_{said['weight_decay']:g}"
    keys = [base if name == "size" and place == said["size"] else f"jump_time.{name}_{place:g}" for place in places]
    fine = np.geomspace(min(places), max(places), 40)

    def law(place: float) -> float:
        if name == "decay":
            return float(np.median([jump(one, place) for one in laws]))
        worn = (said["size"] / place) ** said["gamma"]
        return float(np.median([jump(one, said["weight_decay"], worn) for one in laws]))

    curve = Curve(
        f"by {name}", np.array(places, dtype=float), np.array([found[key][0] for key in keys]),
        np.array([registration[key].value for key in keys]), fine, np.array([law(float(place)) for place in fine]),
    )  # fmt: skip
    errors = 2.0 * np.array([found[key][1] for key in keys])
    return curve, errors, np.array([[registration[key].low, registration[key].high] for key in keys]).T


def _drawn(axes: Any, course: Any, decays: Any, sizes: Any, registration: Registration) -> Any:
    from matplotlib.figure import Figure as Canvas

    if axes is not None:
        with styled():
            _draw_course(axes, course, registration)
        return axes.get_figure(root=True)
    with styled():
        canvas = Canvas(figsize=(WIDTH, 5.4), layout="constrained")
        grid = canvas.add_gridspec(2, 2, height_ratios=(1.15, 1.0))
        top, left, right = (canvas.add_subplot(place) for place in (grid[0, :], grid[1, 0], grid[1, 1]))
        _draw_course(top, course, registration)
        _draw_times(left, decays, "weight decay (1/time)", registration.settings["decays"])
        _draw_times(right, sizes, "training examples", SIZES)
        left.set_ylabel("time of the jump")
    return canvas


def _draw_course(axes: Any, seen: tuple[Curve, Any], registration: Registration) -> None:
    course, spread = seen
    decay = registration.settings["weight_decay"]
    axes.axvspan(0.5 / decay, 1.5 / decay, color="#E4E4E4", linewidth=0, label="fitted here, on other runs")
    axes.plot(course.curve_x, course.curve_y, color=COLORS["blue"], label="law")
    axes.errorbar(course.x, course.simulated, yerr=spread, fmt=MARKERS[0], color=COLORS["vermilion"], markersize=4,
                  markeredgecolor="white", markeredgewidth=0.5, elinewidth=1.0, label="network")  # fmt: skip
    axes.axhline(0.5, color=MUTED, linewidth=0.8, linestyle=":")
    axes.set(xlabel="time (steps × learning rate)", ylabel="share of the margin\nthat generalizes", ylim=(0.0, 1.02))
    axes.legend(loc="lower right")


def _draw_times(axes: Any, times: tuple[Curve, Any, Any], label: str, ticks: Sequence[float]) -> None:
    curve, errors, bands = times
    axes.fill_between(curve.x, *bands, color=COLORS["blue"], alpha=0.15, linewidth=0)
    axes.plot(curve.curve_x, curve.curve_y, color=COLORS["blue"])
    axes.errorbar(curve.x, curve.simulated, yerr=errors, fmt=MARKERS[0], color=COLORS["vermilion"],
                  markeredgecolor="white", markeredgewidth=0.5, elinewidth=1.2)  # fmt: skip
    for place in curve.x[np.isnan(curve.simulated)]:
        axes.plot(place, HIGHEST, linestyle="", marker=MARKERS[2], color=COLORS["vermilion"], clip_on=False)
        axes.annotate("most never do", (place, HIGHEST), (6, -3), textcoords="offset points", fontsize=8.0)
    axes.set(xscale="log", yscale="log", xlabel=label, ylim=(100.0, HIGHEST))
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    heights = [100, 200, 500, 1000, 2000]
    axes.set_yticks(heights, list(map(str, heights)))
    axes.set_yticks([], minor=True)
