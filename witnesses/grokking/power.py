"""The third registration: the times of the jumps once more, with runs enough to tell.

In the first two, the medians were within two standard errors of a bound: with sixteen runs fitted to and eight or
twenty-four tested, which examples a run draws decides more than the law does. So four times as many are fitted to, on
seeds of their own, and eight times as many tested.
"""

from __future__ import annotations

from typing import Any

from witnesses.grokking.early import END
from witnesses.grokking.predictions import BASE, DECAYS, decay_times, early_fits, own_ratio, table_of_fits
from witnesses.grokking.training import Setting
from witnesses.registration import Registration

FIT_SEEDS = tuple(range(500, 564))
TEST_SEEDS = tuple(range(600, 664))
RATIO_ROOM = 1.1


def register(number: int, replaces: str, date: str) -> tuple[Registration, dict[str, dict[str, Any]]]:
    """Return the registration, and the table of the early phases that it rests on."""
    fits = early_fits(Setting(patience=END), FIT_SEEDS)
    made = Registration(
        witness="grokking", number=number, date=date, replaces=replaces, seeds=TEST_SEEDS,
        basis=f"The outcomes of the first two registrations; then the law was fitted anew, on the early phase, up to "
        f"{END:g} decay times, of the seeds {FIT_SEEDS[0]} to {FIT_SEEDS[-1]} at {BASE.size} examples and decay "
        f"{BASE.weight_decay:g}, run by run.",
        settings={
            "fit_seeds": list(FIT_SEEDS), "size": BASE.size, "bits": BASE.bits, "weight_decay": BASE.weight_decay,
            "width": BASE.width, "learning_rate": BASE.learning_rate,
            "runs": [{"size": BASE.size, "weight_decay": decay, "bits": BASE.bits, "patience": 8.0, "enough": 0.5}
                     for decay in DECAYS],
        },
        forecasts=(
            *decay_times(list(fits.values()), len(TEST_SEEDS)),
            *(own_ratio(f"decay_{decay:g}", f"weight decay {decay:g}", RATIO_ROOM) for decay in DECAYS),
        ),
    )  # fmt: skip
    return made, {"early": table_of_fits({BASE.size: fits})}
