"""The rules of a declaration: every part of a law names what is declared, in dimensions that fit."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy

from simulator.calculus import linearize
from simulator.distribution import arguments, is_distribution

if TYPE_CHECKING:
    from simulator.model import Model

ANY = "any"
RESERVED = {"time": "when the agents are observed"} | dict.fromkeys(
    ("experiment", "replicates", "seed", "keep", "threads", "discretization", "common_random_numbers", "control"),
    "an option of simulate",
)


@dataclass(frozen=True)
class Measure:
    """Something observed: an expression, its unit, and what it means.

    Parameters
    ----------
    expression
        In the law's traits, parameters and initial values; scalar or vector.
    unit, meaning
        For the reader and the axis label.
    """

    expression: Any
    unit: str = ""
    meaning: str = ""


def check_law(model: Model) -> None:
    """Raise ValueError, in one line, if a part of the law breaks a rule."""
    _check_names(model)
    _check_keys(model)
    _check_kinds(model)
    _check_symbols(model)
    _check_dimensions(model)


def _check_names(model: Model) -> None:
    for part in ("traits", "parameters"):
        if not isinstance(getattr(model, part), (tuple, list)):
            raise TypeError(f"{model.name}: {part} is no tuple; write {part}=(one,) for a single one")
    everything: tuple[Any, ...] = (*model.traits, *model.parameters)
    names = [declared.name for declared in everything]
    for name, count in Counter(names).items():
        if count > 1:
            raise ValueError(f"{model.name}: {name!r} is declared {count} times; give each its own name")
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
            raise ValueError(f"{model.name}: {name!r} is no public Python name; rename it")
        if name in model.measures and name not in {trait.name for trait in model.traits}:
            raise ValueError(f"{model.name}: measure {name!r} has a parameter's name; rename one of them")
        if name in RESERVED:
            raise ValueError(f"{model.name}: {name!r} is {RESERVED[name]}; rename it")
    if "reward" in model.measures:
        raise ValueError(f"{model.name}: 'reward' is measured always, as the law has it; leave it out of measures")
    for trait in model.traits:
        if str(trait.initial) in names:
            raise ValueError(f"{model.name}: {trait.initial} is the name of {trait.name} at time 0; rename the other")
        if trait.name in model.measures and model.measures[trait.name].expression != trait.variable:
            raise ValueError(f"{model.name}: measure {trait.name!r} has a trait's name but is another thing; rename it")
    counts = {parameter.name for parameter in model.parameters if parameter.integer}
    for declared in everything:
        if declared.dim is not None and declared.dim not in counts:
            raise ValueError(
                f"{model.name}: {declared.name} has dimension {declared.dim!r}, which is not declared; "
                f"add Parameter({declared.dim!r}, default=2, integer=True)"
            )


def _check_keys(model: Model) -> None:
    for part in ("growth", "decay", "noise", "initial"):
        for key in getattr(model, part):
            if key not in model.traits:
                raise ValueError(f"{model.name}: {part} names {key!r}, which is no trait of this law")
    for key in model.learner:
        pair = key if isinstance(key, tuple) else (key,)
        if isinstance(key, tuple) and len(key) != 2:
            raise ValueError(
                f"{model.name}: learner has {len(key)} traits in one key; must be a trait or a pair of them"
            )
        if any(trait not in model.traits for trait in pair):
            raise ValueError(f"{model.name}: learner names {key!r}, which is no trait of this law")
        if len(pair) > 1 and any(trait.dim for trait in pair):
            raise ValueError(f"{model.name}: learner couples the pair {key!r}; only scalar traits can be coupled")
        if len(pair) > 1 and pair[0] == pair[1]:
            raise ValueError(f"{model.name}: learner couples {pair[0].name} to itself; give it by the trait alone")
        if len(pair) > 1 and (pair[1], pair[0]) in model.learner:
            raise ValueError(f"{model.name}: learner names the pair {key!r} twice; K is symmetric, give it once")
    for trait in model.traits:
        if trait not in model.initial:
            raise ValueError(f"{model.name}: trait {trait.name!r} has no initial value; add it to initial")


def _parts(model: Model) -> Iterator[tuple[str, Any, str | None, bool]]:
    """Every expression of the law: where it stands, itself, the dimension it may have, whether it sees the state.

    A measure may have ANY dimension, and it alone sees where a trait began.
    """
    yield "reward", model.reward, None, True
    for key, metric in model.learner.items():
        yield "learner", metric, None if isinstance(key, tuple) else key.dim, True
    for part in ("growth", "decay", "noise"):
        for trait, expression in getattr(model, part).items():
            yield f"{part} of {trait.name}", expression, trait.dim, True
    for trait, value in model.initial.items():
        for expression in arguments(value).values() if is_distribution(value) else (value,):
            yield f"initial of {trait.name}", expression, trait.dim, False
    for route, expression in model.absorb.items():
        yield f"absorb {route}", expression, None, True
    for name, measure in model.measures.items():
        yield f"measure {name}", measure.expression, ANY, True


def _check_kinds(model: Model) -> None:
    """Refuse what is no real number; only a measure may be a condition (true is 1) or not apply (NaN)."""
    for where, expression, allowed, _ in _parts(model):
        if allowed != ANY and not isinstance(expression, sympy.Expr):
            raise TypeError(f"{model.name}: {where} is {expression}; must be an expression or a number; use Piecewise")
        wrong = (sympy.I, sympy.zoo) if allowed == ANY else (sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo)
        if expression.has(*wrong):
            raise ValueError(f"{model.name}: {where} is {expression}; must be real and finite; correct it")


def _check_symbols(model: Model) -> None:
    parameters = {parameter.variable for parameter in model.parameters}
    state = {trait.variable for trait in model.traits}
    starts = {trait.initial for trait in model.traits}
    for where, expression, allowed, sees_state in _parts(model):
        used = expression.free_symbols
        if sees_state and allowed != ANY and used & starts:
            begun = ", ".join(sorted(str(symbol) for symbol in used & starts))
            raise ValueError(
                f"{model.name}: {where} uses {begun}; where a trait began may only be measured; "
                "add a trait that begins there and stays"
            )
        unknown = used - parameters - (state if sees_state else set()) - (starts if allowed == ANY else set())
        if unknown:
            names = ", ".join(sorted(str(symbol) for symbol in unknown))
            rule = "is no declared trait or parameter" if sees_state else "is no declared parameter"
            raise ValueError(f"{model.name}: {where} uses {names}, which {rule}; declare it, or correct its name")


def _check_dimensions(model: Model) -> None:
    for where, expression, allowed, _ in _parts(model):
        try:
            found = model.dimension(expression)
            linearize(expression, model.dims)
        except ValueError as problem:
            raise ValueError(f"{model.name}: {where}: {problem}") from None
        if found not in (None, allowed) and allowed != ANY:
            wanted = "a scalar" if allowed is None else f"of dimension {allowed!r}"
            raise ValueError(f"{model.name}: {where} is a vector of {found!r}; must be {wanted}; sum it with total()")
    for parameter in model.parameters:
        if parameter.integer and parameter.dim:
            raise ValueError(f"{model.name}: {parameter.name} counts something and cannot be a vector")


def is_zero(expression: Any) -> bool:
    """Tell whether an expression is the number zero (a parameter that may be set to 0 is not)."""
    return bool(sympy.sympify(expression).is_zero)
