"""Where a block's variates come from: independent, in antithetic pairs, or side by side for several points.

The last axis of everything drawn is the replicates. What is drawn, and in which order, is the caller's; how the
replicates of a block depend on one another is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import arguments, with_arguments
from simulator.normals import Fill

Vector = NDArray[np.float64]


class Draws(Protocol):
    """A source of variates for a fixed number of replicates."""

    def sample(self, distribution: Any, shape: tuple[int, ...]) -> Vector:
        """Return variates of a distribution."""

    def random(self, shape: tuple[int, ...]) -> Vector:
        """Return uniform variates on [0, 1)."""

    def normals(self, out: NDArray[Any]) -> None:
        """Fill a C-contiguous array with standard normals."""

    def lengths(self, freedom: int, out: NDArray[Any]) -> None:
        """Fill an array with the lengths of standard normal vectors of ``freedom`` components."""


@dataclass(frozen=True)
class Independent:
    """Every replicate by itself."""

    generator: np.random.Generator
    fill: Fill

    def sample(self, distribution: Any, shape: tuple[int, ...]) -> Vector:
        """Return variates of a distribution."""
        return np.asarray(distribution.draw(self.generator, shape))

    def random(self, shape: tuple[int, ...]) -> Vector:
        """Return uniform variates on [0, 1)."""
        return self.generator.random(shape)

    def normals(self, out: NDArray[Any]) -> None:
        """Fill a C-contiguous array with standard normals."""
        self.fill(self.generator, out)

    def lengths(self, freedom: int, out: NDArray[Any]) -> None:
        """Fill an array with the lengths of standard normal vectors of ``freedom`` components."""
        if freedom == 0:
            out[...] = 0.0
            return
        self.generator.standard_gamma(freedom / 2.0, size=out.shape, dtype=out.dtype, out=out)
        np.multiply(out, 2.0, out=out)
        np.sqrt(out, out=out)


@dataclass(frozen=True)
class Antithetic:
    """Pairs: replicate i of the first half and of the second see normals of opposite sign, uniforms u and 1 - u.

    Lengths have no opposite; the two share theirs.

    Source: Hammersley and Morton, Mathematical Proceedings of the Cambridge Philosophical Society 52 (1956) 449.
    """

    source: Independent

    def sample(self, distribution: Any, shape: tuple[int, ...]) -> Vector:
        """Return variates of a distribution that draws normals or uniforms; of any other, independent ones."""
        seen = Steered(self.source.generator, shape[-1], self._standard_normal, self.random)
        return np.asarray(distribution.draw(seen, shape))

    def random(self, shape: tuple[int, ...]) -> Vector:
        """Return uniform variates on (0, 1)."""
        half = self.source.generator.random((*shape[:-1], shape[-1] // 2))
        np.maximum(half, 2.0**-53, out=half)  # uniforms are multiples of 2^-53: 1 - u is one again, and never 1
        return np.concatenate([half, 1.0 - half], axis=-1)

    def _standard_normal(self, shape: tuple[int, ...]) -> Vector:
        half = self.source.generator.standard_normal((*shape[:-1], shape[-1] // 2))
        return np.concatenate([half, -half], axis=-1)

    def normals(self, out: NDArray[Any]) -> None:
        """Fill an array with standard normals."""
        size = out.shape[-1] // 2
        half = np.empty((*out.shape[:-1], size), out.dtype)
        self.source.normals(half)
        out[..., :size] = half
        np.negative(half, out=out[..., size:])

    def lengths(self, freedom: int, out: NDArray[Any]) -> None:
        """Fill an array with the lengths of standard normal vectors of ``freedom`` components."""
        size = out.shape[-1] // 2
        half = np.empty((*out.shape[:-1], size), out.dtype)
        self.source.lengths(freedom, half)
        out[..., :size] = out[..., size:] = half


class Steered:
    """A generator as a distribution sees it: its normals and uniforms come from elsewhere, if one each is drawn for
    every replicate; whatever else is drawn is independent.

    Parameters
    ----------
    generator
        The source of everything else.
    replicates
        The last axis of what is steered.
    normal, uniform
        From a shape, standard normals and uniforms.
    """

    def __init__(
        self,
        generator: np.random.Generator,
        replicates: int,
        normal: Callable[[Any], Any],
        uniform: Callable[[Any], Any],
    ) -> None:
        self._generator, self._replicates = generator, replicates
        self._normal, self._uniform = normal, uniform

    def __getattr__(self, name: str) -> Any:
        return getattr(self._generator, name)

    def standard_normal(self, size: Any = None, **options: Any) -> Any:
        """Return standard normals, as a generator does."""
        return self._drawn(self._normal, self._generator.standard_normal, size, options)

    def random(self, size: Any = None, **options: Any) -> Any:
        """Return uniform variates on [0, 1), as a generator does."""
        return self._drawn(self._uniform, self._generator.random, size, options)

    def _drawn(self, steered: Callable[[Any], Any], plain: Any, size: Any, options: Mapping[str, Any]) -> Any:
        shape = (size,) if isinstance(size, int | np.integer) else size
        if shape is None or options or shape[-1:] != (self._replicates,):
            return plain(size, **options)
        return steered(tuple(shape))


@dataclass(frozen=True)
class Abreast:
    """Several sources side by side, each for an equal run of the replicates: the points of a pack."""

    sources: Sequence[Draws]

    def _parts(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (*shape[:-1], shape[-1] // len(self.sources))

    def sample(self, distribution: Any, shape: tuple[int, ...]) -> Vector:
        """Return variates of a distribution whose arguments may differ from replicate to replicate."""
        part = self._parts(shape)
        drawn = []
        for number, source in enumerate(self.sources):
            span = slice(number * part[-1], (number + 1) * part[-1])
            own = {
                name: value[..., span] if np.shape(value)[-1:] == shape[-1:] else value
                for name, value in arguments(distribution).items()
            }
            drawn.append(source.sample(with_arguments(distribution, own), part))
        return np.concatenate(drawn, axis=-1)

    def random(self, shape: tuple[int, ...]) -> Vector:
        """Return uniform variates on [0, 1)."""
        return np.concatenate([source.random(self._parts(shape)) for source in self.sources], axis=-1)

    def normals(self, out: NDArray[Any]) -> None:
        """Fill an array with standard normals."""
        self._filled(out, lambda source, part: source.normals(part))

    def lengths(self, freedom: int, out: NDArray[Any]) -> None:
        """Fill an array with the lengths of standard normal vectors of ``freedom`` components."""
        self._filled(out, lambda source, part: source.lengths(freedom, part))

    def _filled(self, out: NDArray[Any], fill: Callable[[Draws, NDArray[Any]], None]) -> None:
        part = np.empty(self._parts(out.shape), out.dtype)
        for number, source in enumerate(self.sources):
            fill(source, part)
            out[..., number * part.shape[-1] : (number + 1) * part.shape[-1]] = part
