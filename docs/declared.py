"""What the reference says of a law and of a prediction: all of it read off the objects themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from simulator.catalog import Subject
from simulator.command.describe import measure_row, measures, parameter_row, parameters
from simulator.distribution import arguments, is_distribution
from simulator.model import Model
from simulator.notation import symbols
from simulator.parameter import Parameter
from theory.prediction import Prediction
from theory.region import Interval, Several


@dataclass(frozen=True)
class Math:
    """A formula in LaTeX."""

    latex: str


Cell: TypeAlias = str | Math


@dataclass(frozen=True)
class Table:
    """Rows of text and formulas under a title; every row is as long as the header."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Declared:
    """A law, an experiment or a prediction as the reference shows it.

    Parameters
    ----------
    name, says
        Its code name and one sentence, which may be "".
    equations
        Formulas, each with what it is.
    tables
        What it takes and gives.
    notes
        Lines of text: what is known of it before anything is simulated.
    """

    name: str
    says: str
    equations: tuple[tuple[str, Math], ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()


def law(subject: Subject) -> Declared:
    """Return what is declared of a law, or of an experiment, which has no equations."""
    if not isinstance(subject, Model):
        return Declared(subject.name, subject.says, (), _tables(subject, {}))
    signs = symbols(subject)
    tables = (_traits(subject, signs), *_tables(subject, signs))
    return Declared(
        subject.name, subject.says, _equations(subject, signs), tables, tuple(str(subject.structure()).splitlines())
    )


def prediction(found: Prediction) -> Declared:
    """Return what is declared of a prediction: its formula, what it is held against, and where it is valid."""
    signs = {str(symbol): latex for symbol, latex in found.symbols.items()}
    box = found.valid.box
    region = Table(
        "Where it is valid" + (f": {found.valid.says}" if found.valid.says else ""),
        ("", "keyword", "values", "drawn"),
        tuple((Math(signs[name]) if name in signs else "", name, *_interval(box[name])) for name in box),
    )
    measure = found.measure if isinstance(found.measure, str) else " and ".join(found.measure)
    held = Table(
        "What it is held against",
        ("statistic", "measure", "experiment", "margin"),
        ((found.statistic, measure, found.experiment.name, found.margin.says),),
    )
    formula = (("formula", Math(found.latex)),) if found.latex else ()
    return Declared(found.name, found.says, formula, (_filled(held), _filled(region)))


def _equations(model: Model, signs: dict[Any, str]) -> tuple[tuple[str, Math], ...]:
    lines = [("reward", f"R = {model.latex(model.reward)}")]
    for key, metric in model.learner.items():
        pair = key if isinstance(key, tuple) else (key,)
        lines.append(("learner", f"K_{{{' '.join(signs[one.variable] for one in pair)}}} = {model.latex(metric)}"))
    lines += [("law", line) for line in _motion(model)]
    for trait in model.traits:
        lines.append(("start", f"{signs[trait.initial]} {_start(model, model.initial[trait])}"))
    for route, expression in model.absorb.items():
        lines.append((f"stops by {route.replace('_', ' ')} where", f"{model.latex(expression)} = 0"))
    return tuple((label, Math(latex)) for label, latex in lines)


def _motion(model: Model) -> list[str]:
    """Return the law as it prints itself, an equation a trait."""
    inner = model.latex().removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}")
    return [line.replace("&=", "=") for line in inner.split(" \\\\\n")]


def _start(model: Model, value: Any) -> str:
    if not is_distribution(value):
        return f"= {model.latex(value)}"
    drawn = ", ".join(model.latex(argument) for argument in arguments(value).values())
    return rf"\sim \operatorname{{{type(value).__name__}}}\left({drawn}\right)"


def _traits(model: Model, signs: dict[Any, str]) -> Table:
    rows = (
        (Math(signs[one.variable]), one.name, f"vector of {one.dim}" if one.dim else "number", one.unit, one.meaning)
        for one in model.traits
    )
    return _filled(Table("Traits", ("", "name", "kind", "unit", "meaning"), tuple(rows)))


def _tables(subject: Subject, signs: dict[Any, str]) -> tuple[Table, ...]:
    """Return the parameters and the measures, each with its sign or formula where the subject is a law."""
    taken = tuple(_parameter(one, signs) for one in parameters(subject))
    given = tuple((*measure_row(name, one), _formula(subject, name)) for name, one in measures(subject).items())
    return (
        _filled(Table("Parameters", ("", "name", "default", "range", "unit", "meaning"), taken)),
        _filled(Table("Measures", ("name", "axes", "unit", "meaning", "formula"), given)),
    )


def in_short(parameter: Parameter) -> str:
    """Return a parameter in a line: its name, its default and unit, its range, and what it means."""
    name, default, values, meaning = parameter_row(parameter)
    return f"Parameter {name} = {default} in {values}: {meaning}"


def _parameter(parameter: Parameter, signs: dict[Any, str]) -> tuple[Cell, ...]:
    name, default, values, meaning = parameter_row(replace(parameter, unit=""))
    sign = signs.get(parameter.variable, parameter.symbol)
    return Math(sign) if sign else "", name, default, values, parameter.unit, meaning


def _formula(subject: Subject, name: str) -> Cell:
    if not isinstance(subject, Model) or name not in subject.observed:
        return ""
    return Math(subject.latex(subject.observed[name].expression))


def _filled(table: Table) -> Table:
    """Return a table without the columns that are empty in all rows."""
    kept = [place for place in range(len(table.header)) if any(row[place] for row in table.rows)]
    return Table(table.title, _some(table.header, kept), tuple(_some(row, kept) for row in table.rows))


def _some(row: Sequence[Any], places: Sequence[int]) -> tuple[Any, ...]:
    return tuple(row[place] for place in places)


def _interval(values: Interval | Several) -> tuple[str, str]:
    """Return the values of a keyword, and how points are drawn from them, in words."""
    if isinstance(values, Several):
        between, how = _interval(values.each)
        return f"{values.number} of {between}", how
    if values.integer:
        return f"{values.low:g}, …, {values.high:g}", "whole numbers"
    return f"{values.low:g} to {values.high:g}", "in the logarithm" if values.log else "uniformly"
