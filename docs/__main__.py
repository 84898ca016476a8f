"""``python -m docs``: write the reference; a warning is an error, for it is a page that lacks something."""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(prog="python -m docs", description=__doc__)
    made.add_argument("--out", type=Path, default=Path("build/docs"), metavar="DIR", help="default: build/docs")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, or 2 if the tools of the extra "docs" are not installed."""
    options = parser().parse_args(arguments)
    try:
        from docs.site import write
    except ModuleNotFoundError as missing:
        print(f'{missing.name} is not installed; run make docs, or pip install -e ".[docs]"', file=sys.stderr)
        return 2
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        print(write(options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
