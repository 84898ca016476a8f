"""The feature as a real vector on the sphere in R^D: selected by the probe's score, and shaken by Brownian motion.

One step of length h composes half a step of removal and rotation, a whole step of noise, and half a step again
(Strang). Removal and rotation take one midpoint step of

    dm/dt = -K_m cos(phi),        dphi/dt = K_phi m sin(phi)        while m cos(phi) > 0

along the great circle through probe and feature, and stop at m = 0 and at phi = pi/2. Noise is one geodesic:

    u <- cos(|v|) u + sin(|v|) v/|v|,        v = sqrt(s/(1 + (D - 2) s/6)) (xi - (u.xi) u),   s = noise^2 h,

xi standard normal in R^D. The steps are shortened by the sphere's curvature: with them E f(u) of every spherical
harmonic f of Laplacian -l is f(u_0) (1 - l s/2 + l^2 s^2/8) up to s^3, so that the weak order of the noise is 2; it
would be 1 with v = sqrt(s) (xi - (u.xi) u). Where selection stops at phi = pi/2 and starts again the order is 1.
Source of the plain geodesic walk: Jorgensen, Z. Wahrscheinlichkeitstheorie verw. Gebiete 32 (1975) 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.levels.langevin.stepped import segments
from simulator.models.probe_selection.rotation import dim, initial_angle, initial_strength, noise
from simulator.observation import TIME, checked_times
from simulator.parameter import COUNT, NONNEGATIVE, Parameter, Resolved

Array: TypeAlias = NDArray[np.float64]

strength_metric = Parameter(
    "strength_metric", 1.0, "K_m", NONNEGATIVE, "1/time", "how readily the learner moves the strength"
)
angle_metric = Parameter("angle_metric", 1.0, r"K_\phi", NONNEGATIVE, "1/time", "how readily it turns the feature")
steps = Parameter("steps", 32, "n", COUNT, meaning="steps to the last time", integer=True)
BLIND = np.pi / 2
TINY = 1e-300  # what a squared length of zero counts as where it divides

MEASURES = {
    "cosine": Observable(meaning="cosine of the angle between feature and probe"),
    "misbehavior": Observable(meaning="how strong the misbehavior's feature is"),
    "score": Observable(meaning="what the probe reads"),
}


def walk(times: Sequence[float] | None = None, selective: bool = True) -> Experiment:
    """Return features on the sphere, one a replicate, under a learner and Brownian noise.

    A feature whose strength has gone stands still: nothing is left to have a direction.

    Parameters
    ----------
    times
        When to look, increasing, >= 0; None makes ``time`` a parameter. Each is reached by whole steps.
    selective
        Whether the probe's score is selected against; without, the noise is alone, of weak order 2.

    Raises ValueError, in one line, for unsorted times.
    """
    looked = checked_times(times)
    learner = (strength_metric, angle_metric) if selective else ()
    plan = _Plan(looked, selective)
    axes = () if looked is None else ("time",)
    name = "probe_walk" if selective else "probe_diffusion"
    return Experiment(
        name=name,
        parameters=(dim, initial_strength, initial_angle, *learner, noise, steps, *((TIME,) if looked is None else ())),
        measures={key: Observable(axes, one.unit, one.meaning) for key, one in MEASURES.items()},
        sample=partial(sample, plan),
        refine=partial(refine, plan),
        order=1 if selective else 2,
        coordinates={} if looked is None else {"time": np.array(looked)},
        components=lambda resolved: int(resolved["dim"]),
        identity={"level": "walk", "name": name, "times": looked},
        says="A feature's direction diffuses on the sphere, and training shrinks it or turns it from the probe.",
    )


@dataclass(frozen=True)
class _Plan:
    times: tuple[float, ...] | None
    selective: bool

    def metrics(self, parameters: Resolved) -> tuple[float, float]:
        """Return K_m and K_phi."""
        return (parameters["strength_metric"], parameters["angle_metric"]) if self.selective else (0.0, 0.0)


def sample(plan: _Plan, parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of a block; D normals a step and replicate are drawn where there is noise."""
    numbers_only(parameters)
    path = _Path.start(plan, parameters, replicates)
    for index, (count, step) in enumerate(_segments(plan, parameters)):
        for _ in range(count):
            path.move(step, path.normals(generator))
        path.look(index)
    return path.samples


