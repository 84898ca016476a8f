"""``python -m simulator list``: every experiment with its parameters and measures, a variant by its differences.

What is listed follows from the sources alone, so it is kept on disk under their fingerprint: declaring every law takes
longer than reading about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from simulator.cache import kept
from simulator.command.columns import columns, wrapped
from simulator.sources import source_fingerprint

if TYPE_CHECKING:
    from simulator.catalog import Subject

Rows = dict[str, tuple[str, ...]]


def run(phenomenon: Sequence[str]) -> int:
    """Print the experiments of the named phenomena, or of all; raise ValueError for an unknown one."""
    key = ["list", source_fingerprint(("simulator",)), version("sympy"), version("numpy"), *phenomenon]
    print(kept("\n".join(key), partial(text, phenomenon)))
    print("A law is shown by: python -m simulator show NAME")
    return 0


def text(phenomenon: Sequence[str]) -> str:
    """Return the list of the named phenomena, or of all; raise ValueError for an unknown one."""
    from simulator import catalog
    from simulator.parameter import nearest

    known = catalog.phenomena()
    for name in phenomenon:
        if name not in known:
            raise ValueError(f"unknown phenomenon {name!r}; {nearest(name, known)}")
    return "\n".join(line for name in phenomenon or known for line in listed(list(catalog.declared(name).values())))


def listed(subjects: Sequence[Subject]) -> list[str]:
    """Return a phenomenon's experiments as lines: the first in full, the others by what they have of their own."""
    lines: list[str] = []
    shown: list[Subject] = []
    for subject in subjects:
        says = getattr(subject, "says", "")
        lines += wrapped(f"{subject.name}: {says}" if says else subject.name, "", "  ")
        lines += [*_described(subject, shown[0] if shown else None), ""]
        shown.append(subject)
    return lines


def _described(subject: Subject, first: Subject | None) -> list[str]:
    lines: list[str] = []
    for title, rows_of in (("parameters", _parameters), ("measures", _measures)):
        rows, others = rows_of(subject), rows_of(first) if first is not None else {}
        own = {name: row for name, row in rows.items() if others.get(name) != row}
        as_first = f", as {first.name}" if first is not None and len(own) < len(rows) else ""
        left_out = sorted(others.keys() - rows.keys())
        without = f" without {', '.join(left_out)}" if left_out and as_first else ""
        more = " and:" if own and as_first else ""
        lines += wrapped(f"{title}{as_first}{without}{more}", "  ", "    ")
        lines += columns(list(own.values()))
    return lines


def _parameters(subject: Any) -> Rows:
    from simulator.command.describe import parameter_row, parameters

    return {parameter.name: parameter_row(parameter) for parameter in parameters(subject)}


def _measures(subject: Any) -> Rows:
    from simulator.command.describe import measure_row, measures

    return {name: measure_row(name, observable) for name, observable in measures(subject).items()}
