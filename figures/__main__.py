"""``python -m figures``: draw figures by name, or all of them and the essay page."""

from __future__ import annotations

import argparse
import inspect
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from figures.figure import Figure


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments; nothing heavy is imported for ``--help``."""
    made = argparse.ArgumentParser(
        prog="python -m figures", description=__doc__, allow_abbrev=False, exit_on_error=False,
        epilog="Without a name, all figures are drawn and the essay page is written to DIR/index.html.",
    )  # fmt: skip
    made.add_argument("name", nargs="*", help="which figures to draw; all, and the page, if none is named")
    made.add_argument("--list", action="store_true", help="list the names of all figures and stop")
    made.add_argument("--out", default="essay", metavar="DIR", help="where to write (default essay)")
    made.add_argument("--format", nargs="+", default=["svg", "png"], help="any of svg and png (default both)")
    made.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="PARAMETER=VALUE",
        help="parameters of the named figures: a number, or numbers separated by commas",
    )  # fmt: skip
    made.add_argument("--replicates", metavar="N", help="simulated agents a point, at least 2")
    made.add_argument("--seed", metavar="N", help="seed of all noise, at least 0")
    made.add_argument(
        "--check", type=Path, metavar="FILE", help="the JSON of python -m theory --json FILE, for the page"
    )
    made.add_argument(
        "--trust", type=Path, metavar="FILE", help="the JSON of python -m theory trust --json FILE, for the page"
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 for bad input, which is refused in one line before work starts."""
    try:
        options, unknown = parser().parse_known_args(arguments)
        if unknown:
            raise ValueError(f"unknown option {unknown[0]!r}; see python -m figures --help")
        task = _plan(options)
    except (argparse.ArgumentError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return task()


def parse_setting(text: str) -> tuple[str, int | float | list[float]]:
    """Return the name and the value of ``parameter=value``; the value is read as data, never evaluated.

    Parameters
    ----------
    text
        ``name=3``, ``name=0.5`` or ``name=1,0.5,2``; one number and a comma make a list of one.

    Returns
    -------
    tuple
        The name, and an int, a float or a list of floats.

    Raises
    ------
    ValueError
        If it is anything else, or a value is NaN.
    """
    name, equals, value = text.partition("=")
    if not (name.isidentifier() and equals):
        raise ValueError(f"--set: got {text!r}; must be PARAMETER=VALUE; write, for example, growth=0.2")
    if name in ("axes", "replicates", "seed"):
        raise ValueError(f"--set: got {name!r}; must be a parameter of the law; use --replicates or --seed")
    return name, _parse_value(name, value)


def _parse_value(name: str, text: str) -> int | float | list[float]:
    try:
        if "," in text:
            numbers = [float(part) for part in text.removesuffix(",").split(",")]
        else:
            whole = text.strip().removeprefix("-").isdecimal()
            numbers = [int(text) if whole else float(text)]
        if any(value != value for value in numbers):
            raise ValueError("NaN")
    except ValueError:
        raise ValueError(
            f"--set {name}: got {text!r}; must be a number or numbers separated by commas; write {name}=0.5"
        ) from None
    return numbers if "," in text else numbers[0]


def _plan(options: argparse.Namespace) -> Callable[[], int]:
    """Return what there is to do, once everything that can be refused has been."""
    from figures import catalog

    if options.list:
        known = catalog.names()
        return lambda: _say(*known)
    changes = _changes(options)
    drawn = {name: catalog.find(name) for name in dict.fromkeys(options.name)} or catalog.functions()
    for option in ("check", "trust"):
        if options.name and getattr(options, option) is not None:
            raise ValueError(f"--{option}: got figure names too; must go with the whole page; leave out one of them")
    if options.set and not options.name:
        raise ValueError("--set: got no figure name; must go with named figures; name the figures to change")
    for name, function in drawn.items():
        _check_keywords(name, function, changes)
    from figures.figure import prepare
    from theory.report.read import read_check, read_trust

    report = read_check(options.check) if options.check is not None else None
    trust = read_trust(options.trust) if options.trust is not None else None

    place = prepare(options.out, options.format)
    return lambda: _run(options, place, drawn, changes, report, trust)


def _changes(options: argparse.Namespace) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for text in options.set:
        name, value = parse_setting(text)
        if name in changes:
            raise ValueError(f"--set: got {name!r} twice; must be given once; leave one out")
        changes[name] = value
    for name, least in (("replicates", 2), ("seed", 0)):
        text = getattr(options, name)
        if text is not None:
            if not text.isdecimal() or int(text) < least:
                raise ValueError(f"--{name}: got {text!r}; must be a whole number >= {least}; pass one")
            changes[name] = int(text)
    return changes


def _check_keywords(name: str, function: Callable[..., Any], changes: Mapping[str, Any]) -> None:
    """Refuse a parameter that the figure's function does not take, where its signature tells."""
    from simulator.parameter import nearest

    signature = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature.values()):
        return
    for change in changes:
        if change not in signature:
            raise ValueError(f"unknown parameter {change!r} of figure {name}; {nearest(change, signature)}")


def _run(
    options: argparse.Namespace,
    place: Path,
    functions: Mapping[str, Callable[..., Figure]],
    changes: Mapping[str, Any],
    report: Any,
    trust: Any,
) -> int:
    from figures.figure import save

    try:
        drawn = {name: _draw(name, function, changes) for name, function in functions.items()}
    except (ValueError, TypeError) as problem:
        # A law refuses a user's value when it is run; without such values it is a fault of ours, to be seen whole.
        if not changes:
            raise
        print(problem, file=sys.stderr)
        return 2
    paths = [path for figure in drawn.values() for path in save(figure, place, options.format)]
    return _say(*paths) if options.name else _write_page(place, drawn, report, trust)


def _draw(name: str, function: Callable[..., Figure], changes: Mapping[str, Any]) -> Figure:
    figure = function(**changes)
    flags = {key: str(changes[key]) for key in ("replicates", "seed") if key in changes}
    texts = [f"{key}={_text(value)}" for key, value in changes.items() if key not in flags]
    words = ["python", "-m", "figures", name, *(word for key in flags for word in (f"--{key}", flags[key]))]
    command = shlex.join([*words, *(["--set", *texts] if texts else [])])
    return replace(figure, provenance={**figure.provenance, "command": command})


def _text(value: int | float | list[float]) -> str:
    return ",".join(map(repr, value)) + "," * (len(value) == 1) if isinstance(value, list) else repr(value)


def _write_page(place: Path, drawn: Mapping[str, Figure], report: Any, trust: Any) -> int:
    from figures.essay import page
    from theory.claims import claims

    if report is None:
        from theory.check import check_everything

        report = check_everything(effort="quick", seed=0, workers=None)
    target = place / "index.html"
    target.write_text(page(drawn, claims, report, trust=trust), encoding="utf-8")
    return _say(target)


def _say(*lines: object) -> int:
    for line in lines:
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
