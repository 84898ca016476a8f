"""Tutorial: from a law of one's own to a figure that simulation and theory agree in, in one file.

The question: what designers want changes while they train (a specification is revised, a reward model retrained). How
far behind is the goal of the agent? Run it with `python examples/tutorial.py`; it leaves `following.svg` here.
"""

import numpy as np
import sympy

from figures.figure import Figure, save
from figures.panel import Series, agreement, comparison
from figures.panel import table as table_of
from simulator import Measure, Model, Parameter, Range, Trait, sweep
from theory.check import check
from theory.lemmas import formula_is, solves, tends, vanishes
from theory.prediction import Prediction
from theory.region import Interval, Region
from theory.table import summary, table

# 1. The law
#
# A trait is something of the agent, or of the world it is trained in, that changes. A parameter is a constant with a
# range: a value outside it is refused before anything runs. Both stand in expressions like any SymPy symbol.

wanted = Trait("wanted", symbol="b", meaning="what the designers want now")
goal = Trait("goal", symbol="g", meaning="what the agent wants now")

pull = Parameter("pull", 1.0, "w", Range(low=0.0, open_low=True), "1/time", "how strongly reward pulls the goal")
speed = Parameter("speed", 1.0, "u", Range(low=0.0), "1/time", "how fast the designers change their minds")
noise = Parameter("noise", 0.3, r"\sigma", Range(low=0.0), "1/sqrt(time)", "noise of training")

# Every law has the form dz = [K grad R + growth - decay z] dt + noise dW. We write down the reward R, and who learns:
# the goal does, with K = 1. What is wanted does not learn; it moves on by itself. The gradient is derived for us.

following = Model(
    name="following",
    says="The goal is trained toward something that moves on.",
    traits=(wanted, goal),
    reward=-pull / 2 * (goal - wanted) ** 2,
    learner={goal: 1},
    growth={wanted: speed},
    noise={goal: noise},
    initial={wanted: 0, goal: 0},
    measures={"lag": Measure(wanted - goal, meaning="how far behind the goal is")},
    parameters=(pull, speed, noise),
)

# 2. A sweep
#
# An experiment says how the law is simulated: here in steps, which know no formula, and observed at some times. A sweep
# takes it over a design of points. The result is an xarray.Dataset: the mean of every measure, and its standard error.

times = np.array([0.25, 0.5, 1.0, 2.0, 4.0])
pulls = [0.5, 1.0, 2.0]
found = sweep(
    following.experiment(method="stepped", times=times, measures=("lag",)),
    over={"pull": pulls},
    replicates=2000,
    seed=1,
    progress=False,
)

# 3. A prediction, and why it is true
#
# The formula is a NumPy function of keywords. The expression is the same in SymPy: it is what pages print, and what the
# proof is about.

w, u, t = sympy.symbols("pull speed time", positive=True)
expression = u / w * (1 - sympy.exp(-w * t))


def mean_lag(pull, speed, time):
    """Return how far behind the goal is on average, (u/w) (1 - exp(-w t))."""
    return speed / pull * -np.expm1(-pull * time)


# A proof starts from the law: it asks the law how the lag moves. If somebody changes the law, the proof fails.


def proof(law=following):
    """Carry out the steps of the proof; each is an obligation that holds or not."""
    lag = wanted - goal
    drift = law.drift[wanted] - law.drift[goal]
    points = [{"pull": 0.7, "speed": 1.3, "time": 0.4}, {"pull": 2.0, "speed": 0.1, "time": 9.0}]
    return (
        vanishes("the lag moves at u - w lag", drift - (speed - pull * lag)),
        solves("which the formula solves", expression, t, u - w * expression),
        tends("from zero", expression, t, 0, 0),
        tends("and ends at u/w: training for longer does not help", expression, t, sympy.oo, u / w),
        formula_is("NumPy equals SymPy", mean_lag, expression, points),
    )


prediction = Prediction(
    name="following.mean_lag",
    says="A goal stays behind what is wanted by the speed of the change over the pull of the reward.",
    formula=mean_lag,
    expression=expression,
    symbols={w: "w", u: "u", t: "t"},
    experiment=following.experiment(method="stepped", measures=("lag",), steps=32),
    measure="lag",
    valid=Region({"pull": Interval(0.5, 2.0), "speed": Interval(0.5, 2.0), "time": Interval(0.5, 4.0)}),
    proof=proof,
)

# 4. The check
#
# `check` draws random points of the region, and simulates each with as many replicates as it takes to see an effect of
# one per cent. It never says "agrees" of a row that could not have disagreed.

rows = check(prediction, seed=1)

# To trust a check, see it fail: a formula that is two per cent off is found out.

faulty = prediction.replace(formula=lambda **point: 1.02 * mean_lag(**point))
caught = check(faulty, seed=1, points=1)

# 5. The figure
#
# Points are the sweep, lines are the theory, and the strip below has their differences in standard errors. Points of a
# curve share their agents, so neighbors deviate together.

fine = np.linspace(0.0, times[-1], 100)
series = [
    Series(
        f"pull {pull:g}", times, found.lag.sel(pull=pull).values, found.lag_se.sel(pull=pull).values,
        prediction(pull=pull, speed=1.0, time=times), fine, prediction(pull=pull, speed=1.0, time=fine),
    )
    for pull in pulls
]  # fmt: skip
canvas, _, _ = comparison(series, xlabel="time", ylabel="lag of the goal")
figure = Figure(
    name="following",
    title="A goal stays behind what is wanted",
    canvas=canvas,
    caption=f"The lag rises to the speed of the change over the pull, and stays there. {agreement(series)}",
    alt="Lag against time for three pulls, each rising to a plateau; a stronger pull has a lower one.",
    table=table_of(series, x="time"),
    provenance={"law": following.fingerprint, "seed": 1},
    predictions=(prediction.name,),
)

if __name__ == "__main__":
    print(following, end="\n\n")
    print(following.structure(), end="\n\n")
    for step in prediction.proof():
        print("holds" if step.holds else "FAILS", step.says, sep="  ")
    print(table(rows), summary(rows, "quick", 1), sep="\n", end="\n\n")
    print("two per cent off:", caught[0].verdict, end="\n\n")
    print(*save(figure, ".", ["svg"]), sep="\n")
    print(figure.caption)
