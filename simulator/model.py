"""A law declared once: traits, parameters, a reward, and how it is learned; everything else is derived.

Every law is an instance of

    dz = [ K(z) grad R(z) + growth - decay z ] dt + noise dW        z = (traits), Ito
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from importlib import import_module
from typing import Any

import sympy

from simulator.calculus import dimension, gradient, linearize
from simulator.declaration import Measure, check_law
from simulator.distribution import arguments, is_distribution, with_arguments
from simulator.identity import fingerprint
from simulator.parameter import Parameter, nearest
from simulator.symbolic import Symbolic


@dataclass(frozen=True)
class Trait(Symbolic):
    """A coordinate of the agent that training can change; it stands in expressions by its symbol.

    Parameters
    ----------
    name
        The code name, a Python identifier.
    symbol
        How it is printed, in LaTeX.
    dim
        The name of its dimension (an integer parameter of the law) if it is a vector, else None.
    unit, meaning
        For the reader.
    """

    name: str
    symbol: str = ""
    dim: str | None = None
    unit: str = ""
    meaning: str = ""

    @cached_property
    def variable(self) -> Any:
        """The SymPy symbol of its present value."""
        return sympy.Symbol(self.name, real=True)

    @cached_property
    def initial(self) -> Any:
        """The SymPy symbol of its value at time 0, for measures such as the cosine to the start."""
        return sympy.Symbol(f"{self.name}_initial", real=True)


@dataclass(frozen=True, repr=False)
class Model:
    """One law, as mathematics.

    Parameters
    ----------
    name
        The code name of the phenomenon.
    traits
        The state z.
    reward
        R(z), a scalar expression in traits and parameters; vectors enter through ``total``.
    parameters
        Every constant of the law, the sizes of its dimensions included.
    learner
        K: per trait, or per pair of scalar traits, an expression; a trait that it lacks is not learned.
    growth, decay, noise
        Per trait, the drift that selection does not cause, the rate of decay toward zero, and the coefficient of its
        Brownian motion (one independent motion a component).
    initial
        Per trait, its value at time 0: an expression in the parameters, or a distribution drawn per replicate.
    absorb
        Per route, a scalar expression that is positive while the agent runs; it stops where one reaches zero.
    measures
        What is observed: expressions in traits, parameters and ``trait.initial``, or ``Measure`` objects.
    says
        One sentence.

    Raises
    ------
    ValueError
        In one line, for an undeclared symbol, mixed dimensions, or a part that names no trait of the law.
    """

    name: str
    traits: tuple[Trait, ...]
    reward: Any
    parameters: tuple[Parameter, ...]
    learner: Mapping[Any, Any] = field(default_factory=dict)
    growth: Mapping[Trait, Any] = field(default_factory=dict)
    decay: Mapping[Trait, Any] = field(default_factory=dict)
    noise: Mapping[Trait, Any] = field(default_factory=dict)
    initial: Mapping[Trait, Any] = field(default_factory=dict)
    absorb: Mapping[str, Any] = field(default_factory=dict)
    measures: Mapping[str, Any] = field(default_factory=dict)
    says: str = ""

    def __post_init__(self) -> None:
        """Bring every part into symbolic form and refuse what is not a law."""
        for part in ("learner", "growth", "decay", "noise", "absorb"):
            terms = {key: _expression(self.name, part, value) for key, value in getattr(self, part).items()}
            object.__setattr__(self, part, terms)
        initial = {trait: _initial(self.name, value) for trait, value in self.initial.items()}
        measures = {name: _measure(self.name, value) for name, value in self.measures.items()}
        object.__setattr__(self, "initial", initial)
        object.__setattr__(self, "measures", measures)
        object.__setattr__(self, "reward", _expression(self.name, "reward", self.reward))
        check_law(self)
        noise = {trait: linearize(expression, self.dims) for trait, expression in self.noise.items()}
        object.__setattr__(self, "noise", noise)
        object.__setattr__(self, "initial", {trait: self._linear(value) for trait, value in self.initial.items()})

    def _linear(self, value: Any) -> Any:
        """Return an initial value, or a distribution's arguments, with totals in linear form."""
        if not is_distribution(value):
            return linearize(value, self.dims)
        return with_arguments(value, {name: linearize(one, self.dims) for name, one in arguments(value).items()})

    @cached_property
    def dims(self) -> dict[Any, str]:
        """The dimension of every vector symbol: traits, their initial values, and parameters."""
        traits = {symbol: trait.dim for trait in self.traits for symbol in (trait.variable, trait.initial)}
        declared = traits | {parameter.variable: parameter.dim for parameter in self.parameters}
        return {symbol: dim for symbol, dim in declared.items() if dim is not None}

    @cached_property
    def observed(self) -> dict[str, Measure]:
        """Everything that can be measured: the declared measures, and the reward as it now is."""
        return {**self.measures, "reward": Measure(self.reward, "reward", "expected reward of an episode")}

    def dimension(self, expression: Any) -> str | None:
        """Return the dimension of an expression in this law's symbols, or None for a scalar."""
        return dimension(sympy.sympify(expression, strict=True), self.dims)

    def gradient(self, expression: Any, trait: Trait) -> Any:
        """Return the derivative of a scalar expression by a trait (elementwise if the trait is a vector)."""
        return gradient(sympy.sympify(expression, strict=True), trait.variable, self.dims)

    @cached_property
    def drift(self) -> dict[Trait, Any]:
        """The drift of every trait, K grad R + growth - decay z."""
        return {trait: linearize(self._drift(trait), self.dims) for trait in self.traits}

    def _drift(self, trait: Trait) -> Any:
        learned = sympy.Integer(0)
        for key, metric in self.learner.items():
            pair = key if isinstance(key, tuple) else (key, key)
            if trait in pair:
                partner = pair[1] if pair[0] == trait else pair[0]
                learned += metric * self.gradient(self.reward, partner)
        return learned + self.growth.get(trait, 0) - self.decay.get(trait, 0) * trait.variable

    def parameter(self, name: str) -> Parameter:
        """Return the parameter of that name; raise ValueError with the nearest right name otherwise."""
        known = {parameter.name: parameter for parameter in self.parameters}
        if name not in known:
            raise ValueError(f"unknown parameter {name!r} of {self.name}; {nearest(name, known)}")
        return known[name]

    def replace(self, **changes: Any) -> Model:
        """Return this law with some of its parts replaced: a variant of one's own."""
        known = [part.name for part in fields(self)]
        for part in changes:
            if part not in known:
                raise ValueError(f"{self.name}: a law has no part {part!r}; {nearest(part, known)}")
        return replace(self, **changes)

    def experiment(self, level: str = "langevin", **options: Any) -> Any:
        """Return this law as an Experiment at one level of description.

        Parameters
        ----------
        level
            The name of a module in ``simulator.levels``: "langevin" (independent noisy learners), "flow" (no noise),
            "population" (individuals that reproduce by reward).
        options
            What that level's ``experiment`` takes, such as ``times``.
        """
        return _level(level).experiment(self, **options)

    def structure(self, measures: Any = None) -> Any:
        """Return what the law's symbols show before anything is simulated; it prints in words.

        Which traits follow one path, which are Gaussian between any two times (``method="exact"``) and which vector
        is known by a few numbers (``reduction=True``), for the named measures (None: all); and why not more.
        """
        return import_module("simulator.structure").structure(self, measures)

    def kernel_source(self, level: str = "langevin", **options: Any) -> str:
        """Return the NumPy source that one step of this law is compiled to."""
        return str(_level(level).kernel_source(self, **options))

    def latex(self, expression: Any = None) -> str:
        """Return the law, or any expression in its symbols, in LaTeX."""
        from simulator.notation import expression_latex, law_latex

        return law_latex(self) if expression is None else expression_latex(self, expression)

    def __repr__(self) -> str:
        from simulator.notation import law_text

        return law_text(self)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the law's content, the same in every process and on every platform."""
        from simulator.notation import content

        return fingerprint(content(self))


def _level(name: str) -> Any:
    """Find a level by name: the law knows that there are levels, not which."""
    known = import_module("simulator.levels").level_names()
    if name not in known:
        raise ValueError(f"level: got {name!r}; {nearest(name, known)}")
    return import_module(f"simulator.levels.{name}")


def _expression(law: str, part: str, value: Any) -> Any:
    try:
        return sympy.sympify(value, strict=True)
    except sympy.SympifyError:
        raise TypeError(
            f"{law}: {part} has {value!r}; must be an expression or a number; text is never evaluated"
        ) from None


def _initial(law: str, value: Any) -> Any:
    if not is_distribution(value):
        return _expression(law, "initial", value)
    given = {name: _expression(law, "initial", argument) for name, argument in arguments(value).items()}
    return with_arguments(value, given)


def _measure(law: str, value: Any) -> Measure:
    measure = value if isinstance(value, Measure) else Measure(value)
    return replace(measure, expression=_expression(law, "measures", measure.expression))
