"""Compiled kernels: the code of a program, made once and run over many blocks from any number of threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.aligned import aligned_empty
from simulator.compiler import numeric
from simulator.compiler.program import Program
from simulator.compiler.source import Source, write_source
from simulator.compiler.tape import Shape


@dataclass(frozen=True)
class Kernel:
    """A compiled program.

    Parameters
    ----------
    source
        Its code and what that needs.
    prepare, run
        The two functions of the code; neither keeps any state, so threads may share a kernel.
    """

    source: Source
    prepare: Callable[[Sequence[Any]], tuple[Any, ...]]
    run: Callable[[Sequence[Any], tuple[Any, ...], tuple[Any, ...]], tuple[Any, ...]]

    def hoist(self, constants: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return what depends on the constants alone, computed once for a run."""
        # Times 1.0: whole numbers would divide and be raised to powers as integers.
        return self.prepare([np.multiply(constants[name], 1.0) for name in self.source.constants])

    def buffers(self, sizes: Mapping[str, int], replicates: int, dtype: Any) -> tuple[Any, ...]:
        """Return the buffers for one block; they belong to one thread at a time."""
        return tuple(
            aligned_empty(array_shape(shape, sizes, replicates), bool if boolean else dtype)
            for shape, boolean in self.source.buffers
        )


def array_shape(shape: Shape, sizes: Mapping[str, int], replicates: int) -> tuple[int, ...]:
    """Return the NumPy shape of an array: (), (components, 1), (replicates,) or (components, replicates)."""
    if shape.component is None:
        return (replicates,) if shape.replicate else ()
    return (sizes[shape.component], replicates if shape.replicate else 1)


def compile_program(program: Program, single: bool = False) -> Kernel:
    """Return the kernel of a program; ``single`` for float32 arrays.

    Raises ValueError for an expression that has no NumPy form.
    """
    source = write_source(program, single)
    namespace: dict[str, Any] = {"np": np}
    namespace |= {name: getattr(numeric, name) for name in numeric.FUNCTIONS}
    exec(compile(source.text, "<kernel>", "exec"), namespace)
    return Kernel(source, namespace["prepare"], namespace["run"])
