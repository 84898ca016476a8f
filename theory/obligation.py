"""Obligation: one step of a proof, carried out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Obligation:
    """One step of a proof that has been carried out: what it says, and whether it holds."""

    says: str
    holds: bool
