"""``python -m theory``: check every analytic prediction against simulation."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments; nothing heavy is imported for ``--help``."""
    made = argparse.ArgumentParser(prog="python -m theory", description=__doc__)
    made.add_argument(
        "phenomenon",
        nargs="*",
        help="which phenomena to check; all if none is named; alone, 'agreement' compares the levels of description",
    )
    made.add_argument("--effort", choices=("quick", "full"), default="quick", help="effects of 1 %% or of 0.3 %%")
    made.add_argument("--seed", type=int, help="seed of points and noise (default: 0 at quick, a fresh one at full)")
    made.add_argument("--json", type=Path, metavar="FILE", help="also write the rows there")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0 if no row disagrees, 1 if one does, 2 for bad input."""
    options = parser().parse_args(arguments)
    try:
        _check_writable(options.json)
        return _run(options)
    except (ValueError, TypeError) as problem:
        print(problem, file=sys.stderr)
        return 2


def _run(options: argparse.Namespace) -> int:
    return _agreement(options) if options.phenomenon == ["agreement"] else _check(options)


def _agreement(options: argparse.Namespace) -> int:
    from theory.agreement.run import agreements, orders
    from theory.agreement.text import agreement_text, orders_text, plain

    seed = _seed(options.seed, options.effort)
    found = agreements(options.effort, seed)
    rates = orders(options.effort, seed)
    if options.json is not None:
        written = {case.says: plain(one, rates) for case, one in found}
        options.json.write_text(json.dumps(_finite(written), indent=1) + "\n")
    for case, one in found:
        print(f"{case.says}\n\n{agreement_text(one)}\n")
    print(orders_text(rates))
    wrong = any(one.disagreements for _, one in found) or any(rate.verdict == "disagrees" for rate in rates)
    return int(wrong)


def _check(options: argparse.Namespace) -> int:
    from theory.catalog import predictions, subjects
    from theory.check import check, report
    from theory.table import reproducer, summary, table

    family = [one for name in options.phenomenon or subjects() for one in predictions(name)]
    seed = _seed(options.seed, options.effort)
    rows = check(family, effort=options.effort, seed=seed, progress=_progress)
    if options.json is not None:
        options.json.write_text(json.dumps(_finite(report(rows, options.effort, seed)), indent=1) + "\n")
    print(table(rows))
    for row in rows:
        if row.verdict == "disagrees":
            print(reproducer(row, options.effort, seed))
    print(summary(rows, options.effort, seed))
    return int(any(row.verdict == "disagrees" for row in rows))


def _seed(given: int | None, effort: str) -> int:
    """A full run draws a fresh seed, and says which: a prediction must not come to fit its seed."""
    if given is not None:
        return given
    return secrets.randbits(48) if effort == "full" else 0


def _check_writable(path: Path | None) -> None:
    """Refuse, before any work, a file that could not be written after it."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path if path.exists() else path.parent
    if path.is_dir() or not os.access(target, os.W_OK):
        raise ValueError(f"--json: got {path}; must be a writable file; choose another path")


def _progress(work: Any) -> Any:
    from tqdm import tqdm

    # On a terminal a bar; elsewhere a plain line now and then.
    interval = 0.1 if sys.stderr.isatty() else 15.0
    return tqdm(work, desc="checking", unit="row", file=sys.stderr, mininterval=interval, maxinterval=2 * interval)


def _finite(value: Any) -> Any:
    """JSON has no infinity and no NaN: they become text."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return str(value) if isinstance(value, float) and value - value != 0.0 else value


if __name__ == "__main__":
    sys.exit(main())
