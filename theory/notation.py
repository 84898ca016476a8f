"""Formulas as MathML: what a browser and a screen reader show without any network."""

from __future__ import annotations

from collections.abc import Mapping
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


_CONFLUENT = "<mmultiscripts><mi>F</mi><mn>1</mn><none/><mprescripts/><mn>1</mn><none/></mmultiscripts>"


def _spelled(latex: str) -> str:
    """Return a LaTeX name as SymPy's MathML printer spells it."""
    return latex.replace("\\", "").replace("{", "").replace("}", "").replace("c^*", "c__*")
