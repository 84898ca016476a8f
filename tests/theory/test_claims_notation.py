"""Formulas as text and as MathML: by their letters, nothing spelled out that should be a sign."""

from __future__ import annotations

import re
from html import unescape

import pytest
import sympy

import theory
from theory.claims import claims
from theory.notation import mathml, text

X, K = sympy.symbols("x k", positive=True)
PHI, DENSITY = sympy.Function("Phi"), sympy.Function("phi")


@pytest.mark.parametrize(
    ("expression", "symbols", "as_text", "parts"),
    [
        (PHI(X) + DENSITY(X), {}, "Φ(x) + φ(x)", ("<mi>Φ</mi>", "<mi>φ</mi>")),
        (X < 2, {X: r"\frac{K_m}{K_\phi}"}, "K_m/K_φ < 2", ("<mfrac>", "<mi>K</mi><mi>m</mi>", "<mi>K</mi><mi>φ</mi>")),
        (sympy.Eq(X, 1), {X: r"\ell_1"}, "ℓ_1 = 1", ("<mi>ℓ</mi>", "<mo>=</mo>")),
        (X + 1, {X: "c^*"}, "1 + c*", ("<msup><mi>c</mi><mi>*</mi></msup>",)),
        (
            sympy.Piecewise((K, K <= 1), (1 / K, True)), {K: r"\kappa"}, "κ where κ ≤ 1, 1/κ otherwise",
            ("<mo>{</mo>", "<mtable", "<mtext>otherwise</mtext>"),
        ),
        (sympy.And(X > 3, K >= 1, evaluate=False), {}, "k ≥ 1 and x > 3", ("<mo>&gt;</mo>", "<mo>∧</mo>")),
        (sympy.log(X) / 2, {X: r"\lambda"}, "ln(λ)/2", ("<mi>ln</mi>", "<mi>λ</mi>")),
    ],
)  # fmt: skip
def test_formulas_are_set_by_their_letters(expression, symbols, as_text, parts):
    assert text(expression, symbols) == as_text
    found = unescape(mathml(expression, symbols).replace("&lt;", "&amp;lt;").replace("&gt;", "&amp;gt;"))
    assert [part for part in parts if part not in found] == [], found


def test_nothing_on_the_page_is_spelled_out():
    shown = {claim.key: claim.condition_mathml for claim in claims}
    for phenomenon in theory.phenomena():
        shown |= {one.name: one.mathml() for one in theory.predictions(phenomenon)}
    spelled = r"(?i)piecewise|frac[a-z]|true|integral|ell|phi|\bsum\b|delta|kappa|lambda|sigma|gamma|tau\b|standin"
    bad = {
        name: found for name, one in shown.items() if (found := re.findall(spelled, re.sub(r"<[^>]*>|&\w+;", " ", one)))
    }
    assert bad == {}