def refine(
    plan: _Plan, parameters: Resolved, replicates: int, generator: np.random.Generator
) -> tuple[Samples, Samples]:
    """Return the measures at the step and at half of it, on the same noise."""
    numbers_only(parameters)
    coarse, fine = (_Path.start(plan, parameters, replicates) for _ in range(2))
    for index, (count, step) in enumerate(_segments(plan, parameters)):
        for _ in range(count):
            first, second = fine.normals(generator), fine.normals(generator)
            coarse.move(step, None if first is None else (first + second) / np.sqrt(2.0))
            fine.move(step / 2.0, first)
            fine.move(step / 2.0, second)
        coarse.look(index)
        fine.look(index)
    return coarse.samples, fine.samples


def _segments(plan: _Plan, parameters: Resolved) -> Any:
    return segments(plan.times or (parameters["time"],), parameters["steps"])


@dataclass
class _Path:
    """A block of features on its way: unit vectors (dim, replicates), the probe being the first axis, and strengths."""

    plan: _Plan
    parameters: Resolved
    direction: Array
    strength: Array
    samples: dict[str, Any]

    @classmethod
    def start(cls, plan: _Plan, parameters: Resolved, replicates: int) -> _Path:
        """Return features at time 0, all alike: at the initial angle from the first axis toward the second."""
        direction = np.zeros((parameters["dim"], replicates))
        direction[0], direction[1] = np.cos(parameters["initial_angle"]), np.sin(parameters["initial_angle"])
        return cls(plan, parameters, direction, np.full(replicates, parameters["initial_strength"]), {})

    def normals(self, generator: np.random.Generator) -> Any:
        """Return the normals of one step, (dim, replicates), or None where there is no noise."""
        return generator.standard_normal(self.direction.shape) if self.parameters["noise"] > 0.0 else None

    def move(self, step: float, normals: Any) -> None:
        """Make one step with the given normals, which are overwritten."""
        if self.plan.selective:
            self._learn(step / 2.0)
        if normals is not None:
            self._shake(step, normals)
        if self.plan.selective:
            self._learn(step / 2.0)

    def _learn(self, duration: float) -> None:
        """Remove and rotate, where the probe sees anything: the angle grows along the great circle from the probe."""
        removal, turning = self.plan.metrics(self.parameters)
        phi = np.arccos(np.clip(self.direction[0], -1.0, 1.0))
        seen = (phi < BLIND) & (self.strength > 0.0)
        middle = phi + duration / 2.0 * turning * self.strength * np.sin(phi)
        between = self.strength - duration / 2.0 * removal * np.cos(phi)
        turned = np.minimum(phi + duration * turning * between * np.sin(middle), BLIND)
        weaker = np.maximum(self.strength - duration * removal * np.cos(middle), 0.0)
        off_axis = np.sin(phi)
        on_axis = off_axis == 0.0  # there the probe turns nothing
        stretch = np.where(on_axis, 1.0, np.sin(turned) / np.where(on_axis, 1.0, off_axis))
        self.direction[1:] *= np.where(seen, stretch, 1.0)
        self.direction[0] = np.where(seen, np.cos(turned), self.direction[0])
        self.strength = np.where(seen, weaker, self.strength)

    def _shake(self, step: float, normals: Array) -> None:
        """Follow one geodesic in a random direction; what has no strength left stands still."""
        variance = self.parameters["noise"] ** 2 * step
        variance /= 1.0 + (self.parameters["dim"] - 2) * variance / 6.0
        along = np.einsum("dr,dr->r", self.direction, normals)
        tangent = np.einsum("dr,dr->r", normals, normals) - along**2
        length = np.sqrt(np.maximum(tangent, TINY))  # of the normals' part across the direction
        way = np.where(self.strength > 0.0, np.sqrt(variance) * length, 0.0)
        across = np.sin(way) / length
        self.direction *= np.cos(way) - across * along
        normals *= across
        self.direction += normals

    def look(self, index: int) -> None:
        """Write down every measure at the time of that index."""
        cosine = self.direction[0]
        seen = {"cosine": cosine, "misbehavior": self.strength, "score": self.strength * cosine}
        for name, values in seen.items():
            if self.plan.times is None:
                self.samples[name] = values.copy()
                continue
            if name not in self.samples:
                self.samples[name] = np.empty((values.size, len(self.plan.times)))
            self.samples[name][:, index] = values
