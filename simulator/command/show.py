"""``python -m simulator show NAME``: a law in Unicode and in LaTeX, its structure, its symbols, what it measures."""

from __future__ import annotations

import re
from typing import Any

import sympy

from simulator import catalog
from simulator.command.columns import WIDTH, columns, wrapped
from simulator.command.describe import measure_row, measures, parameter_row, parameters
from simulator.distribution import arguments, is_distribution
from simulator.model import Model
from simulator.notation import symbols

PLAIN_SYMBOL = re.compile(r"\\?[A-Za-z]+(_\{?\w+\}?)?(\^\{?\*\}?)?")


def run(name: str) -> int:
    """Print the law or experiment of that name; raise ValueError, with the nearest right name, if there is none."""
    subject = catalog.find(name)
    print("\n".join(_law(subject) if isinstance(subject, Model) else [subject.name]))
    print("\nParameters")
    signs = unicode_symbols(subject) if isinstance(subject, Model) else {}
    rows = [(str(signs.get(one.variable, "")), *parameter_row(one)) for one in parameters(subject)]
    print("\n".join(columns(rows, indent=2)))
    print("\nMeasures")
    print("\n".join(columns([measure_row(*item) for item in measures(subject).items()], indent=2)))
    if isinstance(subject, Model):
        print(f"\nLaTeX\n{subject.latex()}")
    return 0


def unicode_symbols(model: Model) -> dict[Any, Any]:
    """Return the sign of every symbol of a law: its LaTeX name where Unicode can write it, else its code name."""
    found = {}
    for symbol, latex in symbols(model).items():
        plain = latex.removesuffix("(0)")
        # What SymPy prints of a name: Greek letters and indices; an asterisk it takes for a power, a star it keeps.
        name = re.sub(r"[\\{}^]", "", plain).replace("*", "∗") if PLAIN_SYMBOL.fullmatch(plain) else str(symbol)
        written = sympy.pretty(sympy.Symbol(name), use_unicode=True)
        found[symbol] = sympy.Symbol(f"{written}(0)" if latex.endswith("(0)") else written)
    return found


def _law(model: Model) -> list[str]:
    signs = unicode_symbols(model)
    lines = [model.name, *wrapped(model.says), "", *_equation("R", model.reward, model)]
    for trait in model.traits:
        sign, noise = signs[trait.variable], model.noise.get(trait, sympy.Integer(0))
        lines += _equation(f"d{sign}/dt", model.drift[trait], model)
        lines += [] if noise.is_zero else _equation(f"noise of {sign}", noise, model)
    for trait in model.traits:
        lines += _start(f"{signs[trait.initial]}", model.initial[trait], model)
    for route, expression in model.absorb.items():
        lines += _equation(f"{route}, at 0", expression, model)
    rows = [
        (str(signs[one.variable]), one.name, f"in R^{one.dim}" if one.dim else "", one.meaning) for one in model.traits
    ]
    return [*lines, "Traits", *columns(rows, indent=2), *_structure(model)]


def _start(sign: str, value: Any, model: Model) -> list[str]:
    if not is_distribution(value):
        return _equation(sign, value, model)
    drawn = sympy.Function(type(value).__name__)(*arguments(value).values())
    return _equation(f"{sign} drawn from", drawn, model)


def _equation(left: str, right: Any, model: Model) -> list[str]:
    """Return one equation in two dimensions, with an empty line after it."""
    equation = sympy.Eq(sympy.Symbol(left), right.xreplace(unicode_symbols(model)), evaluate=False)
    written = sympy.pretty(equation, use_unicode=True, wrap_line=True, num_columns=WIDTH - 2)
    return [*(f"  {line}".rstrip() for line in written.split("\n")), ""]


def _structure(model: Model) -> list[str]:
    """Return in words what the law's symbols show before anything is simulated."""
    structure = getattr(model, "structure", None)
    return ["", "Structure", *(f"  {line}" for line in str(structure()).splitlines())] if callable(structure) else []
