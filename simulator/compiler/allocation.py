"""Where every array of a kernel lives: results take over the arrays of operands that are read no more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.compiler.program import Program
from simulator.compiler.tape import NOT_IN_PLACE, SCALAR, Operation, Shape, Value

Kind = tuple[Shape, bool]  # a buffer's shape, and whether it holds truth values


@dataclass
class Allocation:
    """The places of all values while the operations are gone through once, in order.

    Parameters
    ----------
    last_use
        Per value, the index of the operation that reads it last; infinite where it outlives the kernel's run.
    scratch
        The names of input arrays that may be overwritten.
    """

    last_use: dict[str, float]
    scratch: frozenset[str]
    place: dict[str, str] = field(default_factory=dict)
    free: dict[Kind, list[str]] = field(default_factory=dict)
    buffers: list[Kind] = field(default_factory=list)
    copies: int = 0

    def location(self, value: Value) -> str:
        """Return the name that holds a value."""
        return self.place.get(value.name, value.name)

    def dead(self, name: str, now: int) -> bool:
        """Tell whether a value is read by no operation after this one."""
        return self.last_use.get(name, -1) <= now

    def choose(self, operation: Operation, now: int, target: str | None) -> str:
        """Return the array for a result: the store's target, a dying operand's, a free buffer, or a new one."""
        result, in_place = operation.result, operation.call not in NOT_IN_PLACE
        if target is not None and not self._occupied(target, now if in_place else now - 1):
            return target
        for operand in operation.operands:
            kind = (operand.shape, operand.boolean)
            fits = in_place and kind == (result.shape, result.boolean) and not operand.invariant
            if fits and self.dead(operand.name, now):
                return self.location(operand)
        return self.fresh((result.shape, result.boolean))

    def _occupied(self, array: str, now: int) -> bool:
        holders = [name for name, place in self.place.items() if place == array] + [array]
        return any(not self.dead(name, now) for name in holders)

    def fresh(self, kind: Kind) -> str:
        """Return a free buffer of that kind, or a new one."""
        if self.free.get(kind):
            return self.free[kind].pop()
        self.buffers.append(kind)
        return f"_b{len(self.buffers) - 1}"

    def release(self, operation: Operation, now: int) -> None:
        """Free the arrays of operands that this operation was the last to read."""
        for operand in dict.fromkeys(operation.operands):
            array = self.location(operand)
            reusable = array.startswith("_b") or array in self.scratch
            if reusable and not operand.invariant and not self._occupied(array, now):
                pool = self.free.setdefault((operand.shape, operand.boolean), [])
                if array != self.location(operation.result) and array not in pool:
                    pool.append(array)

    def evict(self, array: str, kind: Kind, now: int, keep: str) -> list[str]:
        """Return the code that saves values still needed from an array that is about to be overwritten."""
        lines = []
        for name in [*self.place, array]:
            if self.place.get(name, name) == array and name != keep and not self.dead(name, now):
                lines.append(self._save(name, array, kind))
        return lines

    def _save(self, name: str, array: str, kind: Kind) -> str:
        if kind[0] == SCALAR:
            self.place[name] = f"_c{self.copies}"
            self.copies += 1
            return f"{self.place[name]} = {array}"
        self.place[name] = self.fresh(kind)
        return f"np.copyto({self.place[name]}, {array})"


def allocate(program: Program, operations: Sequence[Operation], returned: Sequence[Value]) -> Allocation:
    """Return the allocation at the start of a run: nothing computed, every last use known."""
    last_use: dict[str, float] = {}
    for now, operation in enumerate(operations):
        last_use |= {operand.name: now for operand in operation.operands}
    newest = {str(symbol): str(symbol) for symbol in program.inputs}
    for operation in operations:
        if operation.call == "store":
            newest[operation.result.name.partition("@")[0]] = operation.result.name
    last_use |= dict.fromkeys(newest.values(), math.inf)
    last_use |= {value.name: math.inf for value in returned}
    return Allocation(last_use, frozenset(str(symbol) for symbol in program.scratch))
