"""``import simulator`` stays light, and its public names are all there."""

from __future__ import annotations

import subprocess
import sys

import pytest

import simulator

HEAVY = ("sympy", "scipy", "xarray", "pandas", "matplotlib", "networkx")


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(' '.join(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return {name for name in HEAVY if name in out.split()}


def test_importing_the_simulator_loads_nothing_heavy():
    assert loaded_after("import simulator") == set()


def test_declaring_a_law_needs_sympy_alone():
    assert loaded_after("from simulator.models.goal_drift import goal_drift") == {"sympy"}


def test_sampling_needs_sympy_alone():
    statement = (
        "import numpy as np\nfrom simulator.models.goal_drift import goal_drift\n"
        "from simulator.parameter import resolve\n"
        "made = goal_drift.experiment(method='stepped', times=[1.0], steps=2)\n"
        "made.sample(resolve(made.parameters, {}), 8, np.random.default_rng(1))"
    )
    assert loaded_after(statement) == {"sympy"}


def test_every_public_name_loads():
    for name in simulator.__all__:
        assert getattr(simulator, name) is not None
    assert set(simulator.__all__) <= set(dir(simulator))
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        simulator.simulat  # noqa: B018
