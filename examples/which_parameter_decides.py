"""Sensitivity: which parameter decides how much of the designers' goal an agent has learned when its gate shuts?"""

from simulator.design import Interval
from simulator.models.goal_drift import goal_drift
from simulator.sensitivity import sensitivity

found = sensitivity(
    goal_drift.experiment(measures=("learned_fraction",), steps=64),
    {
        "growth": Interval(0.1, 10.0, log=True),
        "pull": Interval(0.1, 10.0, log=True),
        "width": Interval(0.01, 0.3, log=True),
        "noise": (0.0, 0.3),
    },
    "learned_fraction",
    n=64,
    replicates=64,
    fixed={"dim": 2, "time": 12.0},
    progress=False,
)

if __name__ == "__main__":
    for name in found.parameter.values:
        index = found.sel(measure="learned_fraction", parameter=name)
        print(f"{name:8s} alone {float(index['first']):5.2f}, in all {float(index.total):5.2f} "
              f"({float(index.total_low):.2f} to {float(index.total_high):.2f})")  # fmt: skip
    print(f"Monte Carlo noise: at most {float(found.noise_share[0]):.1%} of the variance; {found.attrs['status']}")
