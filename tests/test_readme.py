"""README says what is: its tables of claims, predictions and registrations against the house itself."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import theory
from theory.claims import claims
from witnesses.witness import verdicts, witnesses

README = Path(__file__).parents[1] / "README.md"
OUTCOMES = ("agrees", "disagrees", "underpowered")


def rows(pattern: str) -> list[list[str]]:
    """The table rows whose first cell is wholly of a pattern, as cells."""
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in README.read_text("utf-8").splitlines()
             if line.startswith("|"))  # fmt: skip
    return [row for row in cells if re.fullmatch(pattern, row[0])]


def test_every_claim_has_its_verdict():
    told = {row[0]: row[2].strip("*") for row in rows(r"[GWXP]\d+[a-z]?")}
    assert told == {claim.key: claim.finding for claim in claims}


def test_every_prediction_is_named():
    """A row names predictions by phenomenon, once, and parts of names in parentheses after a common beginning."""
    told = set()
    for first, *_ in rows(r"`\w+\.\w+`.*"):
        phenomenon = first.strip("`").partition(".")[0]
        names = [name.rpartition(".")[2] for name in re.findall(r"`([\w.]+)`", first)]
        for name in names:
            told.add(f"{phenomenon}.{names[0] + name if name.startswith('_') else name}")
    assert told == {one.name for phenomenon in theory.phenomena() for one in theory.predictions(phenomenon)}


def test_every_registration_has_its_outcomes():
    found = Counter((one.registration.witness, one.registration.number, one.verdict) for one in verdicts())
    for name, witness in witnesses().items():
        (row,) = rows(rf"{name} [\d, ]+")
        numbers = [one.number for one in witness.registrations]
        assert [int(number) for number in re.findall(r"\d+", row[0])] == numbers
        for cell, outcome in zip(row[1:4], OUTCOMES, strict=True):
            assert [int(count) for count in cell.split(", ")] == [found[name, one, outcome] for one in numbers]
