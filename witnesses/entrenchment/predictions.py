"""What the law of products says of deep diagonal networks: who has the drive in the end, and when it changes hands.

Nothing is fitted: efficiencies, head starts and weight decay are those that the runs are given.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.grokking.formulas import passage_time
from theory.simplification.formulas import depth_of_entrenchment, winner
from witnesses.entrenchment.training import Setting
from witnesses.registration import Forecast, Registration

TEST_SEEDS = tuple(range(300, 324))
DEPTHS = (2, 3, 4, 6)
HEAD_STARTS = (1.2, 1.4, 1.6, 1.8, 2.0, 2.25, 2.5, 2.75, 3.0, 3.4, 3.8, 4.4, 5.0, 6.0, 8.0)
AHEAD = 3.0
NOISE = 0.2
ROOM = 0.1  # of a head start or a time: two steps of the grid between neighbors, about
ALL = 0.95
NOISY_DEPTH = 2
RULE = "interval declared: a tenth either way"


def register(number: int, replaces: str, date: str) -> tuple[Registration, dict[str, dict[str, Any]]]:
    """Return the registration; no runs are fitted to, so there are no tables."""
    base = Setting(DEPTHS[0])
    made = Registration(
        witness="entrenchment", number=number, date=date, replaces=replaces, seeds=TEST_SEEDS,
        basis="Formulas alone, nothing fitted. Runs of the seeds 0 and 1 at five head starts were looked at, to see "
        "that they settle; those with noisy features kept both features, and the law's prediction is registered all "
        "the same.",
        settings={
            "fit_seeds": [], "depths": list(DEPTHS), "head_starts": list(HEAD_STARTS), "ahead": AHEAD,
            "blocks": [[depth, 0.0] for depth in DEPTHS] + [[NOISY_DEPTH, NOISE]],
            "efficiency": list(base.efficiency), "weight_decay": base.weight_decay,
            "learning_rate": base.learning_rate, "batch": base.batch, "examples": base.examples,
            "label_noise": base.label_noise, "imbalance": base.imbalance, "age": base.age,
        },
        forecasts=(*_flips(base), *_winners(base), *_ends(base), _handover(base)),
    )  # fmt: skip
    return made, {}


def flip(efficiency: tuple[float, float], depth: int) -> float:
    """Return the head start at which the winner changes, (h_1/h_2)^(L/(L - 2)), for L > 2."""
    return float((efficiency[0] / efficiency[1]) ** (depth / (depth - 2.0)))


def _flips(base: Setting) -> list[Forecast]:
    found = []
    for depth in DEPTHS[1:]:
        value = flip(base.efficiency, depth)
        found.append(Forecast(
            f"head_start.depth_{depth}", f"In products of {depth} weights half of the runs go to the entrenched "
            "feature at this head start.", value, value * (1.0 - ROOM), value * (1.0 + ROOM), "",
            f"winner: h_1 g_1^(1 - 2/L) = h_2 g_2^(1 - 2/L); {RULE}",
        ))  # fmt: skip
    return found


def _winners(base: Setting) -> list[Forecast]:
    turn = float(depth_of_entrenchment(np.array([1.0, AHEAD]), np.array(base.efficiency)))
    return [
        Forecast(
            f"simple_wins.depth_{depth}", f"With a head start of {AHEAD:g} the simple feature wins in this share of "
            f"runs of depth {depth}.", value, value - 0.25 * (value == 1.0), value + 0.25 * (value == 0.0), "",
            f"depth_of_entrenchment, {turn:.3g} here; interval declared: three quarters of the runs",
        )
        for depth in DEPTHS
        for value in [float(winner([1.0, AHEAD], list(base.efficiency), depth) == 0)]
    ]  # fmt: skip


def _ends(base: Setting) -> list[Forecast]:
    says = "winner: it takes all at L >= 2; interval declared"
    return [
        Forecast("simple_wins.depth_2_far_behind", f"Of depth 2 the simple feature wins in this share of runs even at "
                 f"a head start of {HEAD_STARTS[-1]:g}.", 1.0, 0.75, 1.0, "",
                 "winner: at L = 2 the start does not count"),
        Forecast("winner_takes_all", "Half a unit of ln head start or more from the flip the winner has this share of "
                 "the drive in the end (mean).", 1.0, ALL, 1.0, "", says),
        Forecast("distracted", "This part of the squared strengths is left on distractors in the end (mean).", 0.0, 0.0,
                 1.0 - ALL, "", "nothing pulls on them but chance in the sample; interval declared"),
        Forecast("winner_takes_all.noisy_features", f"So it is at depth {NOISY_DEPTH} if each feature has noise of its "
                 f"own, of standard deviation {NOISE:g} (mean).", 1.0, ALL, 1.0, "",
                 f"{says}; the law takes features to be redundant, which they now are not quite"),
    ]  # fmt: skip


def _handover(base: Setting) -> Forecast:
    h, better = base.efficiency[1], base.efficiency[0]
    share = better / (better + h * HEAD_STARTS[-1])
    value = float(passage_time(share, 0.5, h, better, base.weight_decay))
    return Forecast(
        "handover_time", f"Of depth 2 and a head start of {HEAD_STARTS[-1]:g} the simple feature has half of the drive "
        "at this time (mean).", value, value * (1.0 - ROOM), value * (1.0 + ROOM), "time",
        f"passage_time on a held margin; {RULE}",
    )  # fmt: skip
