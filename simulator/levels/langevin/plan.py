"""What fixes how a law is moved through time and observed."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.levels.langevin.frame import reducible
from simulator.model import Model
from simulator.observation import TIME
from simulator.parameter import Parameter, Resolved
from simulator.structure import Isotropy


@dataclass(frozen=True)
class Langevin:
    """A law with everything that fixes how it is moved through time and observed.

    Parameters
    ----------
    model, measures
        The law, and what is observed of it.
    times
        When, or None where ``time`` is a parameter.
    method
        "stepped" or "exact".
    steps
        The number of steps to the last time.
    normals, dtype
        Where normals come from, and the type of the state.
    isotropy
        How the vector is reduced, or None.
    variance_reduction
        None, "antithetic" or "sobol".
    group
        How many replicates are drawn together.
    control
        Whether the twin that control variates come from is carried along.
    """

    model: Model
    measures: tuple[str, ...]
    times: tuple[float, ...] | None = None
    method: str = "stepped"
    steps: int = 1
    normals: str = "ziggurat"
    dtype: str = "float64"
    isotropy: Isotropy | None = None
    variance_reduction: str | None = None
    group: int = 1
    control: bool = False

    @property
    def exact(self) -> bool:
        """Whether the law is drawn by exact transitions."""
        return self.method == "exact"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The law's parameters, and ``time`` where no times are fixed."""
        return self.model.parameters if self.times is not None else (*self.model.parameters, TIME)

    def requested_times(self, resolved: Resolved) -> tuple[float, ...]:
        """Return when to observe, at a point."""
        return self.times if self.times is not None else (float(resolved[TIME.name]),)

    def reduction(self, resolved: Resolved) -> Isotropy | None:
        """Return how the vector is reduced at a point: not where it has no components to spare."""
        return self.isotropy if self.isotropy is not None and reducible(self.isotropy, resolved) else None
