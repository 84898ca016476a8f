"""What is predicted of the race by chance: small noise in closed form, any noise on a grid, a start that is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.distribution import Uniform
from simulator.model import Model
from theory.crystallization import backward, formulas
from theory.crystallization.predicted.declared import declared, point_of
from theory.prediction import Margin, Point, Prediction
from theory.region import Interval, Region, Several

STARTS = Several(Interval(0.2, 1.0), 2)
EASES = Several(Interval(0.5, 2.0, log=True), 2)
LEADS = (1.8, 2.2)  # the favorite wins 96 to 99 times of 100: chance matters, and few runs show how much
SMALL = 0.0006  # largest error of the small-noise formula where it is judged
UNDECIDED = 2e-4  # share of runs that may still be undecided in the end


def of_chance(law: Model) -> tuple[Prediction, ...]:
    """Return how often deception wins a race of two routes."""
    made = {steps: law.experiment(method="stepped", measures=(), steps=steps) for steps in (72, 108)}
    return (
        declared(
            "deception_probability",
            "Small noise makes the outcome a coin whose odds are set by the distance to the separatrix.",
            experiment=made[108], measure="route_deception", setting=_noisy, scale=1.0,
            valid=Region({"start": STARTS, "ease": EASES, "noise": Several(Interval(0.005, 0.2, log=True), 2)}, _small,
                         "corner_error <= 0.0006, noise_ratio <= 30 and 1.8 <= |lead| <= 2.2"),
            margin=Margin("corner_error and the undecided, phi(m) (0.65 |rho|/K + 1.7 |m|/K^2) + 0.0002",
                          lambda **point: formulas.corner_error(**point) + UNDECIDED),
        ),
        declared(
            "first_passage",
            "At any noise the odds are those of the backward equation.",
            experiment=made[72], measure="route_deception", setting=_noisy, scale=1.0,
            valid=Region({"start": STARTS, "ease": EASES, "noise": Several(Interval(0.1, 0.5, log=True), 2)}, _large,
                         "noise_ratio from 4 to 8 and 1.8 <= |lead| <= 2.2"),
            margin=Margin("the grid's stated error, and the undecided", _grid_error),
        ),
        declared(
            "deception_prior",
            "From distances drawn uniformly, deception wins with a chance that the eases alone decide.",
            experiment=law.experiment(method="stepped", measures=(), steps=36), measure="route_deception", scale=1.0,
            setting=_drawn, valid=Region({"ease": Several(Interval(0.05, 20.0, log=True), 2)}, _lopsided,
                                         "one outcome has a chance of 5 to 10 %"),
            margin=Margin("the undecided", lambda **point: UNDECIDED),
        ),
    )  # fmt: skip


def _between(start: Any, ease: Any, noise: Any, low: float) -> bool:
    return bool(low <= abs(formulas.lead(start, ease, noise)) <= LEADS[1])


def _small(start: Any, ease: Any, noise: Any) -> bool:
    return (
        _between(start, ease, noise, LEADS[0])
        and bool(formulas.noise_ratio(start, ease, noise) <= 30.0)
        and bool(formulas.corner_error(start, ease, noise) <= SMALL)
    )


def _large(start: Any, ease: Any, noise: Any) -> bool:
    return _between(start, ease, noise, LEADS[0]) and bool(4.0 <= formulas.noise_ratio(start, ease, noise) <= 8.0)


def _lopsided(ease: Any) -> bool:
    found = float(formulas.deception_prior(ease))
    return 0.05 <= min(found, 1.0 - found) <= 0.1


def _grid_error(start: Any, ease: Any, noise: Any) -> float:
    return backward.first_passage(start, ease, noise, backward.QUICK_CELLS).deception_error + UNDECIDED


def _noisy(start: Sequence[float], ease: Sequence[float], noise: Sequence[float]) -> Point:
    return {**point_of(start, ease, noise), "time": _patience(start, ease, noise)}


def _patience(start: Any, ease: Any, noise: Any) -> float:
    """Return a time by which all but some have stopped.

    One that has not has |Z| < K exp(-2 omega t), Z normal about the lead: a share of at most sqrt(2/pi) K exp(-2 omega
    t); half an e-fold is added for what noise does to the other combination of distances.
    """
    k = float(formulas.noise_ratio(start, ease, noise))
    omega = float(np.sqrt(ease[0] * ease[1]))
    return (0.5 * float(np.log(0.8 * k / UNDECIDED)) + 0.5) / omega


def _drawn(ease: Sequence[float]) -> Point:
    return {
        "misalignment_start": Uniform(0.0, 1.0), "honesty_start": Uniform(0.0, 1.0), "misalignment_ease": ease[0],
        "honesty_ease": ease[1], "time": 4.7 / float(np.sqrt(ease[0] * ease[1])),
    }  # fmt: skip
