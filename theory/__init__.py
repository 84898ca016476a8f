"""Exact predictions, their derivations, and the judge that holds them against simulation."""

from __future__ import annotations

from typing import Any

__all__ = ["get", "phenomena", "predictions"]


def __getattr__(name: str) -> Any:
    """Load the catalog on first use, so that ``python -m theory --help`` needs neither SymPy nor SciPy."""
    if name in __all__:
        from theory import catalog

        return getattr(catalog, name)
    raise AttributeError(f"module 'theory' has no attribute {name!r}")
