"""The ledger: what the essays claim, gathered from the phenomena that each claim is about.

A phenomenon's theory may have ``claims``, a tuple; nothing lists them by hand.
"""

from __future__ import annotations

from importlib import import_module

from theory.catalog import phenomena
from theory.claim import VERDICTS, Claim, verdict

__all__ = ["VERDICTS", "Claim", "claims", "verdict"]

ESSAYS = "GWXP"  # the letters of the keys, in the order of the essays
PARTS = "abcdefgh"  # of a claim that several phenomena hold a part of each


def _place(claim: Claim) -> tuple[int, int, str]:
    """Return where a claim stands: by its essay's letter, its number, and the letter of its part, if it has parts."""
    number = claim.key[1:].rstrip(PARTS)
    return ESSAYS.index(claim.key[0]), int(number), claim.key[1 + len(number) :]


def _gathered() -> tuple[Claim, ...]:
    found = [claim for name in phenomena() for claim in getattr(import_module(f"theory.{name}"), "claims", ())]
    return tuple(sorted(found, key=_place))


claims: tuple[Claim, ...] = _gathered()
