"""The neutral twin of some populations, for control variates: the same throws and mutations, and no selection.

Every place of a population also holds a deviation d from the path that an individual without mutation would go. In a
generation each takes over the deviation of a parent that the selected population's own throw chooses with equal
chances, and moves on by the same mutation, to first order: d <- DF.(d, xi). Founders drawn from a normal law begin with
their deviation from its mean. Whoever is chosen, d is linear in the mutations, so that its mean is zero; where nothing
selects, its mean over the population is what chance, of parents and of mutations, has made of the traits' mean.

Source: Kimura, The Neutral Theory of Molecular Evolution (1983), chapter 3, for drift without selection.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.calculus import linearize
from simulator.compiler import Kernel, Program, Shape, compile_program
from simulator.distribution import Normal, is_distribution
from simulator.levels.langevin.setting import Setting, initial_arguments
from simulator.levels.langevin.tangent import Expansion
from simulator.levels.population.kernels import Generation, generation_step
from simulator.levels.population.plan import Plan
from simulator.levels.population.schemes import SCHEMES
from simulator.selection.multinomial import multinomial
from simulator.structure.noise import is_noisy

Shapes = Mapping[Any, Shape]


@dataclass(frozen=True)
class Kernels:
    """A generation of path and deviations, and what of the law's measures deviates with a mean of traits."""

    step: Kernel
    observe: Kernel
    measures: tuple[str, ...]


_made: dict[Any, Kernels] = {}
_making = threading.Lock()


def kernels_of(plan: Plan, parameters: Shapes) -> Kernels:
    """Return the twin's kernels, for parameters that are not drawn."""
    key = (plan.model.fingerprint, plan.measures, plan.dtype, tuple(sorted(map(str, parameters))))
    with _making:
        if key not in _made:
            _made[key] = _compile(plan, parameters)
        return _made[key]


def _compile(plan: Plan, parameters: Shapes) -> Kernels:
    model, traits = plan.model, plan.model.traits
    moves, slots = generation_step(plan)
    expansion = Expansion.of(model, traits, traits, slots, moves, order=1)
    paths = {expansion.path[trait.variable]: Shape(trait.dim) for trait in traits}
    deviations = {expansion.first[trait.variable]: Shape(trait.dim, True) for trait in traits}
    noise = {slot.symbol: Shape(slot.trait.dim, True) for slot in slots}
    starts = {trait.initial: Shape(trait.dim) for trait in traits}
    own = tuple(name for name in model.observed if name in plan.measures)
    seen = (expansion.deviation(linearize(model.observed[name].expression, model.dims)) for name in own)
    step = Program(parameters, {**paths, **deviations, **noise}, statements=expansion.statements(moves))
    observe = Program(parameters, {**paths, **deviations, **starts}, returns=tuple(seen))
    return Kernels(compile_program(step, plan.dtype == "float32"), compile_program(observe), own)


