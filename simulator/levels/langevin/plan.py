"""What fixes how a law is stepped and observed."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.model import Model
from simulator.observation import TIME
from simulator.parameter import Parameter, Resolved


@dataclass(frozen=True)
class Langevin:
    """A law with everything that fixes how it is stepped and observed."""

    model: Model
    times: tuple[float, ...] | None
    steps: int
    normals: str
    dtype: str
    measures: tuple[str, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The law's parameters, and ``time`` where no times are fixed."""
        return self.model.parameters if self.times is not None else (*self.model.parameters, TIME)

    def requested_times(self, resolved: Resolved) -> tuple[float, ...]:
        """Return when to observe, at a point."""
        return self.times if self.times is not None else (float(resolved[TIME.name]),)
