"""A law of one's own and a prediction about it, judged: how is a second teacher felt?"""

from simulator.models.goal_drift import goal, goal_drift
from theory.check import check
from theory.goal_drift.formulas import retained_goal
from theory.prediction import Prediction
from theory.region import Interval, Region
from theory.table import summary, table

# Someone else pulls every goal toward zero, half as hard as weight decay does, whatever the gate.
two_teachers = goal_drift.replace(decay={goal: goal_drift.decay[goal] * 3 / 2}, name="two_teachers")
prediction = Prediction(
    name="two_teachers.retained_goal",
    says="A second teacher is felt behind a shut gate as half as much decay again.",
    formula=lambda weight_decay, time: retained_goal(1.5 * weight_decay, time),
    experiment=two_teachers.experiment(method="stepped", measures=("retained_fraction",), steps=32),
    measure="retained_fraction",
    statistic="mean",
    setting=lambda **point: {**point, "dim": 2, "threshold": -10.0},
    valid=Region({"weight_decay": Interval(0.05, 0.5, log=True), "time": Interval(0.5, 3.0)}),
)

if __name__ == "__main__":
    rows = check(prediction, seed=1)
    print(table(rows), summary(rows, "quick", 1), sep="\n")
