"""What is predicted: quantities that are computed alike from the law's paths and from what runs measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from witnesses.policy.law import Path

Floats = NDArray[np.float64]
View: TypeAlias = Callable[[str, str, str, int], Floats]  # setting, technique, measure, update -> (seed,)
LAW = "dz = K grad R, K measured before training and held (the gradient learner of probe_selection.response_ratio)"


@dataclass(frozen=True)
class Quantity:
    """A quantity of one or more runs.

    Parameters
    ----------
    name, says
        As in a forecast.
    of
        From a view of runs, its value for each seed.
    kind
        How far an outcome may be off: "odds" (a factor 1.5 in the odds), "share" (0.25, of seeds), or a number.
    rests_on
        As in a forecast.
    """

    name: str
    says: str
    of: Callable[[View], Floats]
    kind: str | float
    rests_on: str = LAW

    def interval(self, value: float) -> tuple[float, float]:
        """Return what agrees with a predicted value."""
        if self.kind == "odds":
            odds = value / (1.0 - value)
            low, high = odds / 1.5, odds * 1.5
            return low / (1.0 + low), high / (1.0 + high)
        if self.kind == "share":
            return max(0.0, value - 0.25), min(1.0, value + 0.25)
        return value - float(self.kind), value + float(self.kind)


def of_paths(paths: Mapping[tuple[str, str], Path]) -> View:
    """Return a view of what the law predicts."""
    return lambda setting, technique, measure, update: np.asarray(getattr(paths[setting, technique], measure)[update])


def of_table(table: Mapping[str, NDArray[Any]]) -> View:
    """Return a view of what was measured."""

    def view(setting: str, technique: str, measure: str, update: int) -> Floats:
        keep = (table["setting"] == setting) & (table["technique"] == technique) & (table["update"] == update)
        order = np.argsort(table["seed"][keep])
        return np.asarray(table[measure][keep][order], dtype=np.float64)

    return view


def at(name: str, says: str, where: tuple[str, str, str, int], kind: str | float) -> Quantity:
    """Return the quantity that is one measure of one run at one time."""
    return Quantity(name, says, lambda view: view(*where), kind)


def below(name: str, says: str, setting: str, one: str, other: str, update: int) -> Quantity:
    """Return the share of seeds in which one technique leaves less misbehavior than another."""

    def of(view: View) -> Floats:
        less = view(setting, one, "misbehavior", update) < view(setting, other, "misbehavior", update)
        return np.where(less, 1.0, 0.0)

    return Quantity(name, says, of, "share")


def eliminated(name: str, says: str, setting: str, technique: str, times: Sequence[int]) -> Quantity:
    """Return the share of seeds in which misbehavior falls to a tenth before the probe's recall falls to a half."""

    def of(view: View) -> Floats:
        rare = np.stack([view(setting, technique, "misbehavior", update) for update in times])
        recall = np.stack([view(setting, technique, "recall", update) for update in times])
        seen = np.minimum.accumulate(recall, axis=0) > 0.5
        return np.where(((rare <= 0.1 * rare[0]) & seen).any(axis=0), 1.0, 0.0)

    return Quantity(name, says, of, "share", "the essay's race; both sides as " + LAW)


def behavior_share(name: str, says: str, setting: str, technique: str, update: int) -> Quantity:
    """Return how much of the fall of the mean penalty a frozen copy sees too: the rest is what the features did."""

    def of(view: View) -> Floats:
        fall = [view(setting, technique, measure, 0) - view(setting, technique, measure, update)
                for measure in ("frozen_penalty", "penalty")]  # fmt: skip
        return np.asarray(fall[0] / fall[1], dtype=np.float64)

    return Quantity(name, says, of, 0.1)


def quantities(settings: Mapping[str, Any]) -> tuple[Quantity, ...]:
    """Return all quantities of the runs that settings name, but those of rollouts before training."""
    found: list[Quantity] = []
    for technique, setting, weight, updates in settings["runs"]:
        key, words = f"{setting}.{technique}", f"with technique {technique} at weight {weight:g}"
        if technique == "penalty_alone":
            continue
        for update in (40, updates):
            found.append(at(f"misbehavior.{key}.{update}", f"Misbehavior after {update} updates {words}",
                            (setting, technique, "misbehavior", update), "odds"))  # fmt: skip
        if technique == "none":
            continue
        found += [
            at(f"recall.{key}.40", f"The probe's recall after 40 updates {words}",
               (setting, technique, "recall", 40), 0.1),
            at(f"auc.{key}.{updates}", f"The probe's AUC after {updates} updates {words}",
               (setting, technique, "auc", updates), 0.03),
            eliminated(f"eliminated.{key}", f"Seeds in which misbehavior falls to a tenth before recall halves {words}",
                       setting, technique, [time for time in settings["times"] if time <= updates]),
        ]  # fmt: skip
        if len(settings["kinds"]) > 2:
            found.append(at(f"subtle.{key}.{updates}", f"Share of subtle misbehavior after {updates} updates {words}",
                            (setting, technique, "subtle", updates), "odds"))  # fmt: skip
    return (*found, *_comparisons())


def _comparisons() -> list[Quantity]:
    strong = "strong"
    return [
        at("angle.strong.loss.300", "Angle between feature and probe after 300 updates, the probe in the loss",
           (strong, "loss", "angle", 300), 0.15),
        at("angle.strong.reward.300", "Angle between feature and probe after 300 updates, the probe in the reward",
           (strong, "reward", "angle", 300), 0.15),
        below("order.frozen_below_reward", "Seeds in which a frozen probe leaves less misbehavior than a live one",
              strong, "frozen", "reward", 300),
        below("order.reward_below_loss", "Seeds in which the probe in the reward leaves less than in the loss",
              strong, "reward", "loss", 300),
        below("order.retrained_below_reward", "Seeds in which a retrained probe leaves less than one never retrained",
              strong, "retrained", "reward", 300),
        behavior_share("behavior_share.strong.reward", "Share of the penalty's fall in 20 updates that is deeds, the "
                       "probe in the reward", strong, "reward", 20),
        behavior_share("behavior_share.strong.loss", "Share of the penalty's fall in 20 updates that is deeds, the "
                       "probe in the loss", strong, "loss", 20),
    ]  # fmt: skip
