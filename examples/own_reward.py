"""A reward of one's own: a bonus for goals that keep their length, swept over the strength of the bonus."""

import sympy

from simulator import Measure, Parameter, Range, sweep, total
from simulator.models.goal_drift import goal, goal_drift

bonus = Parameter("bonus", 0.0, "B", Range(low=0.0), "1/time", "how strongly the length of the goal is held at one")
length = sympy.sqrt(total(goal**2))
mine = goal_drift.replace(
    name="held_length",
    says="The reward also holds the goal's length at one, gate or no gate.",
    reward=goal_drift.reward - bonus / 2 * (length - 1) ** 2,
    measures={**goal_drift.measures, "length": Measure(length, meaning="length of the goal")},
    parameters=(*goal_drift.parameters, bonus),
)
found = sweep(
    mine.experiment(times=(1.0, 4.0), measures=("length", "alignment")),
    over={"bonus": [0.0, 0.3, 1.0, 3.0]},
    fixed={"weight_decay": 0.5},
    replicates=500,
    progress=False,
)

if __name__ == "__main__":
    late = found.isel(time=-1)
    for strength in late.bonus.values:
        one = late.sel(bonus=strength)
        print(f"bonus {strength:3.1f}: length {float(one.length):.3f} ± {float(one.length_se):.3f}, "
              f"alignment {float(one.alignment):.3f} ± {float(one.alignment_se):.3f}")  # fmt: skip