@dataclass
class Neutral:
    """The neutral twin of some populations in one generation.

    Parameters
    ----------
    plan, made, setting
        The law, the twin's kernels, and the parameters; ``setting.replicates`` individuals in all.
    shape
        (replicates, individuals).
    start, path
        Per trait, where an individual without mutation begins, and where it is: a number or a column.
    deviation
        Per trait, every place's deviation, (individuals in all,) or (components, individuals in all).
    """

    plan: Plan
    made: Kernels
    setting: Setting
    shape: tuple[int, int]
    start: list[Any]
    path: list[Any]
    deviation: list[Any]
    _born: list[Any]
    _moved: list[Any]

    @classmethod
    def found(
        cls, plan: Plan, law: Generation, parameters: Shapes, setting: Setting, shape: tuple[int, int],
        initial: Sequence[Any],
    ) -> Neutral:  # fmt: skip
        """Return the twin of founders."""
        given = initial_arguments(plan.model, law.law, setting)
        start, deviation = [], []
        for trait, value in zip(plan.model.traits, initial, strict=True):
            size = (setting.replicates,) if trait.dim is None else (setting.sizes[trait.dim], setting.replicates)
            column = (setting.sizes[trait.dim], 1) if trait.dim is not None else ()
            declared = plan.model.initial[trait]
            start.append(np.array(np.broadcast_to(_middle(declared, given[trait]), column), dtype=np.float64)[()])
            apart = value - start[-1] if isinstance(declared, Normal) else 0.0
            deviation.append(np.array(np.broadcast_to(apart, size), dtype=setting.dtype))
        path = [np.array(one, dtype=setting.dtype) if np.ndim(one) else one for one in start]
        kernels = kernels_of(plan, parameters)
        return cls(plan, kernels, setting, shape, start, path, deviation, deviation, path)

    def beget(self, state: Mapping[str, Any]) -> None:
        """Choose parents by the throws of a generator in this state, with equal chances, and take them over."""
        generator = np.random.Generator(getattr(np.random, state["bit_generator"])())
        generator.bit_generator.state = state
        replicates, size = self.shape
        chosen = multinomial(np.ones(self.shape), generator, size)
        chosen += size * np.arange(replicates)[:, np.newaxis]
        self._born = [value.take(chosen.reshape(-1), axis=-1) for value in self.deviation]

    def mutate(self, place: slice, noise: Sequence[NDArray[Any]]) -> None:
        """Move the deviations of a run of places on by the mutations of those who are born there."""
        kernel, length = self.made.step, len(range(*place.indices(self.setting.replicates)))
        path = [np.array(value) if np.ndim(value) else value for value in self.path]
        views = [value[..., place] for value in self._born]
        constants: Mapping[str, Any] = self.setting.constants
        if self.setting.dtype == np.float32:
            constants = {name: one.astype(np.float32) if np.ndim(one) else one for name, one in constants.items()}
        buffers = kernel.buffers(self.setting.sizes, length, self.setting.dtype)
        scalars = iter(kernel.run((*path, *views, *noise), kernel.hoist(constants), buffers))
        self._moved = [value if np.ndim(value) else next(scalars) for value in path]

    def grow_up(self) -> None:
        """Let those who were born take the places of their parents."""
        self.path, self.deviation = self._moved, self._born

    def controls(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Return each measure's control, (..., 1, replicates): its deviation with the twin's mean traits."""
        apart = (value.reshape(*value.shape[:-1], *self.shape) for value in self.deviation)
        means = [value.mean(axis=-1, dtype=np.float64) for value in apart]
        known = {trait.name: mean for trait, mean in zip(self.plan.model.traits, means, strict=True)}
        kernel, replicates = self.made.observe, self.shape[0]
        given = [np.asarray(value, dtype=np.float64)[()] for value in (*self.path, *means, *self.start)]
        buffers = kernel.buffers(self.setting.sizes, replicates, np.float64)
        values = kernel.run(given, kernel.hoist(self.setting.constants), buffers)
        values = values[sum(not np.ndim(value) for value in given) :]
        known |= dict(zip(self.made.measures, values, strict=True))
        return {
            name: np.array(np.broadcast_to(known.get(name, 0.0), np.shape(array)))[..., np.newaxis, :]
            for name, array in found.items()
        }


def _middle(declared: Any, given: Mapping[str, Any]) -> Any:
    """Return where founders begin, on average; any place will do for a path."""
    return given.get("mean", 0.0) if is_distribution(declared) else given[""]


def reason(plan: Plan) -> str:
    """Return why populations have no neutral twin, "" if they have one."""
    if plan.recombination:
        return "individuals have two parents, and the twin has one"
    if SCHEMES.get(plan.scheme.name) is not plan.scheme:
        return f"it is not known how {plan.scheme.name!r} draws its parents"
    mutate = any(is_noisy(plan.model, trait) for trait in plan.model.traits)
    normal = any(isinstance(start, Normal) for start in plan.model.initial.values())
    return "" if mutate or normal else "nothing mutates, and founders are not drawn from a normal law"
