"""What is predicted of who leads: how often the lead changes hands, and whether the first leader has it."""

from __future__ import annotations

from typing import Any

from simulator.models.succession.blend import pursued
from simulator.models.succession.laws import Exponential
from theory.prediction import Point, Prediction
from theory.region import Interval, Region
from theory.succession.predicted.declared import Runs, declared

CORRELATION = Interval(-0.8, 0.8)


def of_leaders(runs: Runs) -> tuple[Prediction, ...]:
    """Return how often the lead changes hands, in runs without end and until the clock ends."""
    endless, ending = (runs(ends, ("successions",)) for ends in (False, True))
    return (
        declared(
            "expected_successions",
            "Better circuits take the lead several times, not endlessly: about the root of the logarithm of how many.",
            Region({"circuits": Interval(3, 25, integer=True), "correlation": CORRELATION}),
            endless,
            measure="successions",
        ),
        declared(
            "successions_until",
            "The lead turns through an angle at an even pace, so that most changes come early and some very late.",
            Region(
                {"circuits": Interval(3, 12, integer=True), "correlation": CORRELATION,
                 "end": Interval(0.5, 10.0, log=True)}
            ),
            ending,
            measure="successions",
            about="expected_successions",
            scale=1.0,
        ),
        declared(
            "exponential_successions",
            "Circuits of exponential presence and quality take the lead less often: ln ln of how many, at the last.",
            Region({"circuits": Interval(3, 25, integer=True)}),
            endless,
            measure="successions",
            setting=lambda circuits: {"circuits": circuits, "presence": Exponential(), "quality": Exponential()},
        ),
        declared(
            "first_leads",
            "The first leader loses the lead to anybody, the sooner the noisier quality is.",
            Region({"circuits": Interval(2, 4, integer=True), "time": Interval(0.2, 3.0, log=True),
                    "noise": Interval(0.0, 1.0)}),
            pursued(measures=("first_leads",), method="stepped"),
            measure="first_leads",
            scale=1.0,
        ),
        declared(
            "lasting_lead",
            "Until then the first leader has led without a break, where quality is not noisy.",
            Region({"circuits": Interval(2, 12, integer=True), "time": Interval(0.2, 3.0, log=True),
                    "correlation": CORRELATION}),
            runs(True, ("first_stays",)),
            measure="first_stays",
            setting=_until,
            about="first_leads",
            scale=1.0,
        ),
    )  # fmt: skip


def _until(time: float, **point: Any) -> Point:
    return {**point, "end": time}
