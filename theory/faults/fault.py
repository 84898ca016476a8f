"""Fault: one thing that is wrong, how it is put in place for a while, and what the check says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

from theory.catalog import get
from theory.check import check
from theory.prediction import Prediction
from theory.region import Interval, Several
from theory.row import Row


@dataclass(frozen=True)
class Fault:
    """A planted fault.

    Parameters
    ----------
    subject, name
        A phenomenon or "audit", and an identifier that is unique there.
    kind
        Where it sits: "law", "mechanism" (a simulation that is no law), "level", "kernel", "sampler", "stream",
        "estimator" or "formula".
    says
        What is wrong, in a sentence.
    red
        The predictions that must disagree, as ``phenomenon.prediction``.
    patches
        What is replaced in the code while the fault is there: context managers, such as `spoiled` returns.
    family
        Makes the predictions anew while the fault is there, those of a faulty law for example; None if it is enough
        to replace code that they call.
    box
        Keywords whose intervals are narrowed, with the fault and without, to where it shows.
    effort, points
        How it is looked for.
    slow
        Whether that takes more than a second or so of a processor.
    """

    subject: str
    name: str
    kind: str
    says: str
    red: tuple[str, ...]
    patches: tuple[AbstractContextManager[Any], ...] = ()
    family: Callable[[], Iterable[Prediction]] | None = None
    box: Mapping[str, Interval | Several] = field(default_factory=dict)
    effort: str = "quick"
    points: int = 1
    slow: bool = False

    @contextmanager
    def planted(self) -> Iterator[tuple[Prediction, ...]]:
        """Put the fault in place, and give the predictions to check while it is there."""
        with ExitStack() as stack:
            for patch in self.patches:
                stack.enter_context(patch)
            if self.family is None:
                yield self.clean
            else:
                made = {one.name: one for one in self.family()}
                yield tuple(self._narrowed(made[name]) for name in self.red)

    @property
    def clean(self) -> tuple[Prediction, ...]:
        """The same predictions without the fault."""
        return tuple(self._narrowed(get(name)) for name in self.red)

    def _narrowed(self, prediction: Prediction) -> Prediction:
        own = {name: interval for name, interval in self.box.items() if name in prediction.valid.box}
        return prediction.replace(valid=replace(prediction.valid, box={**prediction.valid.box, **own}))


@dataclass(frozen=True)
class Trial:
    """What the check said of a fault.

    Parameters
    ----------
    fault
        Which.
    clean, planted
        The rows without it and with it, at the same points and seed.
    """

    fault: Fault
    clean: tuple[Row, ...]
    planted: tuple[Row, ...]

    @property
    def caught(self) -> bool:
        """Whether every prediction named disagrees somewhere with the fault, and agrees everywhere without it."""
        red = {row.name for row in self.planted if row.verdict == "disagrees"}
        return red == {*self.fault.red} and all(row.verdict == "agrees" for row in self.clean)

    @property
    def plain(self) -> dict[str, Any]:
        """The trial as plain data, ready for JSON."""
        return {
            "name": self.fault.name, "subject": self.fault.subject, "kind": self.fault.kind, "says": self.fault.says,
            "effort": self.fault.effort,
            "rows": [
                {"name": before.name, "parameters": before.parameters, "z_clean": before.z,
                 "verdict_clean": before.verdict, "z": after.z, "verdict": after.verdict}
                for before, after in zip(self.clean, self.planted, strict=True)
            ],
            "caught": self.caught,
        }  # fmt: skip


def verdicts(fault: Fault, **options: Any) -> Trial:
    """Check a fault's predictions without it and with it.

    Parameters
    ----------
    fault
        Which to plant.
    options
        What ``check`` takes; effort and points are the fault's own unless they are given.
    """
    asked = {"effort": fault.effort, "points": fault.points, **options}
    clean = check(fault.clean, **asked)
    with fault.planted() as predictions:
        planted = check(predictions, **asked)
    return Trial(fault, clean, planted)


def spoiled(target: Any, name: str, wrong: Callable[[Any], Any]) -> AbstractContextManager[Any]:
    """Return what replaces an attribute by a wrong one while it is entered.

    Parameters
    ----------
    target, name
        A module or class, and which attribute of it.
    wrong
        From the right attribute, the wrong one.
    """
    patch: AbstractContextManager[Any] = mock.patch.object(target, name, wrong(vars(target)[name]))
    return patch
