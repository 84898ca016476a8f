"""Independent learners with a given K: the law's stochastic differential equation, stepped.

The integrator is ``step``'s symmetric splitting, of weak order 2 (1 where a trait's noise depends on the trait); the
unit of time is the law's own. ``block`` carries a block of agents, ``absorption`` stops them, ``kernels`` compiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from simulator.compiler import Shape
from simulator.experiment import Experiment
from simulator.levels.langevin.kernels import kernels_of
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.run import refine, sample
from simulator.levels.langevin.step import split_step
from simulator.model import Model
from simulator.normals import NORMALS
from simulator.observation import checked_measures, checked_times, observables
from simulator.parameter import Resolved, nearest


def experiment(
    model: Model,
    *,
    times: Sequence[float] | None = None,
    steps: int = 128,
    normals: str = "ziggurat",
    dtype: str = "float64",
    measures: Sequence[str] | None = None,
) -> Experiment:
    """Return a law as independent noisy learners, stepped.

    Parameters
    ----------
    model
        The law.
    times
        When to observe, increasing, >= 0; the result has an axis ``time``. None: ``time`` is a parameter of the
        experiment, and the agents are observed once, then.
    steps
        The number of steps from 0 to the last time (each requested time gets at least one).
    normals
        "ziggurat" (NumPy's own, the reference) or "mixed" (faster; see ``simulator.normals`` for its limits).
    dtype
        "float64", or "float32" for the state and noise; measures and statistics are float64 always.
    measures
        Which to compute: names of measures or traits; None for all measures of the law.

    Raises
    ------
    ValueError
        In one line, for unsorted times, fewer than one step, or an unknown name.
    """
    chosen = checked_measures(model, measures)
    if isinstance(steps, bool) or int(steps) != steps or steps < 1:
        raise ValueError(f"steps: got {steps}; must be a whole number >= 1; pass for example steps=128")
    check_options(normals, dtype)
    plan = Langevin(model, checked_times(times), int(steps), normals, dtype, chosen)
    return Experiment(
        name=model.name,
        parameters=plan.parameters,
        measures=observables(model, chosen, timed=times is not None),
        sample=partial(sample, plan),
        refine=partial(refine, plan),
        order=split_step(model).order,
        coordinates={} if plan.times is None else {"time": np.array(plan.times)},
        components=partial(_components, model),
        states=partial(_states, plan),
        identity={
            "level": "langevin", "law": model.fingerprint, "times": plan.times, "steps": plan.steps,
            "normals": normals, "dtype": dtype,
        },
    )  # fmt: skip


def check_options(normals: str, dtype: str) -> None:
    """Raise ValueError, in one line, for an unknown way to draw normals or type of the state."""
    if normals not in NORMALS:
        raise ValueError(f"normals: got {normals!r}; {nearest(normals, NORMALS)}")
    if dtype not in ("float64", "float32"):
        raise ValueError(f"dtype: got {dtype!r}; must be 'float64' or 'float32'; pass one of them")


def _components(model: Model, resolved: Resolved) -> int:
    return sum(1 if trait.dim is None else int(resolved[trait.dim]) for trait in model.traits)


def _states(plan: Langevin) -> Experiment:
    traits = tuple(trait.name for trait in plan.model.traits)
    return experiment(
        plan.model,
        times=plan.times,
        steps=plan.steps,
        normals=plan.normals,
        dtype=plan.dtype,
        measures=traits,
    )


def kernel_source(model: Model, *, dtype: str = "float64", **drawn: Any) -> str:
    """Return the source of one step; parameters named in ``drawn`` are distributions, one value a replicate."""
    for name in drawn:
        model.parameter(name)  # refuses an unknown one
    shapes = {parameter.variable: Shape(parameter.dim, parameter.name in drawn) for parameter in model.parameters}
    return kernels_of(model, shapes, (), single=dtype == "float32").step.source.text
