"""The second registration: the same law on three times as many seeds, and why memory is not cleaned up.

The first outcome: jumps when the law says, a fifth of the margin memorized for good, no jump at all at sizes at which
the law has one. What was looked at then: three networks in the end. Nothing was left of neurons that memorize. What is
memorized sits in the neurons that generalize, as a slight tilt of their weights toward the irrelevant bits, and it
makes the whole more efficient than either circuit could be alone, which no mixture of two circuits is:

    h = (p_G/h_G + p_M/h_M)^-1 <= max(h_G, h_M)   for circuits that share no weights.

Weights that two circuits share are paid for once: a neuron tilted by an angle costs |w| and not |w_G| + |w_M|. If that
is the cause, what is left depends on how many irrelevant bits there are an example, and not on the jump.
"""

from __future__ import annotations

from typing import Any

from witnesses.grokking.early import END
from witnesses.grokking.predictions import (
    BASE,
    DECAYS,
    FIT_SEEDS,
    FITTED_SIZES,
    decay_times,
    early_fits,
    exponent,
    own_ratio,
    size_times,
    table_of_fits,
)
from witnesses.grokking.training import RELEVANT, Setting
from witnesses.registration import Forecast, Registration

TEST_SEEDS = tuple(range(220, 244))
NEVER = 2.0  # a share that is not reached
RATIO_ROOM = 1.15
LEFT, LEFT_ROOM = 0.213, 0.05  # the first outcome, 0.213 +- 0.018
FEWER_BITS = 20
MORE_EXAMPLES, LEFT_OF_MORE = 220, 0.062
SEEN = "what was seen in three networks in the end; interval declared"


def same_load(bits: int) -> int:
    """Return the size at which there are as many irrelevant bits an example as at the base."""
    return round(BASE.size * (bits - RELEVANT) / (BASE.bits - RELEVANT))


def runs() -> list[dict[str, Any]]:
    """Return the settings to run: jumps alone, then whole runs."""
    short = {"patience": 8.0, "enough": 0.5, "bits": BASE.bits}
    whole = {"patience": 15.0, "enough": NEVER}
    others = [decay for decay in DECAYS if decay != BASE.weight_decay]
    return [
        *({"size": BASE.size, "weight_decay": decay, **short} for decay in others),
        {"size": 160, "weight_decay": BASE.weight_decay, **short},
        {"size": BASE.size, "weight_decay": BASE.weight_decay, "bits": BASE.bits, **whole},
        {"size": same_load(FEWER_BITS), "weight_decay": BASE.weight_decay, "bits": FEWER_BITS, **whole},
        {"size": MORE_EXAMPLES, "weight_decay": BASE.weight_decay, "bits": BASE.bits, **whole},
    ]


def register(number: int, replaces: str, date: str) -> tuple[Registration, dict[str, dict[str, Any]]]:
    """Return the registration, and the table of the early phases that it rests on, those of the first one."""
    fits = {size: early_fits(Setting(size=size, patience=END), FIT_SEEDS) for size in FITTED_SIZES}
    base, gamma = list(fits[BASE.size].values()), exponent(fits)
    made = Registration(
        witness="grokking", number=number, date=date, replaces=replaces, seeds=TEST_SEEDS,
        basis="The fits of the first registration, unchanged, for the times of jumps. For what is left of memory: the "
        "first registration's outcome, and the weights in the end of the seeds 200 and 202 at 130 examples and 201 at "
        "100. What is left with 220 examples continues the outcomes at 130 and 160 by a power of the size.",
        settings={"fit_seeds": list(FIT_SEEDS), "runs": runs(), "gamma": gamma, "size": BASE.size, "bits": BASE.bits,
                  "weight_decay": BASE.weight_decay, "width": BASE.width, "learning_rate": BASE.learning_rate},
        forecasts=(
            *decay_times(base, len(TEST_SEEDS)), *size_times(base, gamma, (160,), len(TEST_SEEDS)),
            *(own_ratio(f"size_{size}", f"{size} examples", RATIO_ROOM) for size in (BASE.size, 160)), *_memory(),
        ),
    )  # fmt: skip
    return made, {"early": table_of_fits(fits)}


def _memory() -> list[Forecast]:
    load = same_load(FEWER_BITS)
    return [
        Forecast("generalizing_strength", "In the end this share of all strength is in neurons that generalize (mean).",
                 1.0, 0.95, 1.0, "", f"the memorizing circuit is cleaned up; {SEEN}"),
        Forecast("memorized_when_cut", "Cut to those neurons and the relevant bits, this share of the margin is "
                 "memorized (mean).", 0.0, -0.03, 0.03, "", f"what is left is a tilt of those neurons; {SEEN}"),
        Forecast("tilt_gain", "The whole network's training margin per strength over that of the cut one is this "
                 "(mean); of two circuits without common weights it is at most one.", 1.09, 1.03, 1.15, "", SEEN),
        Forecast(f"memorized_in_the_end.bits_{FEWER_BITS}", f"Of {FEWER_BITS} bits and {load} examples, as many "
                 "irrelevant bits an example, the same share of the margin stays memorized (mean).", LEFT,
                 LEFT - LEFT_ROOM, LEFT + LEFT_ROOM, "", "the first outcome at 40 bits; interval declared"),
        Forecast(f"memorized_in_the_end.size_{MORE_EXAMPLES}", f"Of 40 bits and {MORE_EXAMPLES} examples this share "
                 "stays memorized (mean).", LEFT_OF_MORE, 0.03, 0.095, "", "odds as a power of the size through the "
                 "first outcomes, 0.27 at 130 and 0.155 at 160; interval declared"),
    ]  # fmt: skip
