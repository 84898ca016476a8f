"""What was written of a check, and of how far it can be trusted: read, or refused in one line if it is malformed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from theory.ledger import ROW_VERDICTS

NUMBERS = ("predicted", "simulated", "standard_error", "margin", "minimal_detectable_effect", "z")
_CHECK = {"effort": str, "seed": int, "family_wise_error": (int, float), "versions": Mapping, "rows": list}
_TRUST = {"seed": int, "faults": list, "false_alarms": Mapping}
_ALARMS = ("runs", "rows", "red", "upper")
_FAULT = ("name", "subject", "kind", "says")
_CHECK_REMEDY = "make it with python -m theory --json FILE"
_TRUST_REMEDY = "make it with python -m theory trust --json FILE"


def read_check(path: Path) -> Any:
    """Return the report of a check from the JSON that ``python -m theory --json`` wrote.

    Raises ValueError, in one line, if it cannot be read or is malformed.
    """
    return _read("check", path, check_report, "report of a check", _CHECK_REMEDY)


def read_trust(path: Path) -> Any:
    """Return the planted faults and the false alarms from the JSON that ``python -m theory trust --json`` wrote.

    Raises ValueError, in one line, if it cannot be read or is malformed.
    """
    return _read("trust", path, check_trust, "table of planted faults", _TRUST_REMEDY)


def _read(option: str, path: Path, check: Callable[[Any], None], what: str, remedy: str) -> Any:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not JSON"
        raise ValueError(f"--{option}: got {str(path)!r}; must be a readable {what} ({reason}); {remedy}") from None
    check(found)
    return found


def check_report(report: Any) -> None:
    """Raise ValueError, in one line, if a report of checks is malformed: what it lacks, the rule and the remedy."""
    _check_parts("check", report, _CHECK, "a report of checks", _CHECK_REMEDY)
    for index, row in enumerate(report["rows"]):
        fault = _fault_of_row(row)
        if fault:
            raise ValueError(f"check: row {index}: got {fault}; {_CHECK_REMEDY}")


def check_trust(trust: Any) -> None:
    """Raise ValueError, in one line, if a table of planted faults is malformed."""
    _check_parts("trust", trust, _TRUST, "a table of planted faults", _TRUST_REMEDY)
    for part in _ALARMS:
        if not _is_number(trust["false_alarms"].get(part)):
            raise ValueError(f"trust: false_alarms: got no proper {part!r}; must be a number; {_TRUST_REMEDY}")
    for index, fault in enumerate(trust["faults"]):
        wrong = _wrong_with_fault(fault)
        if wrong:
            raise ValueError(f"trust: fault {index}: got {wrong}; {_TRUST_REMEDY}")


def _check_parts(option: str, found: Any, parts: Mapping[str, Any], what: str, remedy: str) -> None:
    if not isinstance(found, Mapping):
        raise ValueError(f"{option}: got {type(found).__name__}; must be {what}; {remedy}")
    for part, kind in parts.items():
        if part not in found or not isinstance(found[part], kind):
            raise ValueError(f"{option}: got no proper {part!r}; must be {what}; {remedy}")


def _fault_of_row(row: Any) -> str:
    """Return what is wrong with a row of a report, "" if nothing is."""
    if not isinstance(row, Mapping):
        return f"{type(row).__name__}; must be a mapping"
    if not isinstance(row.get("name"), str) or not isinstance(row.get("parameters"), Mapping):
        return "no proper 'name' and 'parameters'; must be text and a mapping"
    for part in NUMBERS:
        if not _is_number(row.get(part)):
            return f"{row.get(part)!r} as {part!r}; must be a number"
    if row.get("verdict") not in ROW_VERDICTS:
        return f"{row.get('verdict')!r}; must be one of {', '.join(ROW_VERDICTS)}"
    return ""


def _wrong_with_fault(fault: Any) -> str:
    """Return what is wrong with a planted fault of a table, "" if nothing is."""
    if not isinstance(fault, Mapping):
        return f"{type(fault).__name__}; must be a mapping"
    for part in _FAULT:
        if not isinstance(fault.get(part), str):
            return f"no proper {part!r}; must be text"
    if not isinstance(fault.get("caught"), bool) or not isinstance(fault.get("rows"), list):
        return "no proper 'caught' and 'rows'; must be true or false, and a list"
    for row in fault["rows"]:
        if not isinstance(row, Mapping) or not all(_is_number(row.get(part)) for part in ("z_clean", "z")):
            return "a row without proper 'z_clean' and 'z'; must be numbers"
        if any(not isinstance(row.get(part), str) for part in ("name", "verdict_clean", "verdict")):
            return "a row without proper 'name', 'verdict_clean' and 'verdict'; must be text"
    return ""


def _is_number(value: Any) -> bool:
    """Tell whether a value of JSON is a number; it has no infinity and no NaN, which a report writes as text."""
    return value in ("nan", "inf", "-inf") or (isinstance(value, int | float) and not isinstance(value, bool))
