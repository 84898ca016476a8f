"""A law in its mean and covariance: of a population of individuals, or of independent learners; no sampling at all.

``of="population"``: generations of the ``population`` level with softmax selection (``generation``), for infinitely
many individuals or for N; K is the covariance that emerges. The unit of time is one generation.
``of="langevin"``: the linear-noise closure of the law's stochastic differential equation (``linear_noise``), with the
law's own K and unit of time.

Every derivative is taken symbolically from the law. Replicates differ only where a parameter is drawn: if none is,
one is computed, and stands for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from simulator.compiler import Shape
from simulator.experiment import Experiment
from simulator.levels.moments.components import State, sizes_of
from simulator.levels.moments.generation import reproduction
from simulator.levels.moments.linear_noise import closure
from simulator.levels.moments.plan import SUBJECTS, Plan, observed, state_size
from simulator.levels.moments.run import sample
from simulator.levels.moments.start import check_start
from simulator.model import Model
from simulator.observation import checked_times
from simulator.parameter import nearest


def experiment(
    model: Model,
    *,
    times: Sequence[float] | None = None,
    of: str = "population",
    finite: bool = False,
    generation: float = 1.0,
    hessian: bool = False,
    measures: Sequence[str] | None = None,
) -> Experiment:
    """Return a law in its mean and covariance.

    Parameters
    ----------
    model
        The law. Drawn parameters are drawn once a replicate; a drawn initial value is the spread at time 0.
    times
        When to observe, increasing, >= 0; the result has an axis ``time``. None makes ``time`` a parameter. Of a
        population they are whole multiples of ``generation``.
    of
        "population" or "langevin".
    finite
        Of a population: whether it has a number N of individuals, the parameter ``population``; else N is infinite.
    generation
        Of a population: the length of its generations, > 0, in units of ``time``. One of length h selects with h
        strength, moves for a time h and draws N/h parents: h -> 0 is the limit of overlapping generations, a
        differential equation, from which whole generations differ by a term linear in h.
    hessian
        Of "langevin": whether the spread acts back on the mean, to second order.
    measures
        Which to compute, by name; None for the reward and all of every trait T but the covariances:
        ``T``                   its mean;
        ``T_variance``          its variance (within a population: the expectation of that with ddof 1);
        ``T_U_covariance``      with another trait U, in the order of declaration; ``T_covariance`` among the
                                components of a vector trait; axes ``DIM_index`` and, for a second one, ``DIM_other``;
        ``T_between``           finite: the variance of the population's mean across populations;
        ``reward``              its mean over the individuals, to second order in their spread.

    Parameters of the experiment
    ----------------------------
    The law's; of a population also ``strength`` (softmax: >= 0, default 1) and, if ``finite``, ``population`` (N,
    whole, >= 2); ``time`` where ``times`` is None.

    Raises
    ------
    ValueError, TypeError
        In one line, for a law with absorption, a start whose variance is not known, an option of the other subject,
        unsorted times or an unknown name.
    """
    _check_options(model, of, finite, generation, hessian)
    check_start(model)
    chosen = checked_times(times)
    plan = Plan(model, chosen, of, finite, float(generation), hessian)
    plan = plan.with_measures(measures)
    if chosen is not None:
        plan.generations(chosen)  # refuses times that are no whole generations before any work
    return Experiment(
        name=model.name,
        parameters=plan.parameters,
        measures={name: observed(plan, timed=chosen is not None)[name] for name in plan.measures},
        twin="a path without noise has nothing to adjust",
        sample=partial(sample, plan),
        coordinates={} if chosen is None else {"time": np.array(chosen)},
        components=partial(state_size, model),
        identity={
            "level": "moments", "law": model.fingerprint, "times": chosen, "of": of, "finite": finite,
            "generation": plan.generation, "hessian": hessian,
        },
    )  # fmt: skip


def _check_options(model: Model, of: str, finite: bool, generation: float, hessian: bool) -> None:
    if model.absorb:
        raise ValueError(f"level: {model.name} has absorption, which moments do not follow; pass level='langevin'")
    if of not in SUBJECTS:
        raise ValueError(f"of: got {of!r}; {nearest(str(of), SUBJECTS)}")
    if not (np.isfinite(generation) and generation > 0.0):
        raise ValueError(f"generation: got {generation}; must be finite and > 0; pass for example generation=1.0")
    if of == "langevin" and (finite or generation != 1.0):
        raise ValueError("of: got 'langevin', which has no generations; must be of='population' with these options")
    if of == "population" and hessian:
        raise ValueError("hessian: got True; must be False of a population; pass of='langevin' with it")


def kernel_source(model: Model, *, of: str = "population", hessian: bool = False, **sizes: int) -> str:
    """Return the source of what the moments need of a law: its derivatives, in components.

    Parameters
    ----------
    model, of, hessian
        As for ``experiment``.
    sizes
        The number of components of each dimension; its parameter's default if it is not given.
    """
    _check_options(model, of, False, 1.0, hessian)
    given = {parameter.name: parameter.default for parameter in model.parameters if parameter.integer} | sizes
    state = State(model, sizes_of(model, given))
    shapes = {parameter.variable: Shape(parameter.dim) for parameter in model.parameters}
    if of == "langevin":
        return closure(state, shapes, hessian).kernel.source.text
    made = reproduction(state, shapes)
    return "\n".join(one.kernel.source.text for one in (made.selection, made.motion))
