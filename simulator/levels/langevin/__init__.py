"""Independent learners with a given K: the law's stochastic differential equation.

``method="stepped"`` integrates it by ``step``'s symmetric splitting, of weak order 2 (1 where a trait's noise depends
on the trait, or agents stop); ``method="exact"`` draws the requested times from Gaussian transitions, for laws that
have them. ``reduction`` carries a vector as the few numbers that are seen of it (``frame``). The unit of time is the
law's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from simulator.compiler import Shape
from simulator.experiment import Experiment, Twin
from simulator.levels.langevin.expanded import normal_starts, symmetric_controls
from simulator.levels.langevin.frame import kept_rows
from simulator.levels.langevin.kernels import kernels_of
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.run import pack, refine, sample
from simulator.levels.langevin.step import weak_order
from simulator.model import Model
from simulator.normals import NORMALS
from simulator.observation import checked_measures, checked_times, observables
from simulator.parameter import Resolved, nearest
from simulator.structure import Isotropy, Structure, is_noisy, structure

METHODS = ("auto", "exact", "stepped")
VARIANCE_REDUCTIONS = ("antithetic", "sobol")
SOBOL_GROUP = 1024


def experiment(
    model: Model,
    *,
    times: Sequence[float] | None = None,
    method: str = "auto",
    steps: int = 128,
    reduction: bool | None = None,
    variance_reduction: str | None = None,
    group: int | None = None,
    normals: str = "ziggurat",
    dtype: str = "float64",
    measures: Sequence[str] | None = None,
) -> Experiment:
    """Return a law as independent noisy learners.

    Parameters
    ----------
    model
        The law.
    times
        When to observe, increasing, >= 0; the result has an axis ``time``. None: ``time`` is a parameter of the
        experiment, and the agents are observed once, then.
    method
        "exact" draws the agents at the requested times without error of discretization, where ``model.structure()``
        finds that the law allows it; "stepped" steps any law; "auto" takes the first that applies.
    steps
        The number of steps from 0 to the last time (each requested time gets at least one), where it is stepped.
    reduction
        Whether to carry an isotropic vector as the few numbers that the law and the measures see of it; it is left
        out at points where the vector has no more components than that. None: where it applies, with "auto" only.
    variance_reduction
        None; "antithetic", pairs of replicates on mirrored noise; or "sobol", groups of replicates on scrambled
        Sobol points, joined by the Brownian bridge where the law is stepped. Errors follow from pairs and groups.
    group
        The replicates in a group for "sobol", a power of two, by default 1024.
    normals
        "ziggurat" (NumPy's own, the reference) or "mixed" (faster; see ``simulator.normals`` for its limits).
    dtype
        "float64", or "float32" for the state and noise; measures and statistics are float64 always.
    measures
        Which to compute: names of measures or traits; None for all measures of the law.

    Raises
    ------
    ValueError
        In one line, for unsorted times, fewer than one step, an unknown name, or a method or reduction that the law's
        structure does not allow, with the reason.
    """
    chosen = checked_measures(model, measures)
    if isinstance(steps, bool) or int(steps) != steps or steps < 1:
        raise ValueError(f"steps: got {steps}; must be a whole number >= 1; pass for example steps=128")
    check_options(normals, dtype)
    # Reading a law's symbols takes longer than anything else here; a plainly stepped law needs none of it.
    found = None if method == "stepped" and not reduction else structure(model, chosen)
    plan = Langevin(
        model=model,
        measures=chosen,
        times=checked_times(times),
        method=_method(model, found, method),
        steps=int(steps),
        normals=normals,
        dtype=dtype,
        isotropy=_reduction(model, found, reduction, automatic=method == "auto"),
        variance_reduction=_variance_reduction(variance_reduction),
        group=_group(variance_reduction, group),
    )
    return _experiment(plan)


def _experiment(plan: Langevin) -> Experiment:
    stepped = None if plan.exact else partial(refine, plan)
    sampler = partial(sample, plan)
    return Experiment(
        name=plan.model.name,
        parameters=plan.parameters,
        measures=observables(plan.model, plan.measures, timed=plan.times is not None),
        sample=sampler,
        refine=stepped,
        order=None if plan.exact else weak_order(plan.model),
        coordinates={} if plan.times is None else {"time": np.array(plan.times)},
        components=partial(_components, plan),
        group=plan.group,
        pack=partial(pack, plan),
        states=partial(_states, plan),
        twin=_twin(plan, sampler),
        law=plan.model,
        identity={
            "level": "langevin", "law": plan.model.fingerprint, "times": plan.times, "method": plan.method,
            "steps": None if plan.exact else plan.steps, "reduction": plan.isotropy is not None,
            "variance_reduction": plan.variance_reduction, "group": plan.group,
            "normals": plan.normals, "dtype": plan.dtype,
        },
    )  # fmt: skip


def _twin(plan: Langevin, sampler: Any) -> Twin | str:
    """Return the twin of a plan, or why there is none."""
    model = plan.model
    if not any(is_noisy(model, trait) for trait in model.traits) and (plan.exact or not normal_starts(model)):
        return "the law has no noise"
    # A reduced vector takes lengths, which have no mean 0: the twin sees every component.
    whole = replace(plan, control=True, isotropy=None)
    first = symmetric_controls(model)
    return Twin("expanded law", first + 1, first, sampler, partial(sample, whole), partial(_components, whole))


def _method(model: Model, found: Structure | None, method: str) -> str:
    if method not in METHODS:
        raise ValueError(f"method: got {method!r}; {nearest(str(method), METHODS)}")
    if method == "stepped" or found is None:
        return "stepped"
    if method == "exact" and not found.exact:
        raise ValueError(
            f"method: got 'exact'; {model.name} has no exact transitions: {found.refusal}; pass method='stepped'"
        )
    return "exact" if found.exact else "stepped"


def _reduction(model: Model, found: Structure | None, reduction: bool | None, automatic: bool) -> Isotropy | None:
    wanted = automatic if reduction is None else reduction
    if not wanted or found is None:
        return None
    if isinstance(found.isotropy, Isotropy):
        return found.isotropy
    if reduction:
        raise ValueError(
            f"reduction: got True; {model.name} cannot be reduced: {found.isotropy}; pass reduction=False, "
            "or leave out such measures by measures=[...]"
        )
    return None


def _variance_reduction(variance_reduction: str | None) -> str | None:
    if variance_reduction is not None and variance_reduction not in VARIANCE_REDUCTIONS:
        known = nearest(str(variance_reduction), VARIANCE_REDUCTIONS)
        raise ValueError(f"variance_reduction: got {variance_reduction!r}; {known}")
    return variance_reduction


def _group(variance_reduction: str | None, group: int | None) -> int:
    if group is not None and variance_reduction != "sobol":
        raise ValueError(f"group: got {group}; only variance_reduction='sobol' has groups; leave it out")
    if variance_reduction != "sobol":
        return 2 if variance_reduction == "antithetic" else 1
    size = SOBOL_GROUP if group is None else group
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 2 or size & (size - 1):
        raise ValueError(f"group: got {size!r}; must be a power of two, at least 2; pass for example group=1024")
    return int(size)


def check_options(normals: str, dtype: str) -> None:
    """Raise ValueError, in one line, for an unknown way to draw normals or type of the state."""
    if normals not in NORMALS:
        raise ValueError(f"normals: got {normals!r}; {nearest(normals, NORMALS)}")
    if dtype not in ("float64", "float32"):
        raise ValueError(f"dtype: got {dtype!r}; must be 'float64' or 'float32'; pass one of them")


def _components(plan: Langevin, resolved: Resolved) -> int:
    found = plan.reduction(resolved)
    sizes = {trait: 1 if trait.dim is None else int(resolved[trait.dim]) for trait in plan.model.traits}
    return sum(kept_rows(found) + 2 if found and trait == found.trait else size for trait, size in sizes.items())


def _states(plan: Langevin) -> Experiment:
    traits = tuple(trait.name for trait in plan.model.traits)
    return _experiment(replace(plan, measures=traits, isotropy=None))


def kernel_source(model: Model, *, dtype: str = "float64", **drawn: Any) -> str:
    """Return the source of one step; parameters named in ``drawn`` are distributions, one value a replicate."""
    for name in drawn:
        model.parameter(name)  # refuses an unknown one
    shapes = {parameter.variable: Shape(parameter.dim, parameter.name in drawn) for parameter in model.parameters}
    return kernels_of(model, shapes, (), single=dtype == "float32").step.source.text
