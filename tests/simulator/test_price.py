"""Price's identity, in every generation of random models: the change of a mean is differential + transmission.

Nothing is statistical here: the identity holds to rounding whatever the law, the scheme and the inheritance, for the
offspring numbers that came about. Expected instead of realized offspring numbers must break it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Model, Normal, Parameter, Trait, logistic, simulate, total
from simulator.levels.population import snapshot
from tests.simulator.test_population import law as line

GENERATIONS = 5


@dataclass(frozen=True)
class Case:
    """A random law, how its populations live, and where they are observed."""

    law: Model
    options: dict[str, Any]
    point: dict[str, Any]

    def __repr__(self) -> str:
        return f"{self.law!r}\n{self.options}\n{self.point}"


@st.composite
def cases(draw: st.DrawFn) -> Case:
    number = st.floats(-2.0, 2.0)
    sizes = {"d": draw(st.integers(1, 4)), "m": draw(st.integers(1, 3))}
    dims = draw(st.lists(st.sampled_from([None, "d", "m"]), min_size=1, max_size=3))
    traits = tuple(Trait(f"trait{index}", dim=dim) for index, dim in enumerate(dims))
    scalars = [total(trait) if trait.dim else trait.variable for trait in traits]
    squares = [total(trait**2) if trait.dim else trait.variable**2 for trait in traits]
    reward = sum((draw(number) * one - abs(draw(number)) * two for one, two in zip(scalars, squares, strict=True)), 0)
    reward += draw(number) * logistic(scalars[0] - 0.5) * scalars[-1]

    def some(strategy: st.SearchStrategy[Any]) -> dict[Trait, Any]:
        return {trait: draw(strategy) for trait in traits if draw(st.booleans())}

    law = Model(
        name="random",
        traits=traits,
        reward=reward + draw(st.sampled_from([0.0, 1e3])),
        growth=some(st.one_of(number, st.just(scalars[0] / 3))),
        decay=some(st.floats(0.0, 1.0)),
        noise=some(st.floats(0.0, 1.0)),
        initial={trait: draw(st.sampled_from([Normal(0.0, 1.0), 0.5])) for trait in traits},
        parameters=tuple(Parameter(name, size, integer=True) for name, size in sizes.items()),
    )
    options = {
        "selection": draw(st.sampled_from(["softmax", "truncation", "tournament", "group_normalized"])),
        "recombination": draw(st.sampled_from([False, "free", "infinitesimal"])),
        "dtype": draw(st.sampled_from(["float64", "float32"])),
    }
    point = {"population": 2 * draw(st.integers(1, 8)), "environment": draw(st.sampled_from([0.0, 0.7]))}
    return Case(law, options, point)


def check(case: Case) -> None:
    names = {f"{trait.name}_{part}" for trait in case.law.traits for part in ("change", "differential", "transmission")}
    means = {trait.name for trait in case.law.traits}
    made = case.law.experiment(
        "population", times=range(GENERATIONS + 1), measures=tuple(sorted(names | means)), **case.options
    )
    found = simulate(made, replicates=3, keep="samples", **case.point)
    assert int(found.diverged) == 0
    for trait in case.law.traits:
        mean, change, differential, transmission = (
            found[f"{trait.name}{part}_samples"].values for part in ("", "_change", "_differential", "_transmission")
        )
        scale = 1e-13 * (1 + np.abs(mean).max() + np.abs(change[:, 1:]).max() + np.abs(transmission[:, 1:]).max())
        np.testing.assert_allclose(np.diff(mean, axis=1), change[:, 1:], rtol=0, atol=scale)
        np.testing.assert_allclose(change[:, 1:], (differential + transmission)[:, 1:], rtol=0, atol=10 * scale)
        assert np.isnan(change[:, 0]).all()


@settings(derandomize=True, deadline=None, database=None, max_examples=25)
@given(cases())
def test_price_identity_holds_in_every_generation_of_a_random_model(case: Case) -> None:
    check(case)


def test_expected_offspring_numbers_break_the_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the chances of reproduction for w, what drift does to the mean would be nobody's."""

    def expected(seen: Any) -> Any:
        chances = np.exp(seen.populations.seen)
        return chances / chances.mean(axis=-1, keepdims=True)

    case = Case(line.replace(reward=line.traits[0]), {}, {"population": 10})
    check(case)
    monkeypatch.setattr(snapshot.Snapshot, "offspring", property(expected))
    with pytest.raises(AssertionError):
        check(case)
