"""Formulas as MathML, which a browser and a screen reader show without any network, and as text for the terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from simulator.functions import logistic, softplus


def mathml(expression: Any, symbols: Mapping[Any, str]) -> str:
    """Return an expression in presentation MathML, its symbols under their LaTeX names."""
    plain = expression.xreplace({symbol: _spelled(latex) for symbol, latex in symbols.items()})
    # SymPy's printer knows no functions of ours; undefined functions of the same name print as they should.
    plain = plain.replace(logistic, sympy.Function("logistic")).replace(softplus, lambda x: sympy.log(1 + sympy.exp(x)))
    plain = plain.replace(sympy.hyper, lambda upper, lower, z: sympy.Function("1F1")(*upper, *lower, z))
    # It also writes all names in lower case: phi and Phi need others on the way.
    functions = sorted({type(one) for one in plain.atoms(AppliedUndef)}, key=str)
    for place, function in enumerate(functions):
        plain = plain.replace(function, sympy.Function(_STAND_IN + chr(ord("a") + place)))
    body = _set(plain)
    for place, function in enumerate(functions):
        name = function.__name__
        shown = _CONFLUENT if name == "1F1" else f"<mi>{_letter(name)}</mi>"
        body = body.replace(f"<mi>{_STAND_IN}{chr(ord('a') + place)}</mi>", shown)
    # The printer leaves relations unescaped, and names an operator by an entity that only XML catalogs know.
    body = body.replace("<mo><</mo>", "<mo>&lt;</mo>").replace("<mo>></mo>", "<mo>&gt;</mo>")
    body = body.replace("<mi>log</mi>", "<mi>ln</mi>").replace("<mi>ell</mi>", "<mi>ℓ</mi>")
    return f'<math display="block">{body}</math>'


def _set(plain: Any) -> str:
    """Return what SymPy prints, and cases, which it has no print for, as a table behind a brace."""
    if isinstance(plain, sympy.Equality) and isinstance(plain.rhs, sympy.Piecewise):
        return f"<mrow>{_set(plain.lhs)}<mo>=</mo>{_set(plain.rhs)}</mrow>"
    if isinstance(plain, sympy.Piecewise):
        rows = "".join(
            f"<mtr><mtd>{_set(value)}</mtd><mtd>{'<mtext>otherwise</mtext>' if where == sympy.true else _set(where)}"
            "</mtd></mtr>"
            for value, where in plain.args
        )
        return f'<mrow><mo>{{</mo><mtable columnalign="left">{rows}</mtable></mrow>'
    return str(sympy.mathml(plain, printer="presentation"))


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
_STAND_IN = "standin"


def _spelled(latex: str) -> Any:
    """Return a symbol whose name SymPy's MathML printer sets as the LaTeX name says; a fraction as one of two."""
    parts = re.fullmatch(r"\\frac\{(.*)\}\{(.*)\}", latex)
    if parts:
        return _spelled(parts[1]) / _spelled(parts[2])
    return sympy.Symbol(_unicode(latex.replace("c^*", "c__*")))
