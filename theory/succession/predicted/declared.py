"""What declares the predictions of succession, and what makes the runs that they are about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from simulator.experiment import Experiment
from theory.declared import Declaring
from theory.succession import expressions, formulas, proofs

Runs: TypeAlias = Callable[[bool, Sequence[str]], Experiment]


declared = Declaring("succession", formulas, expressions, proofs)
