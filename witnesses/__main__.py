"""``python -m witnesses``: make the registered runs again and hold them against what was registered."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from witnesses.witness import Witness


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; return 0, or 2 for a request that cannot be met."""
    options = parser().parse_args(arguments)
    from witnesses.witness import find, witnesses

    try:
        chosen = [find(options.name)] if options.name else list(witnesses().values())
        if options.register and not options.name:
            raise ValueError("--register: got no NAME; must be of one witness; name it")
        if options.seeds is not None and options.seeds < 1:
            raise ValueError(
                f"--seeds: got {options.seeds}; must be >= 1; pass how many of the registered seeds to run"
            )
        for one in chosen:
            if options.register:
                register(one)
            else:
                test(one, options.seeds, options.stored)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def register(witness: Witness) -> None:
    """Fit, and write the next registration; the runs that test it come later, by themselves."""
    from witnesses import outcome, registration

    earlier = witness.registrations
    made, tables = witness.register(len(earlier) + 1, earlier[-1].hash if earlier else "", date.today().isoformat())
    for table, columns in tables.items():
        outcome.write(
            witness.directory / "data" / f"fit{made.number:02d}-{table}.csv", columns, registration="",
            command=f"python -m witnesses {witness.name} --register", seeds=made.settings["fit_seeds"],
        )  # fmt: skip
    print(registration.write(made, witness.directory / "registered"))


def test(witness: Witness, seeds: int | None, stored: bool) -> None:
    """Print the verdicts on a witness: from its stored data, or from runs made again, all of which are written."""
    for one in witness.registrations:
        tables = None if stored else witness.run(one, one.seeds[:seeds])
        if tables is not None and seeds is None:
            witness.write(one, tables)
        print(f"{witness.name}, registered {one.date} as {one.hash[:12]}")
        for found in witness.verdicts(one, tables):
            print(
                f"  {found.verdict:12} {found.forecast.name}: predicted {found.forecast.value:.4g} "
                f"[{found.forecast.low:.4g}, {found.forecast.high:.4g}], found {found.found:.4g} "
                f"± {found.standard_error:.2g}"
            )


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments; nothing heavy is imported for ``--help``."""
    made = argparse.ArgumentParser(prog="python -m witnesses", description=__doc__)
    made.add_argument("name", nargs="?", metavar="NAME", help="one witness; all if left out")
    made.add_argument("--seeds", type=int, metavar="N", help="only the first N registered seeds; nothing is written")
    made.add_argument("--stored", action="store_true", help="judge the stored data, and run nothing")
    made.add_argument("--register", action="store_true", help="fit again, and write a new registration")
    return made


if __name__ == "__main__":
    sys.exit(main())
