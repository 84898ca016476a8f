"""Formulas as MathML, which a browser and a screen reader show without any network, and as text for the terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import sympy

from simulator.functions import logistic, softplus


def mathml(expression: Any, symbols: Mapping[Any, str]) -> str:
    """Return an expression in presentation MathML, its symbols under their LaTeX names."""
    named = {symbol: sympy.Symbol(_spelled(text)) for symbol, text in symbols.items()}
    # SymPy's printer knows no functions of ours; undefined functions of the same name print as they should.
    plain = expression.xreplace(named)
    plain = plain.replace(logistic, sympy.Function("logistic")).replace(softplus, lambda x: sympy.log(1 + sympy.exp(x)))
    plain = plain.replace(sympy.hyper, lambda upper, lower, z: sympy.Function("1F1")(*upper, *lower, z))
    body = str(sympy.mathml(plain, printer="presentation"))
    # The printer leaves relations unescaped, and names an operator by an entity that only XML catalogs know.
    body = body.replace("<mo><</mo>", "<mo>&lt;</mo>").replace("<mo>></mo>", "<mo>&gt;</mo>")
    for function in plain.atoms(sympy.Function):  # and it writes their names in lower case
        name = type(function).__name__
        body = body.replace(f"<mi>{name.lower()}</mi>", _CONFLUENT if name == "1F1" else f"<mi>{name}</mi>")
    body = body.replace("<mi>log</mi>", "<mi>ln</mi>")
    return f'<math display="block">{body}</math>'


def text(expression: Any, symbols: Mapping[Any, str]) -> str:
    """Return an expression, or a condition, in one line of Unicode text, its symbols under their LaTeX names."""
    if isinstance(expression, sympy.And):  # in the order in which it was written
        return " and ".join(text(one, symbols) for one in expression.args)
    if isinstance(expression, sympy.core.relational.Relational):
        sign = _SIGNS[type(expression).__name__]
        return f"{text(expression.lhs, symbols)} {sign} {text(expression.rhs, symbols)}"
    if isinstance(expression, sympy.Piecewise):
        return ", ".join(
            f"{text(value, symbols)} " + ("otherwise" if where == sympy.true else f"where {text(where, symbols)}")
            for value, where in expression.args
        )
    named = {symbol: sympy.Symbol(_unicode(latex)) for symbol, latex in symbols.items()}
    plain = expression.xreplace(named).replace(softplus, lambda x: sympy.log(1 + sympy.exp(x)))
    shown = sympy.sstr(plain, order="none").replace("**", "^").replace("log(", "ln(").replace("oo", "∞")
    return _GREEK.sub(lambda name: _letter(name[0]), shown)


_SIGNS = {"StrictLessThan": "<", "LessThan": "≤", "StrictGreaterThan": ">", "GreaterThan": "≥", "Equality": "="}
_GREEK = re.compile(r"(?<![A-Za-z])(Phi|phi|pi|Delta|Sum|Integral)(?![A-Za-z])")


def _letter(name: str) -> str:
    """Return a Greek letter, or a large operator, by its name; a name of neither as it is."""
    found = unescape(f"&{name};")
    return found if len(found) == 1 else name


def _unicode(latex: str) -> str:
    """Return a LaTeX name as text: Greek letters as such, no braces; a fraction with a slash."""
    plain = re.sub(r"\\frac\{(.*)\}\{(.*)\}", r"\1/\2", latex).replace("c^*", "c*")
    return re.sub(r"\\([A-Za-z]+)", lambda name: _letter(name[1]), plain).replace("{", "").replace("}", "")


_CONFLUENT = "<mmultiscripts><mi>F</mi><mn>1</mn><none/><mprescripts/><mn>1</mn><none/></mmultiscripts>"


def _spelled(latex: str) -> str:
    """Return a LaTeX name as SymPy's MathML printer spells it."""
    return latex.replace("\\", "").replace("{", "").replace("}", "").replace("c^*", "c__*")
