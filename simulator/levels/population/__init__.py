"""Individuals under selection: every replicate is a population of N that reproduces by reward; K is not given.

One unit of time is one generation. A generation goes

    1. reproduction: N offspring choose parents by the law's reward (``simulator.selection``), and inherit their
       traits;
    2. growth, decay and mutation: every offspring moves for one unit of time by the rest of the law,
       dz = (growth - decay z) dt + noise dW; where that is affine, exactly:
       z' = e^{-decay} z + growth exprel(-decay) + noise sqrt(exprel(-2 decay)) xi,   exprel(x) = (e^x - 1)/x.

and is observed after mutation. So decay multiplies by e^{-decay} in a generation, and the mutation variance of a
generation is v_m = noise^2 exprel(-2 decay): noise^2 where nothing decays. With this choice a lineage that nothing
selects has exactly the law of an agent at the ``langevin`` level at whole times, whatever the decay.

The law's ``learner`` plays no part: what it assumes, K, emerges here as the covariance of the traits (K = strength V
for weak selection by softmax). A law with absorption is refused: an individual that stopped would go on reproducing.

Recombination: an offspring has two parents, chosen independently by the same probabilities (both can be the same).
"free" takes each component of each trait from either parent with probability 1/2; "infinitesimal" takes the mean of
the parents and adds normal segregation of half the genic variance, whoever the parents are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from simulator.compiler import Shape
from simulator.experiment import Experiment, Twin
from simulator.levels.langevin import check_options
from simulator.levels.population.kernels import kernels_of
from simulator.levels.population.measures import checked_statistics
from simulator.levels.population.neutral import reason
from simulator.levels.population.plan import (
    POPULATION,
    Plan,
    check_names,
    checked_generations,
    checked_recombination,
)
from simulator.levels.population.run import sample
from simulator.levels.population.schemes import Scheme, as_scheme
from simulator.model import Model
from simulator.parameter import Resolved

__all__ = ["Scheme", "experiment", "kernel_source"]


def experiment(
    model: Model,
    *,
    times: Sequence[float] | None = None,
    selection: Any = "softmax",
    recombination: bool | str = False,
    normals: str = "ziggurat",
    dtype: str = "float64",
    measures: Sequence[str] | None = None,
) -> Experiment:
    """Return a law as populations of individuals that reproduce by its reward; a replicate is a population.

    Parameters
    ----------
    model
        The law. Drawn parameters are drawn once a population, drawn initial values once an individual.
    times
        The generations at which to observe, whole, increasing, >= 0; the result has an axis ``time``. None: ``time``
        (whole, >= 1) is a parameter of the experiment, and the population is observed once, then.
    selection
        "softmax", "proportional", "truncation", "tournament", "group_normalized", or a `Scheme` of one's own.
    recombination
        False (one parent), "free" or "infinitesimal".
    normals
        "ziggurat" or "mixed", as at the langevin level.
    dtype
        "float64", or "float32" for the traits and their mutations; rewards and measures are float64 always.
    measures
        Which to compute, by name; None for the law's own measures and every trait's mean and variance.

    Parameters of the experiment
    ----------------------------
    The law's, and
    ``population``          N, whole, >= 2;
    ``environment``         standard deviation, >= 0, of a normal deviation that each individual's reward gets in the
                            eyes of selection, anew in each generation and not inherited (default 0);
    ``strength``            softmax, group_normalized: >= 0 (default 1);
    ``kept_fraction``       truncation: in (0, 1]; round(kept_fraction N), but at least one, are kept (default 0.5);
    ``tournament_size``     tournament: whole, >= 1 (default 2);
    ``group_size``          group_normalized: whole, >= 2, a divisor of N (default 2);
    ``TRAIT_genic_variance``  infinitesimal: >= 0, per trait (a vector trait: a number or one a component; default 1);
    ``time``                where ``times`` is None (default 10).

    Measures
    --------
    A law's own measure M, ``reward`` included, is averaged over the individuals of the population, under its own name.
    A start that it mentions is that of an individual's founder. For a trait T (the axis T's dimension, if any):
    ``T``                   its mean over the population;
    ``T_individuals``       every individual's; a last axis ``individual``;
    ``T_variance``          its variance within the population, ddof 1;
    ``T_U_covariance``      with another trait U, in the order of declaration, ddof 1; ``T_covariance`` among the
                            components of a vector trait; axes ``DIM_index`` and, for a second one, ``DIM_other``;
    ``T_differential``      Cov(w, T)/mean w over the parents of this generation, w their realized numbers of
                            offspring, ddof 0: the selection differential, Price's first term;
    ``T_transmission``      mean over offspring of T minus the parent's T (the parents' mean): Price's second term;
    ``T_change``            the change of T's mean in the last generation, the sum of the two;
    ``reward_differential``  the selection differential of the reward as selection saw it, environment included.
    At time 0 the last four do not apply (NaN). And of the lineages (one parent only), time in generations:
    ``parents``             every individual's parent, by number (NaN at time 0); axis ``individual``: what
                            ``simulator.genealogy`` draws a family tree from;
    ``lineages``            how many founders have descendants;
    ``lineage_identity``    sum of f_k^2, f_k the share of the population that descends from founder k;
    ``effective_lineages``  1 / lineage_identity: the effective number of founding goals;
    ``coalesced``           whether one founder is left (indicator);
    ``ancestor_age``        how long ago the most recent common ancestor of the population lived (where coalesced);
    ``coalescence_time``    the first generation in which one founder was left (where coalesced).

    Raises
    ------
    ValueError
        In one line, for times that are no whole generations, an unknown name, a law with absorption, a parameter of
        the law with one of the names above, or a measure that recombination leaves without meaning.
    """
    if model.absorb:
        raise ValueError(
            f"{model.name}: got a law with absorption; individuals of a population do not stop; "
            "pass model.replace(absorb={})"
        )
    check_options(normals, dtype)
    law, scheme, mode = model.replace(learner={}), as_scheme(selection), checked_recombination(recombination)
    statistics = checked_statistics(law, measures, mode)
    plan = Plan(law, checked_generations(times), scheme, mode, normals, dtype, tuple(statistics))
    check_names(plan)
    axes = ("time",) if plan.times is not None else ()
    described = {name: one.observable for name, one in statistics.items()}
    sampler = partial(sample, plan, statistics)
    twin = Twin("neutral population", 1, 1, sampler, partial(sample, replace(plan, control=True), statistics))
    return Experiment(
        name=model.name,
        parameters=plan.parameters,
        measures={name: replace(one, dims=(*axes, *one.dims)) for name, one in described.items()},
        sample=sampler,
        twin=reason(plan) or twin,
        coordinates={} if plan.times is None else {"time": np.array(plan.times)},
        components=partial(_components, plan),
        states=partial(
            experiment, model, times=times, selection=selection, recombination=recombination, normals=normals,
            dtype=dtype, measures=tuple(trait.name for trait in model.traits),
        ),
        identity={
            "level": "population", "law": law.fingerprint, "times": plan.times, "selection": scheme.name,
            "recombination": mode, "normals": normals, "dtype": dtype,
        },
    )  # fmt: skip


def _components(plan: Plan, resolved: Resolved) -> int:
    return int(resolved[POPULATION.name]) * plan.components(resolved)


def kernel_source(model: Model, *, recombination: bool | str = False, dtype: str = "float64", **drawn: Any) -> str:
    """Return the source of segregation, growth, decay and mutation; ``drawn`` as at the langevin level."""
    for name in drawn:
        model.parameter(name)  # refuses an unknown one
    law, mode = model.replace(learner={}), checked_recombination(recombination)
    plan = Plan(law, None, as_scheme("softmax"), mode, "ziggurat", dtype, ())
    shapes = {parameter.variable: Shape(parameter.dim, parameter.name in drawn) for parameter in plan.parameters}
    return kernels_of(plan, shapes).law.step.source.text
