"""The essay page: one self-contained HTML file with the ledger of claims, the figures and every check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup, escape

from figures.figure import Figure, csv_text, svg_text

if TYPE_CHECKING:
    from theory.claim import Claim
    from theory.ledger import Entry, Rows
    from theory.prediction import Prediction
    from witnesses.outcome import Verdict


def page(
    figures: Mapping[str, Figure],
    claims: Sequence[Claim],
    report: Mapping[str, Any],
    *,
    trust: Mapping[str, Any] | None = None,
    formula: Callable[[str], Prediction] | None = None,
    judge: Callable[[Claim, Rows], str] | None = None,
    witnessed: Sequence[Verdict] | None = None,
) -> str:
    """Return the essay page, which needs neither network nor scripts.

    Parameters
    ----------
    figures
        What is drawn, by name, in the order of the page.
    claims
        The ledger, in its order.
    report
        What ``theory.check.report`` returns, or the JSON that it was written to.
    trust
        What ``python -m theory trust --json`` writes; None leaves out how far the check can be trusted.
    formula
        From a prediction's name, the prediction; ``theory.get`` if None.
    judge
        From a claim and the report's rows, its verdict; ``theory.claims.verdict`` if None.
    witnessed
        What was registered of real learners beside what came out; all that is stored if None.

    Returns
    -------
    str
        An HTML document.

    Raises
    ------
    ValueError
        If the report or the table of faults is malformed, or a name that a figure or claim gives is unknown to
        ``formula``.
    """
    import theory
    from theory.claims import verdict
    from theory.ledger import by_prediction, entries
    from theory.report.marks import template
    from theory.report.page import conditions, equations, known, shown
    from theory.report.read import check_report, check_trust
    from witnesses.witness import verdicts

    check_report(report)
    if trust is not None:
        check_trust(trust)
    find, rows = formula or theory.get, report["rows"]
    found = entries(claims, rows, judge or verdict)
    plates = [_plate(figure, claims, find) for figure in figures.values()]
    drawn = [name for plate in plates for name in plate["names"]]
    must = {*drawn, *(name for claim in claims for name in claim.predictions)}
    text: str = template("essay.html", Path(__file__).parent).render(
        **shown(report, trust),
        entries=found,
        math=conditions(found),
        sources=_by_source(found),
        plates=plates,
        drawn=figures,
        citing=_citing(plates),
        phenomena=equations(
            by_prediction(rows), found, lambda name: find(name) if name in must else (formula or known)(name), drawn
        ),
        witnessed=_by_registration(verdicts() if witnessed is None else witnessed),
    )
    return text


def inline_svg(figure: Figure) -> Markup:
    """Return a figure as an SVG element whose ids are its own on a page of many, and that says its alt text."""
    text = svg_text(figure)
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{figure.name}-", text)
    return Markup(text.replace("<svg ", f'<svg role="img" aria-label="{escape(figure.alt)}" ', 1))


def _by_source(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.claim.source, []).append(entry)
    return groups


def _citing(plates: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Return, by a prediction's name, the name and the title of every figure that draws it."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for plate in plates:
        for name in plate["names"]:
            groups.setdefault(name, []).append((plate["figure"].name, plate["figure"].title))
    return groups


def _by_registration(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    from theory.ledger import tally
    from witnesses.witness import find

    groups: dict[str, list[Verdict]] = {}
    for one in verdicts:
        groups.setdefault(one.registration.hash, []).append(one)
    return [
        {
            "registration": group[0].registration,
            "says": find(group[0].registration.witness).says,
            "verdicts": group,
            "tally": tally([{"verdict": one.verdict} for one in group]),
        }
        for group in groups.values()
    ]


def _plate(figure: Figure, claims: Sequence[Claim], formula: Callable[[str], Prediction]) -> dict[str, Any]:
    from theory.report.marks import element

    cited = [claim for claim in claims if claim.figure == figure.name]
    # The formulas that it draws; where it does not say, those of the claims that point to it.
    wanted = figure.predictions or dict.fromkeys(name for claim in cited for name in claim.predictions)
    predictions = [formula(name) for name in wanted]
    return {
        "figure": figure,
        "names": tuple(wanted),
        "claims": cited,
        "svg": inline_svg(figure),
        "csv": Markup("data:text/csv;charset=utf-8,") + quote(csv_text(figure)),
        "command": figure.provenance.get("command", f"python -m figures {figure.name}"),
        "formulas": [(one, element(one.mathml())) for one in predictions],
    }
