"""How a law is written: in LaTeX for the essay, in text for the terminal, in canonical form for its fingerprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from simulator.distribution import arguments, is_distribution
from simulator.identity import canonical

if TYPE_CHECKING:
    from simulator.model import Model


def symbols(model: Model) -> dict[Any, str]:
    """Return the LaTeX name of every symbol of the law."""
    names = {parameter.variable: parameter.symbol or _plain(parameter.name) for parameter in model.parameters}
    for trait in model.traits:
        names[trait.variable] = trait.symbol or _plain(trait.name)
        names[trait.initial] = f"{names[trait.variable]}(0)"
    return names


def _plain(name: str) -> str:
    return rf"\mathrm{{{name.replace('_', ' ')}}}".replace(" ", r"\ ")


def expression_latex(model: Model, expression: Any) -> str:
    """Return an expression in the law's symbols, in LaTeX."""
    return str(sympy.latex(sympy.sympify(expression, strict=True), symbol_names=symbols(model)))


def law_latex(model: Model) -> str:
    """Return the stochastic differential equation of every trait, one aligned line each."""
    names = symbols(model)
    lines = []
    for trait in model.traits:
        noise = model.noise.get(trait, sympy.Integer(0))
        motion = rf"dW_{{{names[trait.variable]}}}"
        diffusion = "" if noise.is_zero else rf" + {sympy.latex(noise, symbol_names=names)}\,{motion}"
        drift = sympy.latex(model.drift[trait], symbol_names=names)
        lines.append(rf"d{names[trait.variable]} &= \left[{drift}\right]dt{diffusion}")
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def law_text(model: Model) -> str:
    """Return the law as text: what it says, its equations, its parameters with range and meaning."""
    lines = [f"{model.name}: {model.says}" if model.says else model.name, f"  reward  {model.reward}"]
    for trait in model.traits:
        size = "" if trait.dim is None else f" in R^{trait.dim}"
        noise = model.noise.get(trait, 0)
        diffusion = "" if noise == 0 else f" + ({noise}) dW"
        lines.append(f"  d {trait.name}{size} = ({model.drift[trait]}) dt{diffusion}")
    for route, expression in model.absorb.items():
        lines.append(f"  stops by {route} where {expression} = 0")
    for parameter in model.parameters:
        unit = f" {parameter.unit}" if parameter.unit else ""
        default = getattr(parameter.default, "__name__", parameter.default)
        lines.append(f"  {parameter.name} = {default}{unit} in {parameter.range}: {parameter.meaning}")
    lines.append(f"  measures  {', '.join(model.observed)}")
    return "\n".join(lines)


def content(model: Model) -> dict[str, Any]:
    """Return the law as nested plain data that does not depend on SymPy's printing or ordering."""
    return {
        "name": model.name,
        "traits": [[trait.name, trait.dim] for trait in model.traits],
        "parameters": sorted([parameter.name, parameter.dim, parameter.integer] for parameter in model.parameters),
        "reward": tree(model.reward),
        "learner": sorted([_key(key), tree(metric)] for key, metric in model.learner.items()),
        **{
            part: {trait.name: tree(value) for trait, value in getattr(model, part).items()}
            for part in ("growth", "decay", "noise")
        },
        "initial": {trait.name: _initial(value) for trait, value in model.initial.items()},
        # The order of the routes decides ties, and which random numbers belong to which.
        "absorb": {route: [place, tree(model.absorb[route])] for place, route in enumerate(model.absorb)},
        "measures": {name: tree(measure.expression) for name, measure in model.measures.items()},
    }


def _key(key: Any) -> str:
    return "*".join(sorted(trait.name for trait in key)) if isinstance(key, tuple) else str(key.name)


def _initial(value: Any) -> Any:
    if not is_distribution(value):
        return tree(value)
    return [type(value).__name__, {name: tree(argument) for name, argument in arguments(value).items()}]


def tree(expression: Any) -> str:
    """Return an expression as text whose form depends on nothing but its structure."""
    if expression.is_Float:  # printed, it would lose digits
        return canonical(float(expression))
    if not expression.args:  # a symbol of the name pi is not the number pi
        plain = expression.is_Symbol or expression.is_Rational
        return str(expression) if plain else f"{type(expression).__name__}()"
    children = [tree(argument) for argument in expression.args]
    if isinstance(expression, (sympy.Add, sympy.Mul)):
        children.sort()
    return f"{type(expression).__name__}({','.join(children)})"
