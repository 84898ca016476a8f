"""Levels of description, one module each; every one turns a Model into an Experiment.

A level is a module or package here with ``experiment(model, **options)`` and ``kernel_source(model, **options)``.
"""

from __future__ import annotations

import pkgutil


def level_names() -> tuple[str, ...]:
    """Return the names of the levels at which a law can be run."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
