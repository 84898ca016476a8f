"""Marks: how numbers, settings, verdicts and formulas are set on a page, and the templates that set them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from theory.ledger_text import counted


def template(name: str, *directories: Path) -> Template:
    """Return a page's template, which may use the parts and the style of this package.

    Parameters
    ----------
    name
        Of the template's file.
    directories
        Where it is looked for before this package.
    """
    places = [FileSystemLoader(place) for place in (*directories, Path(__file__).parent)]
    environment = Environment(
        loader=ChoiceLoader(places), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {"number": number, "setting": setting, "slug": slug, "counted": counted}
    return environment.get_template(name)


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


def slug(text: str) -> str:
    """Return a text as a name for a style: lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def element(mathml: str) -> Markup:
    """Return presentation MathML, which comes from the theory and not from a reader, as an element of a page."""
    # SymPy writes double-struck letters and a hyphen; readers expect an italic e, a d and a minus sign.
    plain = mathml.replace("&ExponentialE;", "e").replace("&dd;", "d").replace("<mo>-</mo>", "<mo>&minus;</mo>")
    return Markup(plain if not plain or plain.startswith("<math") else f"<math>{plain}</math>")


def _value(value: Any) -> Markup | str:
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, Sequence):
        shown = [_value(item) for item in value[:4]] + ["…"] * (len(value) > 4)
        return Markup("({})").format(Markup(", ").join(shown))
    return number(value) if isinstance(value, int | float) else str(value)
