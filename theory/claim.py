"""Claim: a sentence of an essay made precise, and the verdict that the checks give it.

A verdict comes from the rows of the claim's predictions. If they all agree, it is the claim's own, with the condition
under which it holds or fails; if one disagrees the claim is "contradicted", and if one lacks power or is missing it is
"not shown". No claim is called more than its checks show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

VERDICTS = ("holds", "holds when", "fails when", "not formalized")


@dataclass(frozen=True)
class Claim:
    """A sentence of an essay, made precise.

    Parameters
    ----------
    key, title, statement
        Its short name (such as G8, or G10b for a part of G10 that stands by itself), a few words, and one sentence in
        our words.
    source
        The essay it comes from.
    predictions
        The names of the predictions whose agreement it needs.
    figure
        The name of its figure.
    finding
        The verdict if they all agree: "holds", "holds when", "fails when" or "not formalized".
    condition
        When, in words; "" for a plain "holds".
    formula
        The condition as a SymPy expression, or None.
    assumption
        What drives it: which K, which gate.
    symbols
        LaTeX names of the formula's symbols.
    network
        What real learners showed of it, in words; "" where none was tried. It does not bear on the verdict.
    """

    key: str
    title: str
    statement: str
    source: str
    predictions: tuple[str, ...]
    figure: str
    finding: str
    condition: str
    assumption: str
    formula: Any = None
    symbols: Mapping[Any, str] = field(default_factory=dict)
    network: str = ""

    @property
    def condition_mathml(self) -> str:
        """The condition in presentation MathML, "" where it has no formula."""
        from theory.notation import mathml

        return "" if self.formula is None else mathml(self.formula, self.symbols)

    @property
    def condition_text(self) -> str:
        """The condition in one line of text, "" where it has no formula."""
        from theory.notation import text

        return "" if self.formula is None else text(self.formula, self.symbols)


def verdict(claim: Claim, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a claim's verdict, from the rows of a check as plain data."""
    if not claim.predictions:
        return claim.finding
    found = {name: [row["verdict"] for row in rows if row["name"] == name] for name in claim.predictions}
    seen = [one for verdicts in found.values() for one in verdicts]
    if "disagrees" in seen:
        return "contradicted"
    complete = all(found.values()) and all(one == "agrees" for one in seen)
    return claim.finding if complete else "not shown"
