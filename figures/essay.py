"""The essay page: one self-contained HTML file with the ledger of claims, the figures and every check."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from figures.figure import Figure, csv_text, svg_text

if TYPE_CHECKING:
    from theory.claims import Claim
    from theory.prediction import Prediction
    from witnesses.outcome import Verdict

Rows: TypeAlias = Sequence[Mapping[str, Any]]

NUMBERS = ("predicted", "simulated", "standard_error", "margin", "minimal_detectable_effect", "z")
VERDICTS = ("agrees", "disagrees", "underpowered")
_PARTS: dict[str, Any] = {
    "effort": str,
    "seed": int,
    "family_wise_error": (int, float),
    "versions": Mapping,
    "rows": list,
}
_REMEDY = "make it with python -m theory --json FILE"


def page(
    figures: Mapping[str, Figure],
    claims: Sequence[Claim],
    report: Mapping[str, Any],
    *,
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
        If the report is malformed, or a name that a figure or claim gives is unknown to ``formula``.
    """
    check_report(report)
    import theory
    from theory.claims import verdict
    from witnesses.witness import verdicts

    find, decide = formula or theory.get, judge or verdict
    rows: Rows = report["rows"]
    checks = _by_prediction(rows)
    text: str = _template().render(
        sources=_by_source([_entry(claim, decide(claim, rows), checks, figures) for claim in claims]),
        plates=[_plate(figure, claims, checks, find) for figure in figures.values()],
        witnessed=_by_registration(verdicts() if witnessed is None else witnessed),
        checks=checks,
        tally=_tally(rows),
        report=report,
    )
    return text


def check_report(report: Any) -> None:
    """Raise ValueError, in one line, if a report of checks is malformed: what it lacks, the rule and the remedy."""
    if not isinstance(report, Mapping):
        raise ValueError(f"check: got {type(report).__name__}; must be a report of checks; {_REMEDY}")
    for part, kind in _PARTS.items():
        if part not in report or not isinstance(report[part], kind):
            raise ValueError(f"check: got no proper {part!r}; must be a report of checks; {_REMEDY}")
    for index, row in enumerate(report["rows"]):
        fault = _fault(row)
        if fault:
            raise ValueError(f"check: row {index}: got {fault}; {_REMEDY}")


def inline_svg(figure: Figure) -> Markup:
    """Return a figure as an SVG element whose ids are its own on a page of many, and that says its alt text."""
    text = svg_text(figure)
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{figure.name}-", text)
    return Markup(text.replace("<svg ", f'<svg role="img" aria-label="{escape(figure.alt)}" ', 1))


def number(value: Any, digits: int = 4) -> Markup | str:
    """Return a number as readers write it, 1.2 × 10⁻⁶, to some significant digits; a dash for what is no number."""
    value = float(value)
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else "−∞"
    mantissa, _, exponent = f"{value:.{digits}g}".replace("-", "−").partition("e")
    if not exponent:
        return mantissa
    power = exponent.replace("+", "").lstrip("0") if "−" not in exponent else "−" + exponent.lstrip("−0")
    return Markup(f"{mantissa}&#8239;×&#8239;10<sup>{power}</sup>")


def setting(parameters: Mapping[str, Any]) -> Markup:
    """Return parameters as text, ``name = value`` each."""
    pair = Markup('<span class="pair">{} = {}</span>')
    return Markup(", ").join(pair.format(name, _value(value)) for name, value in parameters.items())


def _value(value: Any) -> Markup | str:
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, Sequence):
        shown = [_value(item) for item in value[:4]] + ["…"] * (len(value) > 4)
        return Markup("({})").format(Markup(", ").join(shown))
    return number(value) if isinstance(value, int | float) else str(value)


def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {"number": number, "setting": setting, "slug": _slug}
    return environment.get_template("essay.html")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _tally(rows: Rows) -> dict[str, int]:
    counts = Counter(row["verdict"] for row in rows)
    return {verdict: counts[verdict] for verdict in VERDICTS}


def _by_prediction(rows: Rows) -> dict[str, Rows]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["name"], []).append(row)
    return dict(groups)


def _by_source(entries: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        groups.setdefault(entry["claim"].source, []).append(entry)
    return groups


def _by_registration(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    from witnesses.witness import find

    groups: dict[str, list[Verdict]] = {}
    for one in verdicts:
        groups.setdefault(one.registration.hash, []).append(one)
    return [
        {
            "registration": group[0].registration,
            "says": find(group[0].registration.witness).says,
            "verdicts": group,
            "tally": {name: sum(one.verdict == name for one in group) for name in VERDICTS},
        }
        for group in groups.values()
    ]


def _entry(claim: Claim, verdict: str, checks: Mapping[str, Rows], figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {
        "claim": claim,
        "verdict": verdict,
        "math": _math(claim.condition_mathml),
        "figure": figures.get(claim.figure),
        "evidence": [(name, _tally(checks.get(name, ()))) for name in claim.predictions],
    }


def _plate(
    figure: Figure, claims: Sequence[Claim], checks: Mapping[str, Rows], formula: Callable[[str], Prediction]
) -> dict[str, Any]:
    cited = [claim for claim in claims if claim.figure == figure.name]
    # The formulas that it draws; where it does not say, those of the claims that point to it.
    wanted = figure.predictions or dict.fromkeys(name for claim in cited for name in claim.predictions)
    predictions = [formula(name) for name in wanted]
    return {
        "figure": figure,
        "claims": cited,
        "svg": inline_svg(figure),
        "csv": Markup("data:text/csv;charset=utf-8,") + quote(csv_text(figure)),
        "command": figure.provenance.get("command", f"python -m figures {figure.name}"),
        "formulas": [(one, _math(one.mathml()), one.name in checks) for one in predictions],
    }


def _math(mathml: str) -> Markup:
    """Return presentation MathML, which comes from the theory and not from a reader, as an element of the page."""
    # SymPy writes double-struck letters and a hyphen; readers expect an italic e, a d and a minus sign.
    plain = mathml.replace("&ExponentialE;", "e").replace("&dd;", "d").replace("<mo>-</mo>", "<mo>&minus;</mo>")
    return Markup(plain if not plain or plain.startswith("<math") else f"<math>{plain}</math>")


def _fault(row: Any) -> str:
    """Return what is wrong with a row of a report, "" if nothing is."""
    if not isinstance(row, Mapping):
        return f"{type(row).__name__}; must be a mapping"
    if not isinstance(row.get("name"), str) or not isinstance(row.get("parameters"), Mapping):
        return "no proper 'name' and 'parameters'; must be text and a mapping"
    for part in NUMBERS:
        value = row.get(part)
        # JSON has no infinity and no NaN: a report writes them as text.
        if isinstance(value, bool) or not (isinstance(value, int | float) or value in ("nan", "inf", "-inf")):
            return f"{value!r} as {part!r}; must be a number"
    return "" if row.get("verdict") in VERDICTS else f"{row.get('verdict')!r}; must be one of {', '.join(VERDICTS)}"
