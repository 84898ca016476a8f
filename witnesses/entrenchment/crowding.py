"""Why noisy features are both kept: a feature's own noise makes its use crowd itself.

With noise of variance s^2 on each feature the loss is (1 - q)^2/2 + (s^2/2) sum of g_j^2, q = sum of h_j g_j: the two
are not redundant, for the mean of two noisy copies is better than either. At depth two

    dg_j/dt = 2 g_j (h_j mu - s^2 g_j - weight_decay),    mu = 1 - q,

so that all features that are kept settle at g_j = (h_j mu - weight_decay)/s^2, and a feature is kept as long as
h_j mu > weight_decay there. The law of flat loss is the limit s^2 << weight_decay.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from witnesses.entrenchment.training import Setting
from witnesses.registration import Forecast, Registration

TEST_SEEDS = tuple(range(400, 424))
NOISES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
HEAD_STARTS = (1.2, 8.0)
ROOM = 0.04


def kept(efficiency: tuple[float, float], weight_decay: float, noise: float) -> Any:
    """Return the strengths of both features in the end, at depth two.

    Parameters
    ----------
    efficiency
        h_1 > h_2 > 0.
    weight_decay
        > 0.
    noise
        s > 0, standard deviation of each feature's own noise.

    Returns
    -------
    Array
        g_1 and g_2, shape (2,); g_2 = 0 below `onset`.
    """
    h, square = np.array(efficiency), noise**2
    for present in (np.array([True, True]), np.array([True, False])):
        # Sum h_j times the balance over those present, q = 1 - mu.
        mu = (square + weight_decay * h[present].sum()) / (square + (h[present] ** 2).sum())
        if np.all(h[present] * mu > weight_decay):
            return np.where(present, (h * mu - weight_decay) / square, 0.0)
    return np.zeros(2)


def onset(efficiency: tuple[float, float], weight_decay: float) -> float:
    """Return the noise above which both are kept: s^2 = weight_decay h_1 (h_1/h_2 - 1)/(1 - weight_decay/h_2).

    There h_2 mu = weight_decay while the first is alone: s^2 g_1 = h_1 mu - weight_decay and h_1 g_1 = 1 - mu.
    """
    first, second = efficiency
    return float(np.sqrt(weight_decay * first * (first / second - 1.0) / (1.0 - weight_decay / second)))


def register(number: int, replaces: str, date: str) -> tuple[Registration, dict[str, dict[str, Any]]]:
    """Return the registration of what noisy features come to; nothing is fitted."""
    base = Setting(2)
    made = Registration(
        witness="entrenchment", number=number, date=date, replaces=replaces, seeds=TEST_SEEDS,
        basis="The first registration's outcome: noisy features are both kept. The loss with that noise was written "
        "down and its stationary strengths solved; nothing is fitted. The one noise that was run before is 0.2.",
        settings={
            "fit_seeds": [], "head_starts": list(HEAD_STARTS), "blocks": [[2, noise] for noise in NOISES],
            "efficiency": list(base.efficiency), "weight_decay": base.weight_decay,
            "learning_rate": base.learning_rate, "batch": base.batch, "examples": base.examples,
            "label_noise": base.label_noise, "imbalance": base.imbalance, "age": base.age,
        },
        forecasts=(*(_share(base, noise) for noise in NOISES), _start()),
    )  # fmt: skip
    return made, {}


def _share(base: Setting, noise: float) -> Forecast:
    drives = np.array(base.efficiency) * kept(base.efficiency, base.weight_decay, noise)
    value = float(drives[0] / drives.sum())
    above = onset(base.efficiency, base.weight_decay)
    return Forecast(
        f"simple_share.{noise:g}", f"Of depth 2, with noise {noise:g} on each feature, the simple one has this share "
        "of the drive in the end (mean).", value, value - ROOM, value + ROOM, "",
        f"stationary strengths with crowding; both are kept above noise {above:.3g}; interval declared",
    )  # fmt: skip


def _start() -> Forecast:
    return Forecast(
        "start_counts", f"That share differs by this between head starts of {HEAD_STARTS[0]:g} and {HEAD_STARTS[1]:g} "
        "(mean over all noises).", 0.0, -0.02, 0.02, "", "one stationary state at depth 2; interval declared",
    )  # fmt: skip
