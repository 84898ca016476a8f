"""``python -m simulator SWEEP.toml``: run a sweep, and see what experiments there are and how far a sweep has come."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

COMMANDS = {
    "run": "run the sweep that a TOML file describes (the word may be left out)",
    "list": "list every experiment with its parameters and measures",
    "show": "show a law in Unicode and LaTeX",
    "status": "say how far the sweep of a store has come",
    "export": "write what a store holds as NetCDF or CSV",
}
INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """A parser that leaves it to ``main`` to refuse bad input in one line."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}; see python -m simulator --help")


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments; nothing heavy is imported for ``--help``."""
    made = _Parser(prog="python -m simulator", description=__doc__, allow_abbrev=False)
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run, listing, show, status, export = (
        commands.add_parser(name, help=text, description=text, allow_abbrev=False) for name, text in COMMANDS.items()
    )
    run.add_argument("file", metavar="SWEEP.toml", help="what to run, where, and what to keep: see README.md")
    run.add_argument(
        "--executor", metavar="WHERE", help="threads, processes, or the address of a dask scheduler (tcp://...)"
    )
    run.add_argument("--workers", type=int, metavar="N", help="how many threads or processes; one a processor")
    run.add_argument("--quiet", action="store_true", help="show no progress")
    listing.add_argument("phenomenon", nargs="*", help="which phenomena; all if none is named")
    show.add_argument("name", help="a name from the list")
    status.add_argument("file", help="the store of a sweep")
    export.add_argument("file", help="the store of a sweep")
    export.add_argument("output", metavar="OUT", help="a file that ends in .nc or .csv")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns
    -------
    int
        0; 1 if points or workers of a sweep have failed; 2 for bad input, which is refused in one line; 130 if
        interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in COMMANDS and words[0] not in ("-h", "--help"):
        words.insert(0, "run")
    try:
        options, unknown = parser().parse_known_args(words)
        if unknown:
            raise ValueError(f"unknown option {unknown[0]!r}; see python -m simulator --help")
        code = _run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, TypeError, OSError) as problem:
        print(" ".join(str(problem).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt as stopped:
        print(str(stopped) or "stopped", file=sys.stderr)
        return INTERRUPTED


def _run(options: argparse.Namespace) -> int:
    module = "listing" if options.command == "list" else options.command
    command = import_module(f"simulator.command.{module}")
    given = {name: value for name, value in vars(options).items() if name != "command"}
    code: int = command.run(**given)
    return code


if __name__ == "__main__":
    sys.exit(main())
