"""The pages: what pdoc makes of the modules, and beside them the phenomena, the tutorial, and how to contribute."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from latex2mathml.converter import convert
from markupsafe import Markup
from pdoc import doc, render
from pdoc.render_helpers import to_html

from docs import declared, literate
from docs.declared import Declared, Math
from simulator import catalog
from simulator.experiment import Experiment
from simulator.model import Model, Trait
from simulator.parameter import Parameter
from theory.catalog import predictions, subjects
from theory.prediction import Prediction

ROOT = Path(__file__).parents[1]
PACKAGES = ("simulator", "theory", "witnesses", "figures")
TUTORIAL, PICTURE = "tutorial.py", "following.svg"
BRIEF: dict[type, Callable[[Any], str]] = {
    Model: lambda law: f"Model {law.name}",
    Prediction: lambda prediction: f"Prediction {prediction.name}",
    Experiment: lambda experiment: f"Experiment {experiment.name}",
    Trait: lambda trait: f"Trait {trait.name}: {trait.meaning}",
    Parameter: declared.in_short,
}


def write(place: Path) -> Path:
    """Write the whole reference into a directory, and return its first page."""
    place.mkdir(parents=True, exist_ok=True)
    environment = configured()
    write_modules(place, [doc.Module(module) for module in modules()])
    for name in subjects():
        _write_page(place / "phenomena" / f"{name}.html", phenomenon(environment, name))
    tutorial = page(environment, "Tutorial", literate.markdown(_read(f"examples/{TUTORIAL}")) + _printed(place))
    _write_page(place / "tutorial.html", tutorial)
    _write_page(place / "contributing.html", page(environment, "Contributing", _read("CONTRIBUTING.md")))
    return place / "index.html"


def configured() -> Any:
    """Return pdoc's templates with ours before them, and what ours need to know."""
    render.configure(docformat="numpy", template_directory=ROOT / "docs" / "templates")
    render.env.filters |= {"mathml": mathml, "declared": shown}
    render.env.tests |= {
        "declaration": lambda value: isinstance(value, (Model, Prediction)),
        "math": lambda cell: isinstance(cell, Math),
    }
    render.env.globals["phenomena"] = subjects()
    return render.env


def modules() -> Iterator[ModuleType]:
    """Return every public module of the project, imported, with the names that its packages load on first use."""
    for package in map(import_module, PACKAGES):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "._" not in found.name:
                yield import_module(found.name)
        for name in package.__all__ if hasattr(package, "__getattr__") else ():
            setattr(package, name, getattr(package, name))


def write_modules(place: Path, documented: list[doc.Module]) -> None:
    """Write a page a module, the first page, and the index of the search."""
    every = {module.fullname: module for module in documented}
    with in_brief():
        for name, module in every.items():
            _write_page(place / f"{name.replace('.', '/')}.html", render.html_module(module, every))
        _write_page(place / "index.html", render.html_index(every))
        _write_page(place / "search.js", render.search_index(every))


def phenomenon(environment: Any, name: str) -> str:
    """Return the page of a phenomenon: its laws and experiments, and what is predicted of them."""
    laws = catalog.declared(name) if name in catalog.phenomena() else {}
    home = import_module(f"simulator.models.{name}" if laws else f"theory.{name}")
    text: str = environment.get_template("phenomenon.html.jinja2").render(
        name=name,
        home=home.__name__,
        words=to_html(home.__doc__ or ""),
        laws=[declared.law(subject) for subject in laws.values()],
        predictions=[declared.prediction(one) for one in predictions(name)],
        root="../",
    )
    return text


def page(environment: Any, title: str, words: str) -> str:
    """Return a page of Markdown."""
    text: str = environment.get_template("words.html.jinja2").render(title=title, words=to_html(words), root="")
    return text


def mathml(formula: Math) -> Markup:
    """Return a formula in MathML, which browsers typeset by themselves."""
    return Markup(convert(formula.latex))


@contextmanager
def in_brief() -> Iterator[None]:
    """Let laws and the like print themselves in one line: signatures and constants are full of them."""
    with ExitStack() as changed:
        for kind, brief in BRIEF.items():
            changed.enter_context(patch.object(kind, "__repr__", brief))
        yield


def shown(subject: Model | Prediction) -> Declared:
    """Return what is declared of a law or a prediction that a module holds."""
    return declared.law(subject) if isinstance(subject, Model) else declared.prediction(subject)


def _printed(place: Path) -> str:
    """Run the tutorial in the reference's directory and return what it prints and draws, in Markdown."""
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / TUTORIAL], cwd=place, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    drawn = f"## What it draws\n\n![Lag of the goal against time]({PICTURE})\n"
    return f"\n## What it prints\n\n```\n{done.stdout}```\n\n{drawn}"


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _write_page(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
