"""Small experiments to sweep: their samples are cheap, and known; processes can import them."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from simulator import Experiment, Observable, Parameter
from simulator.parameter import COUNT

PARAMETERS = (
    Parameter("dim", 2, "d", COUNT, meaning="number of components", integer=True),
    Parameter("center", 0.0, meaning="mean of the noise", unit="m"),
    Parameter("spread", 1.0, meaning="standard deviation of the noise"),
    Parameter("axis", lambda size: np.arange(1.0, size + 1.0), dim="dim", meaning="scale of each component"),
)
MEASURES = {
    "noise": Observable((), "m", "a normal variate"),
    "vector": Observable(("time", "dim_index"), "", "normal variates, one a component, at two times"),
    "rare": Observable((), "", "whether it is large", indicator=True),
    "positive": Observable((), "", "itself, where it is positive"),
}
TIMES = np.array([1.0, 2.0])


def sample(point: Any, replicates: int, generator: np.random.Generator) -> dict[str, Any]:
    """Draw one point."""
    return pack([point], replicates, [generator])[0]


def pack(points: Any, replicates: int, generators: Any) -> list[dict[str, Any]]:
    """Draw points of one dimension and axis together."""
    dim = points[0]["dim"]
    drawn = np.stack([generator.standard_normal((1 + dim, replicates)) for generator in generators])
    center, spread = (np.array([point[name] for point in points]) for name in ("center", "spread"))
    noise = center[:, None] + spread[:, None] * drawn[:, 0]
    shape = points[0]["axis"][:, None]
    vectors = np.stack([drawn[:, 1:] * shape, drawn[:, 1:] * shape + noise[:, None]], axis=1)
    return [
        {
            "noise": one,
            "vector": np.moveaxis(vector, -1, 0),
            "rare": one > 2.0,
            "positive": np.where(one > 0.0, one, np.nan),
        }
        for one, vector in zip(noise, vectors, strict=True)
    ]


def components(point: Any) -> int:
    """Count the values of a replicate."""
    return 1 + int(point["dim"])


walk = Experiment(
    "walk", PARAMETERS, MEASURES, sample, coordinates={"time": TIMES}, components=components, identity={"level": "test"}
)
packed = walk.replace(name="packed", pack=pack)


def refined(point: Any, replicates: int, generator: np.random.Generator) -> tuple[Any, Any]:
    """Draw at two steps: the coarse one is off by a hundredth."""
    fine = sample(point, replicates, generator)
    return {name: array + 0.01 for name, array in fine.items()}, fine


stepped = walk.replace(name="stepped", refine=refined, order=1)


def slow_sample(point: Any, replicates: int, generator: np.random.Generator) -> dict[str, Any]:
    """Draw one point, taking one's time."""
    time.sleep(0.002)
    return sample(point, replicates, generator)


slow = walk.replace(name="slow", sample=slow_sample)


def fragile_sample(point: Any, replicates: int, generator: np.random.Generator) -> dict[str, Any]:
    """Draw one point; large centers fail, and where the spread is large some replicates overflow."""
    if point["center"] > 2.0:
        raise ArithmeticError("the center\nis too large")
    found = sample(point, replicates, generator)
    lost = found["noise"] > 3.0 * point["center"] + 2.0
    return {**found, "noise": np.where(lost, np.inf, found["noise"]), "diverged": lost}


def fragile_pack(points: Any, replicates: int, generators: Any) -> list[dict[str, Any]]:
    """Draw points together; one that fails fails them all."""
    return [fragile_sample(point, replicates, each) for point, each in zip(points, generators, strict=True)]


fragile = walk.replace(name="fragile", sample=fragile_sample)
fragile_together = walk.replace(name="fragile", sample=fragile_sample, pack=fragile_pack)


def pair_sample(point: Any, replicates: int, generator: np.random.Generator) -> dict[str, Any]:
    """Draw antithetic pairs."""
    half = generator.standard_normal(replicates // 2)
    noise = point["center"] + point["spread"] * np.stack([half, -half], axis=1).ravel()
    return {"noise": noise, "square": noise**2}


pairs = Experiment(
    "pairs",
    PARAMETERS,
    {"noise": Observable(), "square": Observable()},
    pair_sample,
    group=2,
)
