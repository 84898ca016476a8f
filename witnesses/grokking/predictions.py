"""What the law of two circuits predicts of runs that were not made yet, from the early phases of others.

Every fitted run gives its own law; a forecast is the median of what the laws say, and its interval two standard errors
of the difference between that median and the median of as many runs as will test it, by the spread between the laws. So
no width is a matter of taste, but for those that are declared below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from theory.grokking.formulas import critical_data_size, grokking_time, passage_time
from witnesses.grokking.early import END, Fit, fit
from witnesses.grokking.training import Setting, train
from witnesses.registration import Forecast, Registration

FIT_SEEDS = tuple(range(100, 116))
TEST_SEEDS = tuple(range(200, 208))
BASE = Setting()
DECAYS = (0.005, 0.01, 0.02)
SIZES = (50, 80, 100, 130, 160)
FITTED_SIZES = (100, 130, 160)
LATER_SHARE = 0.75
EXPONENT_ROOM = 0.1  # refuses a time that goes as the square root of one over decay, and one that does not
RATIO_ROOM = 1.25
MEDIAN = 1.2533  # standard error of a median over that of a mean, of normals
LAW = "two-circuit law at L = 2, grokking_time on the logistic loss, memorization included"
SPREAD = "interval: two standard errors by the spread between the fitted laws"


def register(number: int, replaces: str, date: str) -> tuple[Registration, dict[str, dict[str, Any]]]:
    """Return the registration, and the table of the early phases that it rests on."""
    fits = {size: early_fits(replace(BASE, size=size, patience=END), FIT_SEEDS) for size in FITTED_SIZES}
    base = list(fits[BASE.size].values())
    gamma = exponent(fits)
    made = Registration(
        witness="grokking", number=number, date=date, replaces=replaces, seeds=TEST_SEEDS,
        basis=f"Whole runs of the seeds 0 to 3, to choose task and sizes; then only the early phase, up to {END:g} "
        f"decay times, of the seeds {FIT_SEEDS[0]} to {FIT_SEEDS[-1]} at the sizes {FITTED_SIZES} and decay "
        f"{BASE.weight_decay:g}: there the law was fitted, run by run.",
        settings={"fit_seeds": list(FIT_SEEDS), "decays": list(DECAYS), "sizes": list(SIZES), "gamma": gamma,
                  "bits": BASE.bits, "width": BASE.width, "learning_rate": BASE.learning_rate,
                  "patience": BASE.patience, "size": BASE.size, "weight_decay": BASE.weight_decay},
        forecasts=(
            *decay_times(base, len(TEST_SEEDS)), *size_times(base, gamma, (80, 100, 160), len(TEST_SEEDS)),
            *_dependences(base, gamma), *_fate(base), *_run_by_run(),
        ),
    )  # fmt: skip
    return made, {"early": table_of_fits(fits)}


def early_fits(setting: Setting, seeds: Sequence[int]) -> dict[int, Fit]:
    """Return the law of each seed that has one (both margins positive, and a generalizing circuit that gains)."""
    found = {seed: fit(train(setting, seed).course, setting.weight_decay) for seed in seeds}
    return {
        seed: one for seed, one in found.items()
        if one is not None and one.generalizing_efficiency > one.memorizing_efficiency > 0.0
    }  # fmt: skip


def exponent(fits: dict[int, dict[int, Fit]]) -> float:
    """Return gamma of h_M(D) = h_0 (D_0/D)^gamma, a line through the median efficiencies of each size."""
    middles = [np.median([one.memorizing_efficiency for one in group.values()]) for group in fits.values()]
    return -float(np.polyfit(np.log(list(fits)), np.log(middles), 1)[0])


def jump(law: Fit, weight_decay: float, worn: float = 1.0) -> float:
    """Return when the law's circuits cross; ``worn`` multiplies the memorizing efficiency. Infinite if they never do.

    The margins at time 0 are strengths times efficiencies: the memorizing one is worn as well.
    """
    h = law.memorizing_efficiency * worn
    if h >= law.generalizing_efficiency:
        return float("inf")
    margins = law.memorizing_margin * worn, law.generalizing_margin
    return float(grokking_time(margins[0] / sum(margins), h, law.generalizing_efficiency, weight_decay, "logistic",
                               sum(margins)))  # fmt: skip


def spread_forecast(name: str, says: str, values: Sequence[float], tests: int, unit: str, rests_on: str) -> Forecast:
    """Return the forecast of a median of positive numbers, from what each law says of it."""
    finite = np.log([value for value in values if np.isfinite(value)])
    room = 2.0 * MEDIAN * float(finite.std(ddof=1)) * np.sqrt(1.0 / len(values) + 1.0 / tests)
    middle = float(np.median(values))
    return Forecast(name, says, middle, middle * float(np.exp(-room)), middle * float(np.exp(room)), unit,
                    f"{rests_on}; {SPREAD}")  # fmt: skip


def decay_times(base: Sequence[Fit], tests: int) -> list[Forecast]:
    """Return the forecasts of the jump at every decay, to be tested on so many runs."""
    return [
        spread_forecast(
            f"jump_time.decay_{decay:g}", f"With {BASE.size} examples and weight decay {decay:g} half of the training "
            "margin carries over to fresh examples at this time (median over runs).",
            [jump(one, decay) for one in base], tests, "time", LAW,
        )
        for decay in DECAYS
    ]  # fmt: skip


def size_times(base: Sequence[Fit], gamma: float, sizes: Sequence[int], tests: int) -> list[Forecast]:
    """Return the forecasts of the jump at other sizes, to be tested on so many runs each."""
    return [
        spread_forecast(
            f"jump_time.size_{size}", f"With {size} examples and weight decay {BASE.weight_decay:g} that time is this.",
            [jump(one, BASE.weight_decay, (BASE.size / size) ** gamma) for one in base], tests, "time",
            f"{LAW}; the memorizing efficiency of the size, all else as at {BASE.size}",
        )
        for size in sizes
    ]  # fmt: skip


def own_ratio(place: str, runs: str, room: float) -> Forecast:
    """Return the forecast that runs jump when the law says that is fitted to their own early phase."""
    return Forecast(
        f"own_early_phase.{place}" if place else "own_early_phase", "The time of a jump over that which the law says "
        f"from the same run's early phase (median, {runs}).", 1.0, 1.0 / room, room, "", f"{LAW}; interval declared",
    )  # fmt: skip


def _dependences(base: Sequence[Fit], gamma: float) -> list[Forecast]:
    slopes = [np.polyfit(np.log(DECAYS), np.log([jump(one, decay) for decay in DECAYS]), 1)[0] for one in base]
    slope = float(np.median(slopes))
    sizes = [
        float(critical_data_size(one.memorizing_efficiency, one.generalizing_efficiency, BASE.size, gamma))
        for one in base
    ]
    return [
        Forecast("decay_exponent", "The time goes as this power of weight decay, seed by seed (mean).", slope,
                 slope - EXPONENT_ROOM, slope + EXPONENT_ROOM, "", f"{LAW}; interval declared"),
        spread_forecast("critical_size", "Half of the runs jump at this number of examples; with fewer, fewer.", sizes,
                        len(TEST_SEEDS), "examples", "critical_data_size, h_M(D) from early phases at other sizes"),
        Forecast("jumped.size_50", "Of the runs with 50 examples this share jumps within the patience.", 0.0, 0.0, 0.25,
                 "", "critical_data_size; interval declared"),
    ]  # fmt: skip


def _fate(base: Sequence[Fit]) -> list[Forecast]:
    times = [
        float(passage_time(0.5, LATER_SHARE, one.memorizing_efficiency, one.generalizing_efficiency, BASE.weight_decay))
        for one in base
    ]
    gains = [one.generalizing_efficiency / one.memorizing_efficiency for one in base]
    return [
        spread_forecast("cleanup_time", f"From the jump until {LATER_SHARE:.0%} of the margin carries over it takes "
                        "this long (median).", times, len(TEST_SEEDS), "time", "passage_time"),
        Forecast("memorized_in_the_end", f"After {BASE.patience:g} decay times this share of the training margin is "
                 "still memorized (mean).", 0.0, 0.0, 0.06, "", "the law cleans up to nothing; interval declared, "
                 "runs stop at 0.05"),
        spread_forecast("efficiency_gain", "Margin per square of the weights in the end, over that at half a decay "
                        "time (median).", gains, len(TEST_SEEDS), "",
                        "h_G/h_M: the weights shrink as memory is dropped"),
    ]  # fmt: skip


def _run_by_run() -> list[Forecast]:
    return [
        own_ratio("", f"{BASE.size} examples", RATIO_ROOM),
        Forecast("own_order", "Rank correlation between the two over the runs of all sizes and decays.", 1.0, 0.5, 1.0,
                 "", "the early phase tells early jumps from late ones; interval declared"),
    ]  # fmt: skip


def table_of_fits(fits: dict[int, dict[int, Fit]]) -> dict[str, Any]:
    """Return the fitted laws as columns."""
    rows = [(size, seed, one) for size, group in fits.items() for seed, one in group.items()]
    return {
        "size": [size for size, _, _ in rows],
        "seed": [seed for _, seed, _ in rows],
        **{
            name: [getattr(one, name) for _, _, one in rows]
            for name in ("memorizing_efficiency", "generalizing_efficiency", "memorizing_margin", "generalizing_margin")
        },
    }
