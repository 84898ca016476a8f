"""A check as a page: one self-contained HTML file that needs neither network nor scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from theory.claim import Claim
from theory.ledger import Entry, Rows, by_prediction, entries, is_stale, tally
from theory.prediction import Prediction
from theory.report.marks import element, template
from theory.report.normality import normality
from theory.report.read import check_report, check_trust


@dataclass(frozen=True)
class Equation:
    """A prediction as it stands on a page.

    Parameters
    ----------
    name
        ``phenomenon.prediction``.
    says, math, latex
        One sentence, the formula in MathML and in LaTeX; "" for rows of a prediction that there is no more, or where
        the formula is an algorithm.
    algorithm
        What the algorithm returns, in words, where there is no formula to print.
    rows
        Its rows in the check.
    keys
        Of the claims that rest on it.
    """

    name: str
    says: str
    math: Markup
    latex: str
    algorithm: str
    rows: Rows
    keys: tuple[str, ...]


def page(report: Mapping[str, Any], claims: Sequence[Claim], trust: Mapping[str, Any] | None = None) -> str:
    """Return a check as an HTML document.

    Parameters
    ----------
    report
        What ``theory.check.report`` returns, or the JSON that it was written to.
    claims
        The ledger; those of which no prediction was checked are left out.
    trust
        What ``python -m theory trust --json`` writes, or None to leave out how far the check can be trusted.

    Raises ValueError, in one line, if either is malformed.
    """
    check_report(report)
    if trust is not None:
        check_trust(trust)
    rows: Rows = report["rows"]
    checked = by_prediction(rows)
    concerned = [claim for claim in claims if set(claim.predictions) & set(checked)]
    found = entries(concerned, rows)
    return template("check.html").render(**shown(report, trust), entries=found, math=conditions(found),
                                         phenomena=equations(checked, found, known))  # fmt: skip


def write_page(path: Path, report: Mapping[str, Any], trust: Mapping[str, Any] | None = None) -> None:
    """Write a check, with all claims that it bears on, to an HTML file; parameters and errors as of `page`."""
    from theory.claims import claims
    from theory.commands.written import finite

    path.write_text(page(finite(report), claims, trust), encoding="utf-8")


def shown(report: Mapping[str, Any], trust: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what the parts that pages share show of a check."""
    from theory.fingerprint import code_fingerprint

    return {
        "report": report, "trust": trust, "tally": tally(report["rows"]), "normality": normality(report["rows"]),
        "predictions": len(by_prediction(report["rows"])), "stale": is_stale(report), "code": code_fingerprint(),
    }  # fmt: skip


def conditions(found: Sequence[Entry]) -> dict[str, Markup]:
    """Return the claims' conditions in MathML, by the claims' keys."""
    return {entry.claim.key: element(entry.claim.condition_mathml) for entry in found}


def known(name: str) -> Prediction | None:
    """Return the prediction of that name; None if there is none, as of a check of other code."""
    from theory.catalog import get

    try:
        return get(name)
    except ValueError:
        return None


def equations(
    checked: Mapping[str, Rows], found: Sequence[Entry], find: Callable[[str], Prediction | None],
    more: Sequence[str] = (),
) -> dict[str, list[Equation]]:  # fmt: skip
    """Return every prediction that was checked, that a claim rests on, or that is named, by its phenomenon."""
    cited: dict[str, list[str]] = {}
    for entry in found:
        for name in entry.claim.predictions:
            cited.setdefault(name, []).append(entry.claim.key)
    groups: dict[str, list[Equation]] = {}
    for name in dict.fromkeys((*checked, *cited, *more)):
        one = _equation(name, find(name), checked.get(name, ()), tuple(cited.get(name, ())))
        groups.setdefault(name.partition(".")[0], []).append(one)
    return groups


def _equation(name: str, prediction: Prediction | None, rows: Rows, keys: tuple[str, ...]) -> Equation:
    if prediction is None:
        return Equation(name, "", Markup(""), "", "There is no prediction of this name any more.", rows, keys)
    mathml = prediction.mathml()
    algorithm = "" if mathml else _in_words(prediction)
    return Equation(name, prediction.says, element(mathml), prediction.latex, algorithm, rows, keys)


def _in_words(prediction: Prediction) -> str:
    """Return what a formula that is an algorithm computes: the first sentence of its documentation."""
    formula = getattr(prediction.formula, "func", prediction.formula)  # of a partial, what it is a part of
    said = (formula.__doc__ or "").strip().partition("\n")[0]
    return said.replace("Return ", "An algorithm: it returns ", 1) if said else "There is no formula to print."
